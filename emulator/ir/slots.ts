/**
 * Where a CPU's state lies. Every guest register is a 64-bit *slot*; slot n stands at byte 8n of the CPU's state
 * area. The state area of the CPU whose turn it is occupies the first {@link STATE_BYTES} bytes of linear memory,
 * so that translated code names a register by a constant address.
 *
 * Slots 0-143 mean the same to every instruction set; an instruction set lays out its system registers from
 * {@link SYSTEM_SLOT} on.
 */
export const SLOT_BYTES = 8;

/** Bytes of one CPU's state area. */
export const STATE_BYTES = 8192;

export const Slot = {
  /** First of 32 general registers. AArch64: X0-X30, then the *current* stack pointer in 31. */
  GENERAL: 0,
  /** AArch64's current SP (a general register for the translator). */
  SP: 31,
  /** Reads as zero; never written. */
  ZERO: 32,
  /** Takes results that nobody reads (a load to XZR still accesses memory). */
  SINK: 33,
  /** Program counter. Exact only when translated code has been left. */
  PC: 34,
  /** Operands of the last flag-setting operation, see {@link FlagKind}. */
  FLAG_A: 35,
  FLAG_B: 36,
  /** i32: a {@link FlagKind}; 0 means that slot {@link Slot.FLAGS} holds the packed flags. */
  FLAG_KIND: 37,
  /** i32: packed flags, AArch64: N=8 Z=4 C=2 V=1. */
  FLAGS: 38,
  /** i32: instructions that may still start before the engine must be left. */
  BUDGET: 39,
  /** i32: address of the record at which tier 0 left. */
  EXIT_RECORD: 40,
  /** i64: virtual address of the access that missed the TLB. */
  EXIT_VA: 41,
  /** i32: base of the data TLB bank in force. */
  TLB_BASE: 42,
  /** i32: base of the jump cache in force. */
  JUMP_BASE: 43,
  /** i32: base of the TLB bank for unprivileged accesses (LDTR, STTR). */
  TLB_USER_BASE: 44,
  /** i64: virtual address under the local exclusive monitor, all ones when it is open. */
  EXCLUSIVE_ADDRESS: 45,
  EXCLUSIVE_VALUE: 46,
  EXCLUSIVE_VALUE2: 47,
  /** Temporaries of the lifter: 16 slots. They live within one instruction. */
  TEMP: 48,
  /** Temporaries of the lowering pass: 16 slots. They live within one statement. */
  SPLIT: 64,
  /** 32 vector registers of 128 bits (2 slots each). */
  VECTOR: 80,
  /** i64 each: {@link EVENT_SLOTS} events that translated code counts by itself, until the core takes the counts over. */
  EVENTS: 928,
  /** Four contexts of {@link LevelSlot}.count slots, one for each level: what a `switch` statement goes over to. */
  LEVELS: 960,
  /** i32: 1 after a `switch`, until the core has followed. */
  SWITCHED: 1020,
} as const;

/** Slots of one level's context, from {@link Slot.LEVELS} + level * count on. */
export const LevelSlot = {
  count: 15,
  /** i32, i32: bases of the TLB bank and of the jump cache; all zero where the level may not be entered by a `switch`. */
  bases: 0,
  /** i32: base of the TLB bank for unprivileged accesses. */
  user: 1,
  /** i64 each: how often control came by a `switch` of a kind that the core has not counted yet. */
  arrivals: 2,
} as const;

/** Kinds of arrival that an instruction set may tell apart. */
export const ARRIVAL_KINDS = LevelSlot.count - LevelSlot.arrivals;

/** Slot of a level's context. */
export const levelSlot = (level: number, slot: number): number => Slot.LEVELS + level * LevelSlot.count + slot;

/** Number of temporaries in each of the two ranges. */
export const TEMP_COUNT = 16;

/** Slots from {@link Slot.EVENTS} on. */
export const EVENT_SLOTS = Slot.LEVELS - Slot.EVENTS;

/** First slot that an instruction set may lay out for itself. */
export const SYSTEM_SLOT = 144;

/** Slots available to an instruction set from {@link SYSTEM_SLOT} on. */
export const SYSTEM_SLOT_COUNT = Slot.EVENTS - SYSTEM_SLOT;

/**
 * The views through which TypeScript reads and writes one CPU's state. Registers are handled in 32-bit halves: no
 * BigInt on the paths that traps take. `base` moves when the CPU gains or loses its turn.
 */
export class CpuState {
  /** Byte offset of this CPU's state area in linear memory. */
  base: number;
  /** Puts lazy flags into slot {@link Slot.FLAGS}: whoever reads that slot calls it first. The engine installs it. */
  packFlags: () => void = () => {};
  readonly words: Int32Array;
  private readonly quads: BigInt64Array;

  constructor(buffer: ArrayBuffer, base: number) {
    this.base = base;
    this.words = new Int32Array(buffer);
    this.quads = new BigInt64Array(buffer);
  }

  /** Low half of a slot, as int32. */
  lo(slot: number): number {
    return this.words[(this.base >> 2) + slot * 2];
  }

  /** High half of a slot, as int32. */
  hi(slot: number): number {
    return this.words[(this.base >> 2) + slot * 2 + 1];
  }

  /** Writes both halves of a slot. */
  set(slot: number, lo: number, hi: number): void {
    const i = (this.base >> 2) + slot * 2;
    this.words[i] = lo;
    this.words[i + 1] = hi;
  }

  setLo(slot: number, lo: number): void {
    this.words[(this.base >> 2) + slot * 2] = lo;
  }

  /** Copies one slot to another. */
  copy(to: number, from: number): void {
    const b = this.base >> 2;
    this.words[b + to * 2] = this.words[b + from * 2];
    this.words[b + to * 2 + 1] = this.words[b + from * 2 + 1];
  }

  /** A slot as an unsigned 64-bit BigInt: for tests, tools and rare paths. */
  big(slot: number): bigint {
    return BigInt.asUintN(64, this.quads[(this.base >> 3) + slot]);
  }

  setBig(slot: number, value: bigint): void {
    this.quads[(this.base >> 3) + slot] = BigInt.asIntN(64, value);
  }
}
