import { UnimplementedLog } from '../debug/unimplemented.ts';
import { CpuState, SLOT_BYTES, Slot, STATE_BYTES } from '../ir/slots.ts';
import { PAGE_BYTES, PhysicalMemory } from '../memory/physical.ts';
import { type RamSnapshot, RamSnapshots } from '../memory/ram-snapshots.ts';
import { BANK_BYTES, Tlb, type TlbState } from '../memory/tlb.ts';
import { CodeStore } from './code-store.ts';
import type { Core } from './core.ts';
import { Cpu, type Runner, type Shared } from './cpu.ts';
import { CodeArena } from './tier0/arena.ts';
import { createTier0 } from './tier0/interpreter.ts';
import { POOL_END } from './tier0/records.ts';
import { Regions, TUNING, type Tuning } from './tier1/regions.ts';
import { Timeline } from './timeline.ts';
import { type Turn, Turns } from './turns.ts';

/** Why a machine stopped by itself. */
export interface StopReason {
  /** `exit`: software ended the run; `reset`: it asked for a reset; `idle`: nothing can ever happen again; `strict`: something unimplemented. */
  readonly kind: 'exit' | 'reset' | 'idle' | 'strict';
  /** Exit code, where software gave one. */
  readonly code: number;
  readonly text: string;
}

export interface RunResult {
  /** `stopped`: see {@link Machine.stopReason}; `limit`: the instructions are used up. */
  readonly why: 'stopped' | 'limit';
  /** Instructions started in this call. */
  readonly instructions: number;
}

/** What a core is made from. */
export interface CoreParts {
  readonly number: number;
  readonly state: CpuState;
  readonly tlb: Tlb;
  readonly phys: PhysicalMemory;
  readonly timeline: Timeline;
  readonly unimplemented: UnimplementedLog;
}

export interface MachineOptions<C extends Core> {
  /** Number of CPUs, 1 to 8. */
  readonly cpus: number;
  /** Bytes of all RAM and ROM that will be added, a multiple of 4096. */
  readonly ramBytes: number;
  /** Decides the CPUs' turns. */
  readonly seed: number;
  /** Compile hot code. Changes nothing but the speed. */
  readonly tier1?: boolean | Tuning;
  readonly createCore: (parts: CoreParts) => C;
  /** What carries out the CPUs' instructions. Tests put the oracle here. */
  readonly createRunner?: (number: number, core: C, shared: Shared) => Runner;
}

/** A machine without its devices. */
export interface MachineState {
  readonly ram: RamSnapshot;
  readonly time: number;
  readonly executed: number;
  readonly turns: number;
  /** The turn that was cut short, by CPU number. */
  readonly rest: { readonly cpu: number; readonly length: number } | undefined;
  readonly cpus: readonly {
    readonly registers: Uint8Array;
    readonly tlb: TlbState;
    readonly core: unknown;
    readonly waiting: boolean;
    readonly off: boolean;
  }[];
}

/** Contexts that each CPU remembers translations for. */
const BANKS = 32;
/** Bytes of translated records; when they are used up, everything is translated anew. */
const ARENA_BYTES = 32 * 1024 * 1024;
const WASM_PAGE = 65536;

/**
 * An emulated machine: linear memory, CPUs that run in turn, physical memory, time. A board adds RAM and devices.
 * The same inputs and seed give the same run, instruction for instruction.
 */
export class Machine<C extends Core = Core> {
  readonly phys: PhysicalMemory;
  readonly timeline = new Timeline();
  readonly unimplemented = new UnimplementedLog();
  readonly cpus: readonly Runner[];
  readonly cores: readonly C[];
  private readonly shared: Shared;
  private readonly turns: Turns;
  private readonly homes: readonly number[];
  private readonly bytes: Uint8Array;
  private running: number | undefined;
  private reason: StopReason | undefined;
  private executed = 0;
  /** The turn that goes on, if the last one was cut short. */
  private rest: Turn | undefined;
  private readonly snapshots: RamSnapshots;
  private readonly watches: { start: number; end: number; seen: (time: number) => void }[] = [];

  constructor(options: MachineOptions<C>) {
    const count = options.cpus;
    const homes = POOL_END;
    const banks = align(homes + count * STATE_BYTES, 4096);
    const arena = banks + count * BANKS * BANK_BYTES;
    const ram = arena + ARENA_BYTES;
    const memory = new WebAssembly.Memory({ initial: Math.ceil((ram + options.ramBytes) / WASM_PAGE) });
    const buffer = memory.buffer;
    this.bytes = new Uint8Array(buffer);
    this.phys = new PhysicalMemory(buffer, ram);
    this.snapshots = new RamSnapshots(this.phys);
    const code = new CodeStore(new CodeArena(buffer, arena, ram), this.phys);
    const tier0 = createTier0(memory);
    const tuning = options.tier1 === true ? TUNING : options.tier1;
    const regions = tuning ? new Regions(code, tier0, this.phys, memory, tuning) : undefined;
    this.shared = {
      phys: this.phys,
      code,
      tier0,
      regions,
      timeline: this.timeline,
      onFetch: undefined,
      stopping: false,
    };
    this.homes = Array.from({ length: count }, (_, i) => homes + i * STATE_BYTES);
    this.cores = this.homes.map((home, number) =>
      options.createCore({
        number,
        state: new CpuState(buffer, home),
        tlb: new Tlb(buffer, banks + number * BANKS * BANK_BYTES, BANKS),
        phys: this.phys,
        timeline: this.timeline,
        unimplemented: this.unimplemented,
      }),
    );
    const createRunner = options.createRunner ?? ((...parts) => new Cpu(...parts));
    this.cpus = this.cores.map((core, number) => createRunner(number, core, this.shared));
    this.turns = new Turns(this.cpus, options.seed);
    this.connect(code);
  }

  /** The compiled tier, if it is on: for whoever measures it. */
  get regions(): Regions | undefined {
    return this.shared.regions;
  }

  /** Drops everything that was translated and compiled. It comes back when it is needed: nothing but speed changes. */
  forgetCode(): void {
    this.shared.code.flush();
  }

  private connect(code: CodeStore): void {
    const everyTlb = (action: (tlb: Tlb) => void): void => {
      for (const core of this.cores) action(core.tlb);
    };
    this.phys.onProtectionChange = () => {
      everyTlb((tlb) => tlb.disarmAll());
      this.interrupt();
    };
    this.phys.onCodeWrite = (offset, size) => {
      if (code.invalidate(offset, size)) this.interrupt();
    };
    code.onNewPage = (page) => everyTlb((tlb) => tlb.protectPage(page, this.phys));
    code.onFlush = () => everyTlb((tlb) => tlb.forgetJumps());
    this.timeline.onEarlier = () => this.interrupt();
  }

  /** Makes the running CPU look around after its current instruction. */
  private interrupt(): void {
    for (const cpu of this.cpus) cpu.attention = true;
  }

  /** Instructions started by all CPUs since the machine was made. */
  get instructions(): number {
    return this.executed + (this.running === undefined ? 0 : this.cpus[this.running].started);
  }

  /** Why the machine stopped by itself, if it did. */
  get stopReason(): StopReason | undefined {
    return this.reason;
  }

  /** Ends the run after the current instruction. The first reason stands. */
  stop(reason: StopReason): void {
    this.reason ??= reason;
    this.shared.stopping = true;
    this.interrupt();
  }

  /** Lets a stopped machine run again (after a reset). */
  resume(): void {
    this.reason = undefined;
    this.shared.stopping = false;
  }

  /**
   * Calls `seen` once, with the time, when an instruction of a physical range is about to run for the first time.
   * Only code that was not translated before is noticed: watch before the code is written.
   * @param start physical address @param bytes length of the range
   */
  watchExecution(start: number, bytes: number, seen: (time: number) => void): void {
    const first = this.phys.offsetOf(start);
    if (first < 0) throw new Error(`no RAM at physical address 0x${start.toString(16)} to watch`);
    this.watches.push({ start: first, end: first + bytes, seen });
    this.shared.onFetch = (offset) => this.onFetch(offset);
  }

  private onFetch(offset: number): void {
    for (let i = this.watches.length - 1; i >= 0; i--) {
      const watch = this.watches[i];
      if (offset < watch.start || offset >= watch.end) continue;
      this.watches.splice(i, 1);
      watch.seen(this.timeline.now());
    }
    if (this.watches.length === 0) this.shared.onFetch = undefined;
  }

  /**
   * Runs until the machine stops by itself or the instructions are used up.
   * @param options.until time to which waiting may be skipped: while all CPUs wait for something later, the call returns
   */
  run(options: { readonly maxInstructions: number; readonly until?: number }): RunResult {
    let left = options.maxInstructions;
    while (!this.reason && left > 0) {
      this.timeline.fire();
      if (this.reason) break;
      const turn = this.rest ?? this.turns.next();
      this.rest = undefined;
      if (!turn) {
        const next = this.timeline.next();
        if (options.until !== undefined && next > options.until) break;
        if (next === Number.POSITIVE_INFINITY)
          this.stop({ kind: 'idle', code: 0, text: 'all CPUs wait, and nothing can wake them' });
        else this.timeline.advanceTo(next);
        continue;
      }
      const length = Math.min(turn.length, left);
      const done = this.turn(turn.cpu, length);
      left -= done;
      // A turn that the caller's limit or a timed event cut short goes on later: whoever watches changes no interleaving.
      if (done < turn.length && !turn.cpu.core.waiting && !turn.cpu.core.off)
        this.rest = { cpu: turn.cpu, length: turn.length - done };
    }
    return { why: this.reason ? 'stopped' : 'limit', instructions: options.maxInstructions - left };
  }

  /**
   * Keeps everything that the machine is made of, but for its devices, which the board saves. Only between two calls of {@link run}.
   * Costs in proportion to what was written since the last snapshot.
   */
  save(): MachineState {
    for (const core of this.cores) core.tlb.protectAll();
    return {
      ram: this.snapshots.take(),
      time: this.timeline.now(),
      executed: this.executed,
      turns: this.turns.save(),
      rest: this.rest && { cpu: this.rest.cpu.number, length: this.rest.length },
      cpus: this.cores.map((core) => ({
        registers: this.bytes.slice(core.state.base, core.state.base + STATE_BYTES),
        tlb: core.tlb.save(),
        core: core.save(),
        waiting: core.waiting,
        off: core.off,
      })),
    };
  }

  /** The CPUs' turns from here on come from another seed: children of one saved state go ways of their own. */
  reseed(seed: number): void {
    this.turns.reseed(seed);
    this.rest = undefined;
  }

  /**
   * Goes back to a saved state of this machine, or of one that is built alike.
   * @param restoreDevices puts the board's devices back and plans their timed events, all of which are forgotten here
   */
  restore(state: MachineState, restoreDevices: () => void): void {
    this.resume();
    for (const event of this.timeline.pending()) this.timeline.cancel(event);
    this.timeline.advanceTo(state.time);
    this.executed = state.executed;
    this.turns.restore(state.turns);
    this.rest = state.rest && { cpu: this.cpus[state.rest.cpu], length: state.rest.length };
    this.snapshots.restore(state.ram, (offset) => this.phys.onCodeWrite(offset, PAGE_BYTES));
    this.putBackRegisters(state);
    restoreDevices();
    this.cores.forEach((core, i) => {
      const saved = state.cpus[i];
      core.tlb.restore(saved.tlb);
      core.restore(saved.core);
      core.waiting = saved.waiting;
      core.off = saved.off;
      core.redirected = false;
    });
    // Devices and timers drove their wires while others were not back yet: what was saved stands.
    this.putBackRegisters(state);
  }

  private putBackRegisters(state: MachineState): void {
    this.cores.forEach((core, i) => {
      const { base } = core.state;
      this.bytes.set(state.cpus[i].registers, base);
      // Contexts of levels are offered anew; what had not been counted has been since, by whoever saved the counts.
      this.bytes.fill(0, base + Slot.EVENTS * SLOT_BYTES, base + STATE_BYTES);
    });
  }

  private turn(cpu: Runner, length: number): number {
    this.bringIn(cpu.number);
    this.running = cpu.number;
    const start = this.timeline.now();
    const done = cpu.run(length);
    this.running = undefined;
    this.executed += done;
    this.timeline.advanceTo(start + done);
    return done;
  }

  /** Moves a CPU's state into the window, and the one that stands there back home. */
  private bringIn(number: number): void {
    const core = this.cores[number];
    if (core.state.base === 0) return;
    this.cores.forEach((other, i) => {
      if (other.state.base !== 0) return;
      this.bytes.copyWithin(this.homes[i], 0, STATE_BYTES);
      other.state.base = this.homes[i];
    });
    this.bytes.copyWithin(0, this.homes[number], this.homes[number] + STATE_BYTES);
    core.state.base = 0;
  }
}

function align(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}
