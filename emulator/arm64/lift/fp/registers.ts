/** The 32 SIMD&FP registers as slots: two of 64 bits each, the low half first. */
import type { Expr, RegExpr, Statement, Width } from '../../../ir/ir.ts';
import { Slot } from '../../../ir/slots.ts';
import { int, set, slot } from '../build.ts';

/** Slot of bits 63:0 of V<n>; bits 127:64 follow. */
export const low = (n: number): number => Slot.VECTOR + 2 * n;
export const high = (n: number): number => low(n) + 1;

/** D<n>, or S<n> with width 32. */
export const readLow = (n: number, width: Width = 64): RegExpr => slot(low(n), width);
export const readHigh = (n: number, width: Width = 64): RegExpr => slot(high(n), width);

const ZERO64 = int(0, 64);
/** Bits 127:64 := 0: what every write of a scalar or a 64-bit vector does. */
export const clearHigh = (n: number): Statement => set(high(n), ZERO64);

/** V<n> := a 64-bit (or zero-extended 32-bit) value. */
export const writeLow = (n: number, value: Expr): readonly Statement[] => [set(low(n), value), clearHigh(n)];

/** V<n> := both halves. `second` must not read the low half of V<n>. */
export const writeBoth = (n: number, first: Expr, second: Expr): readonly Statement[] => [
  set(low(n), first),
  set(high(n), second),
];

/** Q: the operation is on 128 bits, else on 64. */
export const isQ = (word: number): boolean => ((word >>> 30) & 1) !== 0;
