/** How both tiers reach guest memory: opcodes by size and extension, and the check of the fast half of a TLB entry. */
import { TLB_ENTRIES } from '../memory/tlb.ts';
import type { Code } from '../wasm/code.ts';
import { Op } from '../wasm/opcodes.ts';

/** Offsets of the tags within a fast TLB entry. */
export const TAG = { read: 0, write: 8 } as const;
const ADDEND = 16;

/** Loads by `size.extend`. */
export const LOADS: Record<string, number> = {
  '1.zero': Op.i64Load8U,
  '2.zero': Op.i64Load16U,
  '4.zero': Op.i64Load32U,
  '8.zero': Op.i64Load,
  '1.sign64': Op.i64Load8S,
  '2.sign64': Op.i64Load16S,
  '4.sign64': Op.i64Load32S,
  '1.sign32': Op.i32Load8S,
  '2.sign32': Op.i32Load16S,
};
export const STORES: Record<number, number> = { 1: Op.i64Store8, 2: Op.i64Store16, 4: Op.i64Store32, 8: Op.i64Store };

/**
 * Takes a virtual address from the stack and pushes the host address of the access; where the fast half of its TLB entry does
 * not allow it, `miss` must leave.
 * @param va i64 local for the address @param host i32 local @param pushBase pushes the bank's base
 */
export function emitHostAddress(
  c: Code,
  va: number,
  host: number,
  pushBase: () => void,
  size: number,
  tag: number,
  miss: () => void,
): void {
  c.tee(va);
  c.op(Op.i32WrapI64);
  c.i32(7);
  c.wide('shru', 32);
  c.i32((TLB_ENTRIES - 1) << 5);
  c.wide('and', 32);
  pushBase();
  c.wide('add', 32);
  c.tee(host);
  c.memory(Op.i64Load, tag);
  c.get(va);
  if (size > 1) {
    c.i64(size - 1);
    c.wide('add', 64);
  }
  c.i64(-4096);
  c.wide('and', 64);
  c.wide('ne', 64);
  c.open(Op.if);
  miss();
  c.end();
  c.get(host);
  c.memory(Op.i32Load, ADDEND);
  c.get(va);
  c.op(Op.i32WrapI64);
  c.wide('add', 32);
}

/** Bytes of a `line` statement's line. */
const LINE_BYTES = 64;

/**
 * Takes a virtual address from the stack and, if `zero`, zeroes the aligned line around it; where the fast half of the TLB entry
 * does not allow writing it, or else reading it, `miss` must leave. Other parameters as of {@link emitHostAddress}.
 */
export function emitLine(
  c: Code,
  va: number,
  host: number,
  pushBase: () => void,
  zero: boolean,
  miss: () => void,
): void {
  emitHostAddress(c, va, host, pushBase, 1, zero ? TAG.write : TAG.read, miss);
  if (!zero) {
    c.op(Op.drop);
    return;
  }
  c.i32(-LINE_BYTES);
  c.wide('and', 32);
  c.set(host);
  for (let at = 0; at < LINE_BYTES; at += 8) {
    c.get(host);
    c.i64(0);
    c.memory(Op.i64Store, at);
  }
}
