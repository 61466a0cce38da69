/**
 * One CPU's way through its code: enters translated blocks, and does what they leave to TypeScript. Everything is exact
 * to the instruction: an exception, an interrupt or the end of a slice falls on the same instruction whatever the
 * slices are and however the code was cut into blocks.
 */
import type { Initiator } from '../devices/device.ts';
import { Slot } from '../ir/slots.ts';
import type { PhysicalMemory } from '../memory/physical.ts';
import { EntryFlag } from '../memory/tlb.ts';
import type { CodeStore, Lift } from './code-store.ts';
import { Access, type Core } from './core.ts';
import { Outcome, SlowAccess } from './slow-access.ts';
import { handlerOf } from './tier0/handlers.ts';
import type { Tier0 } from './tier0/interpreter.ts';
import { Exit, Field, NOT_TRANSLATED, RECORD_BYTES, SCRATCH, SCRATCH_ORIGIN } from './tier0/records.ts';
import type { Regions } from './tier1/regions.ts';
import type { Timeline } from './timeline.ts';

/** {@link Core.pace}. */
const Pace = { free: 0, instruction: 2 } as const;
const LEAVE = handlerOf('leave');
const SYSTEM = handlerOf('system');
/** Instructions that a block or compiled function may want at once: with less, more is taken from the slice. */
const LOW = 2048;
const LONGEST_INTERVAL = 1 << 18;

/** What all CPUs of a machine share. */
export interface Shared {
  readonly phys: PhysicalMemory;
  readonly code: CodeStore;
  readonly tier0: Tier0;
  readonly timeline: Timeline;
  /** Called with the RAM place of an instruction that is about to run and was not in the jump cache. */
  onFetch: ((offset: number) => void) | undefined;
  /** The compiled tier, if it is on. */
  regions: Regions | undefined;
  /** The machine is to stop after the current instruction. */
  stopping: boolean;
}

/** What carries out a CPU's instructions: {@link Cpu}, or in tests a plainer one to compare it with. */
export interface Runner {
  readonly number: number;
  readonly core: Core;
  /** Something outside the running code wants to be looked at after the current instruction. */
  attention: boolean;
  /** Instructions started in the running slice. */
  readonly started: number;
  /** Runs for at most `limit` instructions. @returns instructions started */
  run(limit: number): number;
}

export class Cpu implements Runner {
  readonly number: number;
  readonly core: Core;
  private readonly shared: Shared;
  private readonly lift: Lift;
  private readonly initiators: readonly [nonSecure: Initiator, secure: Initiator];
  private readonly slow: SlowAccess;
  attention = false;
  private limit = 0;
  /** Instructions that may start before the next look around; the rest of the slice is in `reserve`. */
  private budget = 0;
  private reserve = 0;
  /** Tier 0 has to do the next instruction by itself. */
  private single = false;
  private readonly low: number;
  /** Instructions until the next look at where the CPU is. */
  private interval: number;
  /** Instructions of this slice started before the current one. */
  private elapsed = 0;
  private patchedRecord = 0;
  private patchedHandler = 0;
  private patchedIndex = 0;

  constructor(number: number, core: Core, shared: Shared) {
    this.number = number;
    this.core = core;
    this.shared = shared;
    this.interval = shared.regions?.tuning.interval ?? Number.MAX_SAFE_INTEGER;
    this.low = Math.min(LOW, this.interval);
    core.state.packFlags = () => this.packFlags();
    this.lift = (word, pcLo, pcHi, mode) => core.lift(word, pcLo, pcHi, mode);
    this.initiators = [
      { secure: false, cpu: number },
      { secure: true, cpu: number },
    ];
    this.slow = new SlowAccess(core, shared.phys, shared.code.arena, this.initiators);
  }

  /** Exact within blocks too. */
  get started(): number {
    return this.elapsed;
  }

  /**
   * Runs for at most `limit` instructions; ends sooner where the CPU waits, is off, or an event falls due. The CPU's state must
   * be in the window of linear memory.
   * @returns instructions started
   */
  run(limit: number): number {
    const { core, shared } = this;
    const { timeline, tier0 } = shared;
    const code = shared.code;
    const state = core.state;
    const words = state.words;
    this.limit = limit;
    this.budget = 0;
    this.reserve = limit;
    this.single = false;
    this.elapsed = 0;
    timeline.elapsed = () => this.elapsed;
    this.attention = true;
    for (;;) {
      // An instruction boundary: nothing is half done here.
      this.elapsed = this.limit - this.budget - this.reserve;
      if (this.attention) {
        this.attention = false;
        this.shorten();
      }
      if (this.reserve > 0 && this.budget < this.low) this.refill();
      if (this.budget <= 0) break;
      if (core.off) break;
      if (core.waiting) {
        if (!core.wake()) break;
        core.waiting = false;
      }
      if (core.enter()) {
        core.redirected = false;
        this.budget--;
        continue;
      }
      const { pace } = core;
      if (pace === Pace.instruction) this.single = true;
      const pcLo = state.lo(Slot.PC);
      const pcHi = state.hi(Slot.PC);
      const bank = core.bank;
      let record = bank.jump(pcLo, pcHi);
      let count = record === 0 ? NOT_TRANSLATED : code.arena.cost(record);
      if (count === NOT_TRANSLATED || count > this.budget || this.single) {
        record = this.fetch(pcLo, pcHi, this.single || count !== NOT_TRANSLATED);
        this.single = false;
        if (record === 0) {
          core.redirected = false;
          this.budget--;
          continue;
        }
        count = code.arena.cost(record);
      }
      if (pace !== Pace.free) this.holdBack(count);
      words[Slot.TLB_BASE * 2] = bank.base;
      words[Slot.JUMP_BASE * 2] = bank.jumpBase;
      words[Slot.TLB_USER_BASE * 2] = core.userBank.base;
      this.budget -= count;
      do {
        const why = tier0.run(record, this.budget);
        if (words[Slot.SWITCHED * 2] !== 0) core.follow();
        this.budget = words[Slot.BUDGET * 2];
        record = words[Slot.EXIT_RECORD * 2];
        if (record === SCRATCH) record = words[SCRATCH_ORIGIN >> 2];
        if (why === Exit.budget) record = this.atBlock(record);
        else if (why === Exit.lookup || why === Exit.step) record = this.atJump(why === Exit.step);
        else record = this.within(why, record);
      } while (record !== 0);
    }
    this.packFlags();
    const done = this.limit - this.budget - this.reserve;
    this.elapsed = 0;
    timeline.elapsed = () => 0;
    return done;
  }

  /** Ends the slice at the next timed event, or now if the machine stops. */
  private shorten(): void {
    const { timeline, stopping } = this.shared;
    const allowed = stopping ? this.elapsed : Math.max(timeline.next() - timeline.now() + this.elapsed, 0);
    if (allowed < this.limit) {
      const left = this.budget + this.reserve - (this.limit - allowed);
      this.limit = allowed;
      this.budget = Math.min(this.budget, left);
      this.reserve = left - this.budget;
    }
  }

  /** Leaves the budget just enough for what is entered now. */
  private holdBack(count: number): void {
    this.reserve += this.budget - count;
    this.budget = count;
  }

  /** Gives the budget more of the slice, and notes where the CPU is. */
  private refill(): void {
    const more = Math.min(this.reserve, this.interval);
    this.budget += more;
    this.reserve -= more;
    const { regions, phys } = this.shared;
    if (!regions) return;
    const { core } = this;
    const pcLo = core.state.lo(Slot.PC);
    const pcHi = core.state.hi(Slot.PC);
    const { bank } = core;
    const entry = bank.fetch.lookup(pcLo, pcHi);
    if (entry < 0) return;
    const secure = (bank.fetch.flags[entry] & EntryFlag.secure) !== 0;
    const offset = phys.ramFor(bank.fetch.page[entry] * 4096 + (pcLo & 0xfff), false, this.initiators[secure ? 1 : 0]);
    if (offset < 0) return;
    const compiled = regions.sample({ offset, pcLo, pcHi, mode: core.mode, bank, lift: this.lift }, more);
    // Where nothing is left to compile, looking is a waste.
    this.interval = compiled ? Math.min(this.interval * 2, LONGEST_INTERVAL) : regions.tuning.interval;
  }

  /** Left because the budget does not cover a block, or it is not translated: at its first instruction. */
  private atBlock(record: number): 0 {
    const arena = this.shared.code.arena;
    this.budget += arena.cost(record);
    this.core.state.set(Slot.PC, arena.pcLo(record), arena.pcHi(record));
    this.unpatch();
    return 0;
  }

  /** Left with the pc in the state: the jump cache does not know it, or compiled code met something there that needs care. */
  private atJump(single: boolean): 0 {
    this.single = single;
    this.unpatch();
    return 0;
  }

  /**
   * Left in the middle of a block.
   * @returns the record to go on with, or 0 at an instruction boundary
   */
  private within(why: number, record: number): number {
    const { core } = this;
    const arena = this.shared.code.arena;
    const block = arena.blockOf(record);
    if (why === Exit.leave) return this.leaveAt(block, this.patchedIndex);
    const index = arena.instructionAt(record);
    const state = core.state;
    state.set(Slot.PC, (arena.pcLo(block) + index * 4) | 0, arena.pcHi(block));
    this.elapsed = this.limit - this.budget - this.reserve - arena.length(block) + index;
    if (why === Exit.system) {
      const handler = arena.workAt(record);
      const isCheck = handler !== SYSTEM;
      core.system(isCheck ? arena.fieldAt(record, Field.c) : arena.fieldAt(record, Field.a), arena.wordAt(record));
      const ends = isCheck || arena.fieldAt(record, Field.b) !== 0;
      if (!ends && !core.redirected && !this.attention && !core.waiting) return record + RECORD_BYTES;
      this.leaveBlock(block, index);
      return this.proceed();
    }
    const outcome = this.slow.access(record);
    if (outcome === Outcome.exception) {
      this.leaveBlock(block, index);
      return this.proceed();
    }
    const next = outcome === Outcome.done ? record + RECORD_BYTES : record;
    if (this.attention || (outcome === Outcome.done && core.pending())) this.leaveAfter(next, index);
    return next;
  }

  /**
   * Goes on from an instruction boundary where there is nothing else to look at.
   * @returns the first record of the block there, paid for and with its context in force, or 0 where a closer look is due
   */
  private proceed(): number {
    const { core } = this;
    if (this.attention || core.waiting || core.off || core.pending()) return 0;
    if (this.budget < this.low && this.reserve > 0) return 0;
    const { state, bank } = core;
    const record = bank.jump(state.lo(Slot.PC), state.hi(Slot.PC));
    if (record === 0) return 0;
    const count = this.shared.code.arena.cost(record);
    if (count > this.budget) return 0;
    const { words } = state;
    words[Slot.TLB_BASE * 2] = bank.base;
    words[Slot.JUMP_BASE * 2] = bank.jumpBase;
    words[Slot.TLB_USER_BASE * 2] = core.userBank.base;
    this.budget -= count;
    return record;
  }

  /** Goes to the boundary after (or, where the pc was redirected, of) the instruction at `index`. */
  private leaveBlock(block: number, index: number): 0 {
    const { core } = this;
    this.unpatch();
    this.budget += this.shared.code.arena.length(block) - index - 1;
    if (core.redirected) core.redirected = false;
    else this.setPc(block, index + 1);
    return 0;
  }

  /** Goes to the boundary before the instruction at `index`. */
  private leaveAt(block: number, index: number): 0 {
    this.unpatch();
    this.budget += this.shared.code.arena.length(block) - index;
    this.setPc(block, index);
    return 0;
  }

  private setPc(block: number, index: number): void {
    const arena = this.shared.code.arena;
    const lo = (arena.pcLo(block) >>> 0) + index * 4;
    this.core.state.set(Slot.PC, lo | 0, lo > 0xffffffff ? (arena.pcHi(block) + 1) | 0 : arena.pcHi(block));
  }

  /** Puts a stop before the first record of a later instruction, so that the current one ends and the next does not begin. */
  private leaveAfter(record: number, index: number): void {
    const arena = this.shared.code.arena;
    if (this.patchedRecord !== 0) return;
    let at = record;
    while (arena.instructionAt(at) === index) at += RECORD_BYTES;
    this.patchedRecord = at;
    this.patchedHandler = arena.handlerAt(at);
    this.patchedIndex = index + 1;
    arena.setHandlerAt(at, LEAVE);
  }

  private unpatch(): void {
    if (this.patchedRecord === 0) return;
    this.shared.code.arena.setHandlerAt(this.patchedRecord, this.patchedHandler);
    this.patchedRecord = 0;
  }

  /** Puts lazy flags into their packed form. A CPU that is not in the window has them packed when its turn ends. */
  private packFlags(): void {
    const { words, base } = this.core.state;
    if (base !== 0 || words[Slot.FLAG_KIND * 2] === 0) return;
    words[Slot.FLAGS * 2] = this.shared.tier0.flags();
    words[Slot.FLAG_KIND * 2] = 0;
  }

  /**
   * Translates the address of an instruction and then the instructions.
   * @param single one instruction only, because the budget does not cover the block
   * @returns the first record, or 0 if an exception was taken
   */
  private fetch(pcLo: number, pcHi: number, single: boolean): number {
    const { core, shared } = this;
    if (!core.translate(pcLo, pcHi, 4, Access.fetch, false)) return 0;
    const { pa, secure } = core.translation;
    const by = this.initiators[secure ? 1 : 0];
    const offset = shared.phys.ramFor(pa, false, by);
    if (offset < 0) {
      shared.phys.noteRefusal(pa, false, by);
      core.externalAbort(pcLo, pcHi, Access.fetch);
      return 0;
    }
    shared.onFetch?.(offset);
    if (!single) {
      const record = shared.code.block(offset, pcLo, pcHi, core.mode, this.lift);
      core.bank.setJump(pcLo, pcHi, record);
      core.bank.setPage(pcLo, shared.code.page(offset, pcLo, pcHi, core.mode).number);
      if (shared.code.arena.cost(record) <= this.budget) return record;
    }
    return shared.code.step(offset, pcLo, pcHi, core.mode, this.lift);
  }
}
