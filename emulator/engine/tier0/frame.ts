/** What a function that runs handlers offers each of them: locals, and ways on. */
import { Slot } from '../../ir/slots.ts';
import type { Code } from '../../wasm/code.ts';
import { Op, ValueType } from '../../wasm/opcodes.ts';

const { i32, i64 } = ValueType;

/** How one handler's code goes on. */
export interface Flow {
  /** Goes on behind this record, or behind several. */
  next(records?: number): void;
  /** The record pointer was set to a block's first record: pays for the block and goes there. */
  enter(): void;
  /** A memory access missed; the address is in local `va`. */
  miss(): void;
  /** Leaves with an {@link Exit} reason. */
  exit(reason: number): void;
  /** Goes on in the compiled function that the block's header names. */
  region(): void;
  /** Goes on behind the record that stands copied in the scratch place. */
  resume(): void;
  /** The bases of TLB bank and jump cache in the state changed. */
  rebase(): void;
}

/** Locals of a function that runs handlers. */
export interface Frame {
  readonly record: number;
  readonly va: number;
  readonly host: number;
  readonly a64: number;
  readonly b64: number;
  readonly a32: number;
  readonly b32: number;
  /** Base of the TLB bank and of the jump cache; in outlined functions they are read from the state. */
  pushTlb(): void;
  pushJumps(): void;
}

/** @param bases locals that hold the bases, where there are any */
export function declareFrame(c: Code, record: number, bases: { tlb?: number; jumps?: number }): Frame {
  const fromState = (slot: number) => (): void => {
    c.i32(0);
    c.memory(Op.i32Load, slot * 8);
  };
  const fromLocal = (local: number) => (): void => c.get(local);
  return {
    record,
    va: c.local(i64),
    host: c.local(i32),
    a64: c.local(i64),
    b64: c.local(i64),
    a32: c.local(i32),
    b32: c.local(i32),
    pushTlb: bases.tlb === undefined ? fromState(Slot.TLB_BASE) : fromLocal(bases.tlb),
    pushJumps: bases.jumps === undefined ? fromState(Slot.JUMP_BASE) : fromLocal(bases.jumps),
  };
}

/** Tells the engine which access missed. */
export function storeAddress(c: Code, va: number): void {
  c.i32(0);
  c.get(va);
  c.memory(Op.i64Store, Slot.EXIT_VA * 8);
}
