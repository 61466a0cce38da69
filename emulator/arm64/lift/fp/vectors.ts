/** Short builders of 128-bit values, and the fields that Advanced SIMD encodings share. */
import type { Statement, VectorExpr } from '../../../ir/ir.ts';
import { LANES, type Lane, VECTOR_ROW, type VectorOp } from '../../../ir/vector-ops.ts';
import { Rd, Rm, Rn } from '../../decode/fields.ts';
import { isQ, low } from './registers.ts';

/** V<n>. */
export const V = (n: number): VectorExpr => ({ kind: 'vreg', slot: low(n) });

export const vop = (op: VectorOp, ...args: readonly VectorExpr[]): VectorExpr => ({ kind: 'vop', op, args, amount: 0 });
export const shifted = (op: VectorOp, value: VectorExpr, amount: number): VectorExpr => ({
  kind: 'vop',
  op,
  args: [value],
  amount,
});
/** Element `index` of V<n> in all lanes. */
export const splat = (n: number, lane: Lane, index: number): VectorExpr => ({
  kind: 'vop',
  op: `splat${lane}`,
  args: [],
  amount: low(n) * 8 + (index * lane) / 8,
});
export const ZERO = vop('zero');

/** `name` on lanes, or undefined where there is no such operation. */
export const byLane = (name: string, lane: Lane, ...args: readonly VectorExpr[]): VectorExpr | undefined => {
  const op = `${name}${lane}` as VectorOp;
  return VECTOR_ROW.has(op) ? vop(op, ...args) : undefined;
};

/** Lanes of `size`, bits 23:22. */
export const laneOf = (word: number): Lane => LANES[(word >>> 22) & 3]!;
/** Twice as wide. */
export const wider = (lane: Lane): Lane => (lane * 2) as Lane;
/** U, bit 29: S or U in the names of operations. */
export const isUnsigned = (word: number): boolean => ((word >>> 29) & 1) !== 0;
const SCALAR = 1 << 28;
const isWhole = (word: number): boolean => isQ(word) && (word & SCALAR) === 0;

export const Vd = (word: number): VectorExpr => V(Rd(word));
export const Vn = (word: number): VectorExpr => V(Rn(word));
export const Vm = (word: number): VectorExpr => V(Rm(word));

export const setVector = (n: number, value: VectorExpr): Statement => ({ kind: 'setVector', slot: low(n), value });

/** V<d> := all of a value, or its lower half where the instruction is on 64 bits or scalar. */
export const writeVector = (word: number, value: VectorExpr | undefined): readonly Statement[] | undefined =>
  value && [setVector(Rd(word), isWhole(word) ? value : vop('low', value))];

/** The operands of a pairwise or de-interleaving operation on 64 bits: both lower halves in one. */
export const pairOf = (word: number): readonly [VectorExpr, VectorExpr] => {
  if (isQ(word)) return [Vn(word), Vm(word)];
  const both = vop('zip164', Vn(word), Vm(word));
  return [both, both];
};
