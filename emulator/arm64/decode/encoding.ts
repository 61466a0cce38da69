import type { Statement } from '../../ir/ir.ts';

/** Where an instruction stands and under which mode it is lifted. */
export interface Site {
  readonly pcLo: number;
  readonly pcHi: number;
  /** Bits of `LiftMode`. */
  readonly mode: number;
}

/** Makes the statements of one instruction from its encoding. */
export type Lift = (word: number, site: Site) => readonly Statement[];

/** One row of the A64 table. */
export interface Encoding {
  /** The instruction's name in the Arm ARM, with the variant where one row is not the whole instruction. */
  readonly name: string;
  /** See `parsePattern`. */
  readonly pattern: string;
  readonly lift: Lift;
}

/** Shorthand for the tables. */
export const row = (name: string, pattern: string, lift: Lift): Encoding => ({ name, pattern, lift });
