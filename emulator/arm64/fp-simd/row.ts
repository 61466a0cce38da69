import type { Perform } from './unit.ts';

/** One row of the tables of FP and SIMD operations: an instruction and what it does. */
export interface SimdRow {
  /** The instruction's name in the Arm ARM. */
  readonly name: string;
  /** See `parsePattern`. It tells allocated encodings apart; which are allocated the A64 table says. */
  readonly pattern: string;
  readonly perform: Perform;
}

/** Shorthand for the tables. */
export const row = (name: string, pattern: string, perform: Perform): SimdRow => ({ name, pattern, perform });

/**
 * The rows of an instruction that has a vector and a scalar encoding. They differ in bit 28, written `?`, and Q before it
 * is 1 in the scalar one.
 */
export function vectorAndScalar(of: SimdRow): readonly SimdRow[] {
  const scalar = of.pattern.replace('0 x', '0 1').replace('?', '1');
  return [
    { ...of, pattern: of.pattern.replace('?', '0') },
    { ...of, pattern: scalar },
  ];
}
