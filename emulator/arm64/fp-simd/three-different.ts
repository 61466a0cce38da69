import { Rd, Rm, Rn } from '../decode/fields.ts';
import { long, narrow, wide } from './drivers.ts';
import * as element from './elements.ts';
import { row, type SimdRow, vector, vectorAndScalar } from './row.ts';
import { type Perform, Q } from './unit.ts';

/** Advanced SIMD three different: Arm ARM C4.1.6. Widening, narrowing, and long multiplication. */

/** ADDHN and its kind: the upper half of a sum of double width; `bits` is that of the half. */
const high =
  (sign: 1n | -1n, rounding: boolean): element.Element =>
  (a, b, bits) => {
    const half = rounding ? 1n << BigInt(bits - 1) : 0n;
    return (a + sign * b + half) >> BigInt(bits);
  };

/** PMULL of 64-bit polynomials, from the lower (Q = 0) or upper halves. */
const polynomialLong: Perform = (unit, word) => {
  const [a, b] = [unit.element(Rn(word), 64, Q(word)), unit.element(Rm(word), 64, Q(word))];
  unit.setWhole(Rd(word), element.polynomialMul(a, b, 128, unit, 0n));
};

const different = (u: string, opcode: string, name: string, perform: Perform, size = 'xx'): SimdRow =>
  row(name, `0 x ${u} ? 1110 ${size} 1 Rm ${opcode} 00 Rn Rd`, perform);

const VECTOR: readonly SimdRow[] = [
  different('x', '0000', 'SADDL, UADDL', long('byU', element.add)),
  different('x', '0001', 'SADDW, UADDW', wide('byU', element.add)),
  different('x', '0010', 'SSUBL, USUBL', long('byU', element.sub)),
  different('x', '0011', 'SSUBW, USUBW', wide('byU', element.sub)),
  different('0', '0100', 'ADDHN', narrow('unsigned', high(1n, false))),
  different('1', '0100', 'RADDHN', narrow('unsigned', high(1n, true))),
  different('x', '0101', 'SABAL, UABAL', long('byU', element.absDifferenceAccumulate)),
  different('0', '0110', 'SUBHN', narrow('unsigned', high(-1n, false))),
  different('1', '0110', 'RSUBHN', narrow('unsigned', high(-1n, true))),
  different('x', '0111', 'SABDL, UABDL', long('byU', element.absDifference)),
  different('x', '1000', 'SMLAL, UMLAL (vector)', long('byU', element.mulAccumulate)),
  different('x', '1010', 'SMLSL, UMLSL (vector)', long('byU', element.mulSubtract)),
  different('x', '1100', 'SMULL, UMULL (vector)', long('byU', element.mul)),
  different('0', '1110', 'PMULL', long('unsigned', element.polynomialMul), '00'),
  different('0', '1110', 'PMULL 1Q', polynomialLong, '11'),
];

const VECTOR_AND_SCALAR: readonly SimdRow[] = [
  different('0', '1001', 'SQDMLAL (vector)', long('signed', element.doublingLongAccumulate)),
  different('0', '1011', 'SQDMLSL (vector)', long('signed', element.doublingLongSubtract)),
  different('0', '1101', 'SQDMULL (vector)', long('signed', element.doublingLong)),
];

export const THREE_DIFFERENT: readonly SimdRow[] = [
  ...VECTOR.map(vector),
  ...VECTOR_AND_SCALAR.flatMap(vectorAndScalar),
];
