/** Elements of vector registers as bit fields of the two slots. `scale` is the logarithm of an element's bytes. */
import type { Expr, Statement } from '../../../ir/ir.ts';
import { bigInt, binary, int, same, set, slot } from '../build.ts';
import { clearHigh, high, low, readLow } from './registers.ts';

/** Bits of an element. */
export const bitsOf = (scale: number): number => 8 << scale;

/** The half that holds an element, and the element's first bit there. */
function placeOf(n: number, scale: number, index: number): readonly [slot: number, position: number] {
  const bit = index * bitsOf(scale);
  return [bit < 64 ? low(n) : high(n), bit & 63];
}

/** Element `index` of V<n>, zero-extended to 64 bits. */
export function extractLane(n: number, scale: number, index: number): Expr {
  const [half, position] = placeOf(n, scale, index);
  return fieldOf(slot(half, 64), 'exu', position, bitsOf(scale));
}

/** Element `index` of V<n>, sign-extended to 64 bits. */
export function extractSigned(n: number, scale: number, index: number): Expr {
  const [half, position] = placeOf(n, scale, index);
  return fieldOf(slot(half, 64), 'exs', position, bitsOf(scale));
}

function fieldOf(value: Expr, extract: 'exu' | 'exs', position: number, bits: number): Expr {
  if (bits === 64) return value;
  return same(extract, value, int(64 - bits - position, 64), int(64 - bits, 64));
}

/** Element `index` of V<n> := the low bits of a 64-bit value. */
export function insertLane(n: number, scale: number, index: number, value: Expr): Statement {
  const [half, position] = placeOf(n, scale, index);
  const bits = bitsOf(scale);
  if (bits === 64) return set(half, value);
  return set(half, same('dep', slot(half, 64), value, int(position, 64), int(64 - bits, 64)));
}

/** 1 in every element. */
export const ONES: readonly bigint[] = [0x0101010101010101n, 0x0001000100010001n, 0x0000000100000001n, 1n];

/** All elements of V<d> := a 64-bit value that is zero above the element. */
export function dupLanes(d: number, scale: number, element: Expr, both: boolean): readonly Statement[] {
  const all = scale === 3 ? element : binary('mul', element, bigInt(ONES[scale]!, 64));
  return [set(low(d), all), both ? set(high(d), readLow(d)) : clearHigh(d)];
}
