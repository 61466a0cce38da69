import type { LiftedInstruction } from '../ir/ir.ts';
import type { CpuState } from '../ir/slots.ts';
import type { Tlb, TlbBank } from '../memory/tlb.ts';

/** Kinds of access, also the permission bits of a TLB entry. */
export const Access = { read: 1, write: 2, fetch: 4 } as const;
export type AccessKind = 1 | 2 | 4;

/** Where a translation leads. One object per CPU is filled again and again. */
export interface Translation {
  /** Physical address (below 2^48, so a plain number is exact). */
  pa: number;
  /** Physical address space. */
  secure: boolean;
  /** The bank and entry that hold it, for the fast path. */
  bank: TlbBank;
  entry: number;
  /** Device memory or otherwise unfit for the fast path although it leads to RAM. */
  slow: boolean;
}

/**
 * What the engine asks of an instruction set: one object per CPU. The engine runs ordinary instructions; everything
 * that depends on privilege comes here. Before each call `state`'s {@link Slot.PC} holds the exact address of the
 * instruction concerned. A method that takes an exception (or otherwise moves the pc) sets {@link redirected}.
 */
export interface Core {
  readonly state: CpuState;
  readonly tlb: Tlb;
  /** Result of the last successful {@link translate}. */
  readonly translation: Translation;
  /** Bank for data accesses, jump cache and fetches at the current privilege and address space. */
  bank: TlbBank;
  /** Bank for unprivileged accesses from here (LDTR). */
  userBank: TlbBank;
  /** Bits that change how instructions are lifted (exception level, alignment checks); part of a block's identity. */
  mode: number;
  /** Set by any method that changed the pc or the context (bank, mode); the engine clears it. */
  redirected: boolean;
  /** Waiting for an interrupt or event: nothing runs until {@link wake} is true. */
  waiting: boolean;
  /**
   * How far the engine may run before it calls {@link enter} again: as it likes, to the end of the block that it enters, or one
   * instruction.
   */
  readonly pace: 0 | 1 | 2;
  /** Not started yet (PSCI) or stopped. */
  off: boolean;

  /**
   * Translates one access that stays within a page, permissions and alignment included.
   * @param vaLo low half of the virtual address, int32
   * @param vaHi high half, int32
   * @param size bytes to which the access must be aligned where alignment matters (of one register of a pair), 4 for a
   *   fetch, 1 for the rest of an access that began in the page before
   * @param user with EL0's permissions
   * @param bytes all that the access reaches from here on, where that is more than `size`
   * @returns true with {@link translation} filled, or false if an exception was taken
   */
  translate(vaLo: number, vaHi: number, size: number, kind: AccessKind, user: boolean, bytes?: number): boolean;
  /** The access that was translated last ended in an external abort on the bus: takes the exception. */
  externalAbort(vaLo: number, vaHi: number, kind: AccessKind): void;
  /**
   * Called before an instruction starts wherever the engine enters a block anew: takes a pending interrupt, an illegal
   * execution state, a misaligned pc or a debug exception. @returns true if an exception was taken
   */
  enter(): boolean;
  /**
   * True if {@link enter} would take an exception now, wherever the pc leads. Cheap: the engine asks after each step outside
   * translated code.
   */
  pending(): boolean;
  /** True if something ends the waiting state (WFI: an interrupt is pending even if masked). */
  wake(): boolean;
  /** Works out again what is derived from the state, after it was written from outside, and plans its timed events. */
  reload(): void;
  /** What the core keeps beside its registers and its TLB: plain data. */
  save(): unknown;
  /** As {@link reload}, once registers and TLB are back, with what {@link save} kept: nothing that comes later may differ. */
  restore(state: unknown): void;
  /** Translated code has switched to another level: what is derived from it follows, and its arrivals are counted. */
  follow(): void;
  /** Performs a `system` statement. @param word the encoding, as int32 */
  system(call: number, word: number): void;
  /** Lifts one instruction. @param word the encoding (AArch64), as uint32 @param pcLo @param pcHi its address */
  lift(word: number, pcLo: number, pcHi: number, mode: number): LiftedInstruction;
}
