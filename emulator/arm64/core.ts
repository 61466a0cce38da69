import { EventCounts } from '../cost/counts.ts';
import type { UnimplementedLog } from '../debug/unimplemented.ts';
import type { Initiator, InterruptLine } from '../devices/device.ts';
import { Access, type AccessKind, type Core, type Translation } from '../engine/core.ts';
import type { Timeline } from '../engine/timeline.ts';
import type { LiftedInstruction } from '../ir/ir.ts';
import { type CpuState, Slot } from '../ir/slots.ts';
import type { PhysicalMemory } from '../memory/physical.ts';
import { EntryFlag, type Tlb, type TlbBank } from '../memory/tlb.ts';
import { performSystemCall } from './calls.ts';
import { changeProcessState, defaultTarget, takeException, takeFault } from './exceptions.ts';
import { VectorUnit } from './fp-simd/index.ts';
import { readRegister, writeRegister } from './inspection.ts';
import { inputLine, interruptPending, takePendingInterrupt, Wire, type WireName } from './interrupts.ts';
import { countArrivals, HostCall } from './level-switch.ts';
import { liftA64 } from './lift/index.ts';
import { PerformanceMonitors } from './pmu.ts';
import { PState } from './pstate.ts';
import { Sys } from './registers/slots.ts';
import { type ResetTarget, resetRegisters } from './reset.ts';
import { type PaceKind, SelfHostedDebug } from './self-hosted-debug/unit.ts';
import { EC, syndrome } from './syndrome.ts';
import { LiftMode } from './system-calls.ts';
import { TIMER_SLOTS, Timer, type TimerName } from './timers.ts';
import { AbortSource, takeAbort } from './translation/aborts.ts';
import { Contexts, type ContextsState } from './translation/contexts.ts';
import { FaultStatus } from './translation/fault.ts';
import { type RegimeNumber, regimeOf, stage1On, withoutTag } from './translation/regime.ts';
import { Walker } from './translation/walker.ts';
import { waitIsOver } from './waiting.ts';

const { HOST_CALLS, PSTATE, RVBAR_EL3, SCR_EL3, WIRES } = Sys;

const PAGE_MASK = 0xfff;
const PAGE_BYTES = 4096;
const INSTRUCTION_BYTES = 4;
/** Bytes of the block that a DC operation by address works on, as watchpoints see it. */
const DC_BLOCK = 64;
const SCR_NS = 1;

/** Output wires of a CPU, to the interrupt controller's private inputs. */
export interface CoreLines {
  /** CNTP: PPI 30. */
  readonly timerPhysical: InterruptLine;
  /** CNTV: PPI 27. */
  readonly timerVirtual: InterruptLine;
  /** CNTHP: PPI 26. */
  readonly timerHypervisor: InterruptLine;
  /** CNTPS: PPI 29. */
  readonly timerSecure: InterruptLine;
  /** Performance monitors: PPI 23. */
  readonly performance: InterruptLine;
}

/**
 * What stands behind HVC, SMC and HLT #0xf000 where no firmware does. Each returns true if it dealt with the call; the
 * instruction is then complete and execution goes on behind it.
 */
export interface Conduit {
  smc?(core: Arm64Core): boolean;
  hvc?(core: Arm64Core): boolean;
  semihosting?(core: Arm64Core): boolean;
}

export interface Arm64CoreOptions {
  readonly number: number;
  readonly state: CpuState;
  readonly tlb: Tlb;
  readonly phys: PhysicalMemory;
  readonly timeline: Timeline;
  readonly unimplemented: UnimplementedLog;
  /** Outputs; those left out lead nowhere. */
  readonly lines?: Partial<CoreLines>;
  /** All CPUs of the machine, this one included, which may be filled in later. Without it the CPU is alone. */
  readonly siblings?: readonly Arm64Core[];
  readonly conduit?: Conduit;
  /** Where this CPU's events are counted, for all CPUs of a machine together. */
  readonly counts?: EventCounts;
}

const UNCONNECTED: InterruptLine = { set: () => {} };

/** One ARMv8.0-A CPU: everything of it that depends on privilege (Arm ARM, part D). */
export class Arm64Core implements Core {
  readonly number: number;
  readonly state: CpuState;
  readonly tlb: Tlb;
  readonly phys: PhysicalMemory;
  readonly timeline: Timeline;
  readonly siblings: readonly Arm64Core[];
  readonly counts: EventCounts;
  readonly walker: Walker;
  /** The SIMD&FP registers. */
  readonly vectors: VectorUnit;
  readonly timers: Readonly<Record<TimerName, Timer>>;
  readonly pmu: PerformanceMonitors;
  readonly debug: SelfHostedDebug;
  readonly translation: Translation;
  /** Interrupt inputs, for the interrupt controller to drive. */
  readonly inputs: Readonly<Record<WireName, InterruptLine>>;

  bank: TlbBank;
  userBank: TlbBank;
  mode = 0;
  redirected = false;
  waiting = false;
  off = false;
  /** Current exception level and security state, as PSTATE and SCR_EL3 say. */
  el = 3;
  secure = true;
  /** Result of a register's read hook. */
  valueLo = 0;
  valueHi = 0;

  private host: Conduit | undefined;
  private readonly contexts: Contexts;
  private readonly unimplemented: UnimplementedLog;
  private readonly initiators: readonly [nonSecure: Initiator, secure: Initiator];
  private regime: RegimeNumber = 3;

  constructor(options: Arm64CoreOptions) {
    const { number, state, tlb, phys, timeline, lines = {} } = options;
    this.number = number;
    this.state = state;
    this.tlb = tlb;
    this.phys = phys;
    this.timeline = timeline;
    this.unimplemented = options.unimplemented;
    this.siblings = options.siblings ?? [this];
    this.counts = options.counts ?? new EventCounts();
    this.counts.addSource(() => countArrivals(this));
    this.conduit = options.conduit;
    this.initiators = [
      { secure: false, cpu: number },
      { secure: true, cpu: number },
    ];
    this.walker = new Walker(state, phys, this.initiators[0], this.initiators[1]);
    this.vectors = new VectorUnit(state);
    this.contexts = new Contexts(state, tlb);
    this.bank = tlb.banks[0];
    this.userBank = this.bank;
    this.translation = { pa: 0, secure: false, bank: this.bank, entry: 0, slow: false };
    const timer = (name: TimerName, line: InterruptLine = UNCONNECTED): Timer =>
      new Timer(state, timeline, TIMER_SLOTS[name], line);
    this.timers = {
      physical: timer('physical', lines.timerPhysical),
      virtual: timer('virtual', lines.timerVirtual),
      hypervisor: timer('hypervisor', lines.timerHypervisor),
      secure: timer('secure', lines.timerSecure),
    };
    this.debug = new SelfHostedDebug(this);
    this.pmu = new PerformanceMonitors(this, timeline, lines.performance ?? UNCONNECTED);
    const input = (wire: WireName): InterruptLine => inputLine(this, wire);
    this.inputs = {
      irq: input('irq'),
      fiq: input('fiq'),
      virq: input('virq'),
      vfiq: input('vfiq'),
      serror: input('serror'),
    };
    this.reset({ entry: 0n, el: 3, secure: true });
  }

  /** What stands behind HVC, SMC and HLT where no firmware does. */
  get conduit(): Conduit | undefined {
    return this.host;
  }

  set conduit(host: Conduit | undefined) {
    this.host = host;
    this.state.set(HOST_CALLS, (host?.hvc ? HostCall.hvc : 0) | (host?.smc ? HostCall.smc : 0), 0);
  }

  /**
   * Puts the CPU into its state after power-on and starts it at `entry`.
   * @param target the level below EL3 stands for firmware that has already left: its control registers are set so that
   *   the level can run
   */
  reset(target: ResetTarget): void {
    this.settleCounts();
    resetRegisters(this.state, this.number, target);
    for (const bank of this.tlb.banks) bank.flush();
    this.off = false;
    this.waiting = false;
    this.reload();
  }

  /** RMR_EL3.RR: a warm reset, at RVBAR_EL3. */
  warmReset(): void {
    this.reset({ entry: this.state.big(RVBAR_EL3), el: 3, secure: true });
    this.redirected = true;
  }

  /** Works out again what is derived from the registers, after they were written from outside (restored, debugged). */
  reload(): void {
    this.contexts.forgetAll();
    this.update();
  }

  save(): ContextsState {
    return this.contexts.save();
  }

  restore(state: unknown): void {
    this.contexts.restore(state as ContextsState);
    this.update();
  }

  private update(): void {
    this.levelChanged();
    for (const timer of Object.values(this.timers)) timer.update();
    this.pmu.update();
    this.debug.reload();
  }

  /** How far the engine may run before it asks {@link enter} again: debug exceptions may be due within a block. */
  get pace(): PaceKind {
    return this.debug.pace;
  }

  /** The level is about to change: whoever counts by level counts now. */
  beforeLevelChange(): void {
    if (this.pmu.active) this.pmu.sync();
  }

  /** The process state or SCR_EL3 changed: the context follows. */
  levelChanged(): void {
    this.readLevel();
    this.redirected = true;
    // While a level is offered, nobody wants to be told of changes of level.
    if (this.contexts.isOffered(this.el)) {
      this.arrive();
      return;
    }
    this.refresh();
    this.debug.levelChanged();
    if (this.pmu.active) this.pmu.update();
  }

  follow(): void {
    this.state.setLo(Slot.SWITCHED, 0);
    this.readLevel();
    this.arrive();
  }

  /** The context of the level, which is offered and so known, comes into force. */
  private arrive(): void {
    const { contexts, el, regime } = this;
    this.bank = contexts.bank(regime, el);
    this.userBank = el === 1 ? contexts.bank(regime, 0) : this.bank;
    this.mode = this.bank.key.mode & LiftMode.mask;
  }

  /** Counts what translated code did by itself, before a register changes that tells how. */
  settleCounts(): void {
    countArrivals(this);
  }

  /** Translated code must not change levels by itself for now: whoever counts by level wants to be told. */
  watchLevels(): void {
    this.contexts.withdrawAll();
  }

  private readLevel(): void {
    this.el = (this.state.lo(PSTATE) & PState.EL_MASK) >> PState.EL_SHIFT;
    this.secure = this.el === 3 || (this.state.lo(SCR_EL3) & SCR_NS) === 0;
    this.regime = regimeOf(this.el, this.secure);
  }

  /** A register was written on which the banks of `regimes` depend. */
  contextChanged(regimes: readonly RegimeNumber[]): void {
    for (const regime of regimes) this.contexts.forget(regime);
    if (regimes.includes(this.regime)) this.refresh();
    this.debug.contextChanged();
  }

  /** SCR_EL3.NS may have changed; below EL3 only a debugger can do that. */
  worldChanged(): void {
    for (let level = 0; level < 3; level++) this.contexts.withdraw(level);
    if (this.el < 3) this.levelChanged();
  }

  private refresh(): void {
    const { contexts, el, regime } = this;
    do {
      this.bank = contexts.bank(regime, el);
      this.userBank = el === 1 ? contexts.bank(regime, 0) : this.bank;
      // Selecting the second may have taken the first one's bank away.
    } while (!contexts.holds(this.bank, regime, el));
    this.mode = this.bank.key.mode & LiftMode.mask;
    if (!this.pmu.active && this.debug.idle) contexts.offer(el, this.bank, this.userBank);
  }

  translate(vaLo: number, vaHi: number, size: number, kind: AccessKind, user: boolean, bytes = size): boolean {
    const aligned = (vaLo & (size - 1)) === 0;
    if (!this.translateAs(vaLo, vaHi, kind, user, aligned, AbortSource.access)) return false;
    return (
      !this.debug.watching || kind === Access.fetch || this.passes(vaLo, vaHi, kind, bytes, user, AbortSource.access)
    );
  }

  /** Watchpoints: takes the exception of one that matches, and keeps the pages that they look at off the fast way. */
  private passes(vaLo: number, vaHi: number, kind: AccessKind, bytes: number, user: boolean, source: number): boolean {
    const hi = withoutTag(this.state, this.regime, vaHi);
    if (!this.debug.watches(vaLo, hi)) return true;
    this.translation.slow = true;
    const maintenance = source === AbortSource.cacheMaintenance;
    return !this.debug.takeWatchpoint(vaLo, hi, bytes, kind === Access.write, user, maintenance);
  }

  /**
   * Translates for a system instruction (DC).
   * @param source bits of `AbortSource`
   * @param aligned false if the access must not be to Device memory (DC ZVA)
   * @returns true with {@link translation} filled, or false if an exception was taken
   */
  translateFor(vaLo: number, vaHi: number, kind: AccessKind, source: number, aligned = true): boolean {
    if (!this.translateAs(vaLo, vaHi, kind, false, aligned, source)) return false;
    // Of the cache maintenance operations, watchpoints see those that write (D2.10.6).
    if (!this.debug.watching || kind !== Access.write) return true;
    return this.passes(vaLo & ~(DC_BLOCK - 1), vaHi, kind, DC_BLOCK, false, source);
  }

  private translateAs(
    vaLo: number,
    vaHi: number,
    kind: AccessKind,
    user: boolean,
    aligned: boolean,
    source: number,
  ): boolean {
    const bank = user ? this.userBank : this.bank;
    const table = kind === Access.fetch ? bank.fetch : bank.data;
    const hi = withoutTag(this.state, this.regime, vaHi);
    let entry = table.lookup(vaLo, hi);
    if (entry < 0 || (table.flags[entry] & kind) === 0 || (!aligned && (table.flags[entry] & EntryFlag.device) !== 0)) {
      // Only a fresh walk refuses an access.
      const asUser = user ? this.el <= 1 : this.el === 0;
      const { walker } = this;
      if (!this.walkForTlb(vaLo, hi, kind, asUser, aligned)) {
        takeAbort(this, walker.fault, vaLo, vaHi, kind, source);
        return false;
      }
      entry = table.insert(vaLo, hi, walker.page >>> 0, walker.flags, walker.span);
    }
    const t = this.translation;
    const flags = table.flags[entry];
    t.pa = table.page[entry] * PAGE_BYTES + (vaLo & PAGE_MASK);
    t.secure = (flags & EntryFlag.secure) !== 0;
    t.bank = bank;
    t.entry = entry;
    t.slow = (flags & EntryFlag.device) !== 0;
    return true;
  }

  /** Walks the tables for the TLB, and counts what it took. @returns false if the access faults */
  private walkForTlb(vaLo: number, vaHi: number, kind: AccessKind, user: boolean, aligned: boolean): boolean {
    const { walker, counts } = this;
    const first = walker.stage1.reader.reads;
    const second = walker.stage2.reader.reads;
    const ok = walker.translate(this.regime, vaLo, vaHi, kind, user, aligned);
    const stage1 = walker.stage1.reader.reads - first;
    const stage2 = walker.stage2.reader.reads - second;
    counts.walkStage1 += stage1;
    counts.walkStage2 += stage2;
    if (ok && stage1 + stage2 > 0) {
      if (kind === Access.fetch) counts.tlbRefillFetch++;
      else counts.tlbRefillData++;
    }
    return ok;
  }

  externalAbort(vaLo: number, vaHi: number, kind: AccessKind): void {
    const { fault } = this.walker;
    fault.status = FaultStatus.EXTERNAL;
    fault.secondStage = false;
    fault.onStage1Walk = false;
    takeAbort(this, fault, vaLo, vaHi, kind, AbortSource.access);
  }

  enter(): boolean {
    const { state } = this;
    this.dropBranchTag();
    const { debug } = this;
    if (debug.active) debug.instructionEnded();
    if (takePendingInterrupt(this)) return true;
    if (debug.active && debug.takeStep()) return true;
    const pcLo = state.lo(Slot.PC);
    if ((pcLo & 3) !== 0) {
      this.pcAlignmentFault(pcLo, state.hi(Slot.PC));
      return true;
    }
    if (debug.active && debug.atBreakpoint()) {
      // An abort of the fetch goes first (D1.13.2).
      if (this.translate(pcLo, state.hi(Slot.PC), 4, Access.fetch, false)) debug.takeBreakpoint();
      return true;
    }
    return (state.lo(PSTATE) & PState.IL) !== 0 && this.illegalState(pcLo, state.hi(Slot.PC));
  }

  /** A branch to an address whose tag is ignored leaves the tag behind (AArch64.BranchAddr); it always leads here. */
  private dropBranchTag(): void {
    const { state } = this;
    const hi = state.hi(Slot.PC);
    const untagged = withoutTag(state, this.regime, hi);
    if (untagged !== hi) state.set(Slot.PC, state.lo(Slot.PC), untagged);
  }

  /** PC alignment fault (D1.8.1). */
  private pcAlignmentFault(pcLo: number, pcHi: number): void {
    takeFault(this, defaultTarget(this), syndrome(EC.PC_ALIGNMENT), pcLo, pcHi);
  }

  /** Illegal Execution state (D1.11.4), after an abort of the fetch, which goes first (D1.10.6). */
  private illegalState(pcLo: number, pcHi: number): boolean {
    if (this.translate(pcLo, pcHi, 4, Access.fetch, false)) {
      takeException(this, defaultTarget(this), syndrome(EC.ILLEGAL_STATE));
    }
    return true;
  }

  pending(): boolean {
    return interruptPending(this) || (this.state.lo(PSTATE) & PState.IL) !== 0 || this.debug.active;
  }

  wake(): boolean {
    return waitIsOver(this);
  }

  system(call: number, word: number): void {
    performSystemCall(this, call, word);
  }

  lift(word: number, pcLo: number, pcHi: number, mode: number): LiftedInstruction {
    return liftA64(word, pcLo, pcHi, mode);
  }

  /** Value of a register by name, past levels and traps. @throws Error on an unknown name */
  readRegister(name: string): bigint {
    return readRegister(this, name);
  }

  /** Writes a register by name, past levels and traps. @throws Error on an unknown name */
  writeRegister(name: string, value: bigint): void {
    writeRegister(this, name, value);
  }

  /** Moves the CPU to another process state (all but the condition flags), as a debugger would. */
  setProcessState(pstate: number): void {
    this.beforeLevelChange();
    changeProcessState(this, pstate);
    this.levelChanged();
  }

  /** Stage 1 is on at the current level. */
  get stage1On(): boolean {
    return stage1On(this.state, this.regime);
  }

  /** The bus initiator of this CPU's accesses to one of the address spaces. */
  initiator(secure: boolean): Initiator {
    return this.initiators[secure ? 1 : 0];
  }

  /** Drives one of the interrupt inputs. */
  setWire(wire: WireName, level: boolean): void {
    const wires = this.state.lo(WIRES);
    this.state.setLo(WIRES, level ? wires | Wire[wire] : wires & ~Wire[wire]);
  }

  /** The instruction at the program counter, as it was fetched; 0 where it cannot be read any more. */
  instructionWord(): number {
    const { state, bank, walker } = this;
    const lo = state.lo(Slot.PC);
    const hi = withoutTag(state, this.regime, state.hi(Slot.PC));
    const entry = bank.fetch.lookup(lo, hi);
    let pa: number;
    if (entry >= 0) pa = bank.fetch.page[entry] * PAGE_BYTES + (lo & PAGE_MASK);
    else if (walker.translate(this.regime, lo, hi, Access.fetch, this.el === 0, true))
      pa = (walker.page >>> 0) * PAGE_BYTES + (lo & PAGE_MASK);
    else return 0;
    const offset = this.phys.offsetOf(pa);
    return offset < 0 ? 0 : this.phys.words[offset >> 2];
  }

  /** The target of an exception return or interrupt return with its tag removed. */
  branchTop(_lo: number, hi: number): number {
    return withoutTag(this.state, this.regime, hi);
  }

  /** The TLB holds the translation by which the current instruction was fetched. */
  holdsOwnCode(): boolean {
    return this.bank.fetch.lookup(this.state.lo(Slot.PC), this.state.hi(Slot.PC)) >= 0;
  }

  /** The current instruction is complete, and what follows it is fetched anew. */
  fetchAgain(): void {
    const { state } = this;
    const next = (state.lo(Slot.PC) + INSTRUCTION_BYTES) | 0;
    const carry = next >= 0 && next < INSTRUCTION_BYTES ? 1 : 0;
    state.set(Slot.PC, next, (state.hi(Slot.PC) + carry) | 0);
    this.redirected = true;
  }

  /** Records something that software asked for and this machine does not have. */
  recordGap(kind: 'instruction' | 'register' | 'mode', what: string, section: string): void {
    this.unimplemented.record({ kind, what, section, pc: `0x${this.state.big(Slot.PC).toString(16)}` });
  }
}
