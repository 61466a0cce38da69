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

/** Bit 28, written `?`, tells the scalar encoding of an instruction from the vector one; Q before it is then 1. */
export const vector = (of: SimdRow): SimdRow => ({ ...of, pattern: of.pattern.replace('?', '0') });
const scalar = (of: SimdRow): SimdRow => ({
  name: `${of.name} scalar`,
  pattern: of.pattern.replace('0 x', '0 1').replace('?', '1'),
  perform: of.perform,
});

/** The rows of an instruction that has both encodings. */
export const vectorAndScalar = (of: SimdRow): readonly SimdRow[] => [vector(of), scalar(of)];
