import { Rd, Rm, Rn } from '../decode/fields.ts';
import { bySign, each, eachFloat, type FloatElement, pairs, pairsFloat } from './drivers.ts';
import * as element from './elements.ts';
import { row, type SimdRow, vector, vectorAndScalar } from './row.ts';
import {
  absDifference,
  add,
  type BinaryFp,
  div,
  mul,
  mulAdd,
  mulExtended,
  recipStep,
  rsqrtStep,
  sub,
} from './soft-float/arithmetic.ts';
import { compare, max, maxNum, min, minNum, Order } from './soft-float/compare.ts';
import { abs, neg } from './soft-float/format.ts';
import { type Perform, Q } from './unit.ts';

/** Advanced SIMD three same, vector and scalar: Arm ARM C4.1.6. */

/** A bitwise operation of n, m and the old d. */
const logical =
  (operation: (n: bigint, m: bigint, d: bigint) => bigint): Perform =>
  (unit, word) => {
    const halves = 1 + Q(word);
    const n = unit.elements(Rn(word), 64, halves);
    const m = unit.elements(Rm(word), 64, halves);
    const d = unit.elements(Rd(word), 64, halves);
    unit.setElements(
      Rd(word),
      64,
      d.map((value, i) => operation(n[i], m[i], value)),
    );
  };

export const float =
  (operation: BinaryFp): FloatElement =>
  (unit, f, a, b) =>
    operation(unit.env, f, a, b);

export const fusedAdd: FloatElement = (unit, f, a, b, old) => mulAdd(unit.env, f, old, a, b);
export const fusedSubtract: FloatElement = (unit, f, a, b, old) => mulAdd(unit.env, f, old, neg(f, a), b);

/** All ones where the order of a and b is one of the wanted. */
export const floatTest =
  (wanted: readonly number[], quietSignals: boolean): FloatElement =>
  (unit, f, a, b) =>
    wanted.includes(compare(unit.env, f, a, b, quietSignals)) ? -1n : 0n;

const magnitudes =
  (operation: FloatElement): FloatElement =>
  (unit, f, a, b, old) =>
    operation(unit, f, abs(f, a), abs(f, b), old);

export const floatEqual = floatTest([Order.equal], false);
export const floatGreater = floatTest([Order.greater], true);
export const floatGreaterOrEqual = floatTest([Order.greater, Order.equal], true);

const same = (u: string, opcode: string, name: string, perform: Perform): SimdRow =>
  row(name, `0 x ${u} ? 1110 xx 1 Rm ${opcode} 1 Rn Rd`, perform);
/** size takes part in the choice of the instruction. */
const sized = (u: string, size: string, opcode: string, name: string, perform: Perform): SimdRow =>
  row(name, `0 x ${u} ? 1110 ${size} 1 Rm ${opcode} 1 Rn Rd`, perform);
const floating = (u: string, a: string, opcode: string, name: string, operation: FloatElement): SimdRow =>
  sized(u, `${a}x`, opcode, name, eachFloat(operation));
const pairwise = (a: string, opcode: string, name: string, operation: BinaryFp): SimdRow =>
  sized('1', `${a}x`, opcode, name, pairsFloat(float(operation)));

const VECTOR: readonly SimdRow[] = [
  same('x', '00000', 'SHADD, UHADD', each('byU', element.halvingAdd)),
  same('x', '00010', 'SRHADD, URHADD', each('byU', element.roundingHalvingAdd)),
  sized(
    '0',
    '00',
    '00011',
    'AND (vector)',
    logical((n, m) => n & m),
  ),
  sized(
    '0',
    '01',
    '00011',
    'BIC (vector, register)',
    logical((n, m) => n & ~m),
  ),
  sized(
    '0',
    '10',
    '00011',
    'ORR (vector, register)',
    logical((n, m) => n | m),
  ),
  sized(
    '0',
    '11',
    '00011',
    'ORN (vector)',
    logical((n, m) => n | ~m),
  ),
  sized(
    '1',
    '00',
    '00011',
    'EOR (vector)',
    logical((n, m) => n ^ m),
  ),
  sized(
    '1',
    '01',
    '00011',
    'BSL',
    logical((n, m, d) => m ^ ((m ^ n) & d)),
  ),
  sized(
    '1',
    '10',
    '00011',
    'BIT',
    logical((n, m, d) => d ^ ((d ^ n) & m)),
  ),
  sized(
    '1',
    '11',
    '00011',
    'BIF',
    logical((n, m, d) => d ^ ((d ^ n) & ~m)),
  ),
  same('x', '00100', 'SHSUB, UHSUB', each('byU', element.halvingSub)),
  same('x', '01100', 'SMAX, UMAX', each('byU', element.max)),
  same('x', '01101', 'SMIN, UMIN', each('byU', element.min)),
  same('x', '01110', 'SABD, UABD', each('byU', element.absDifference)),
  same('x', '01111', 'SABA, UABA', each('byU', element.absDifferenceAccumulate)),
  same('0', '10010', 'MLA (vector)', each('unsigned', element.mulAccumulate)),
  same('1', '10010', 'MLS (vector)', each('unsigned', element.mulSubtract)),
  same('0', '10011', 'MUL (vector)', each('unsigned', element.mul)),
  same('1', '10011', 'PMUL', each('unsigned', element.polynomialMul)),
  same('x', '10100', 'SMAXP, UMAXP', pairs('byU', element.max)),
  same('x', '10101', 'SMINP, UMINP', pairs('byU', element.min)),
  same('0', '10111', 'ADDP (vector)', pairs('unsigned', element.add)),
  floating('0', '0', '11000', 'FMAXNM (vector)', float(maxNum)),
  floating('0', '0', '11001', 'FMLA (vector)', fusedAdd),
  floating('0', '0', '11010', 'FADD (vector)', float(add)),
  floating('0', '0', '11110', 'FMAX (vector)', float(max)),
  floating('0', '1', '11000', 'FMINNM (vector)', float(minNum)),
  floating('0', '1', '11001', 'FMLS (vector)', fusedSubtract),
  floating('0', '1', '11010', 'FSUB (vector)', float(sub)),
  floating('0', '1', '11110', 'FMIN (vector)', float(min)),
  pairwise('0', '11000', 'FMAXNMP (vector)', maxNum),
  pairwise('0', '11010', 'FADDP (vector)', add),
  floating('1', '0', '11011', 'FMUL (vector)', float(mul)),
  pairwise('0', '11110', 'FMAXP (vector)', max),
  floating('1', '0', '11111', 'FDIV (vector)', float(div)),
  pairwise('1', '11000', 'FMINNMP (vector)', minNum),
  pairwise('1', '11110', 'FMINP (vector)', min),
];

const VECTOR_AND_SCALAR: readonly SimdRow[] = [
  same('x', '00001', 'SQADD, UQADD', bySign(element.saturatingAdd)),
  same('x', '00101', 'SQSUB, UQSUB', bySign(element.saturatingSub)),
  same('x', '00110', 'CMGT, CMHI', each('byU', element.greater)),
  same('x', '00111', 'CMGE, CMHS', each('byU', element.greaterOrEqual)),
  same('x', '01000', 'SSHL, USHL', each('byU', element.shiftLeft)),
  same('x', '01001', 'SQSHL, UQSHL (register)', bySign(element.saturatingShiftLeft)),
  same('x', '01010', 'SRSHL, URSHL', each('byU', element.roundingShiftLeft)),
  same('x', '01011', 'SQRSHL, UQRSHL', bySign(element.saturatingRoundingShiftLeft)),
  same('0', '10000', 'ADD (vector)', each('unsigned', element.add)),
  same('1', '10000', 'SUB (vector)', each('unsigned', element.sub)),
  same('0', '10001', 'CMTST', each('unsigned', element.test)),
  same('1', '10001', 'CMEQ (register)', each('unsigned', element.equal)),
  same('0', '10110', 'SQDMULH (vector)', each('signed', element.doublingHigh(false))),
  same('1', '10110', 'SQRDMULH (vector)', each('signed', element.doublingHigh(true))),
  floating('0', '0', '11011', 'FMULX', float(mulExtended)),
  floating('0', '0', '11100', 'FCMEQ (register)', floatEqual),
  floating('0', '0', '11111', 'FRECPS', float(recipStep)),
  floating('0', '1', '11111', 'FRSQRTS', float(rsqrtStep)),
  floating('1', '0', '11100', 'FCMGE (register)', floatGreaterOrEqual),
  floating('1', '0', '11101', 'FACGE', magnitudes(floatGreaterOrEqual)),
  floating('1', '1', '11010', 'FABD', float(absDifference)),
  floating('1', '1', '11100', 'FCMGT (register)', floatGreater),
  floating('1', '1', '11101', 'FACGT', magnitudes(floatGreater)),
];

export const THREE_SAME: readonly SimdRow[] = [...VECTOR.map(vector), ...VECTOR_AND_SCALAR.flatMap(vectorAndScalar)];
