import { Rd, Rn } from '../decode/fields.ts';
import { asSigned, doubled } from './drivers.ts';
import * as element from './elements.ts';
import { row, type SimdRow } from './row.ts';
import { add, type BinaryFp } from './soft-float/arithmetic.ts';
import { max, maxNum, min, minNum } from './soft-float/compare.ts';
import { SINGLE } from './soft-float/format.ts';
import { floatShape, formatOf, integerShape, type Perform, U } from './unit.ts';

/** Advanced SIMD across lanes and scalar pairwise: Arm ARM C4.1.6. */

/** All elements to one, of the same width or twice it. */
const reduce =
  (operation: element.Element, long = false): Perform =>
  (unit, word) => {
    const { bits, count } = integerShape(word);
    const values = asSigned(unit.elements(Rn(word), bits, count), bits, U(word) === 0);
    const result = values.reduce((a, b) => operation(a, b, bits, unit, 0n));
    unit.setElements(Rd(word), long ? doubled(bits) : bits, [result]);
  };

/** `Reduce`: halves first, so that NaNs and flags come in the manual's order. Four singles. */
const reduceFloat =
  (operation: BinaryFp): Perform =>
  (unit, word) => {
    const [a, b, c, d] = unit.elements(Rn(word), 32, 4);
    const { env } = unit;
    const result = operation(env, SINGLE, operation(env, SINGLE, a, b), operation(env, SINGLE, c, d));
    unit.setElements(Rd(word), 32, [result]);
  };

const pairFloat =
  (operation: BinaryFp): Perform =>
  (unit, word) => {
    const { bits } = floatShape(word);
    const [a, b] = unit.elements(Rn(word), bits, 2);
    unit.setElements(Rd(word), bits, [operation(unit.env, formatOf(bits), a, b)]);
  };

/** ADDP of two doublewords. */
const pairAdd: Perform = (unit, word) => {
  const [a, b] = unit.elements(Rn(word), 64, 2);
  unit.setElements(Rd(word), 64, [a + b]);
};

const across = (u: string, opcode: string, name: string, perform: Perform, size = 'xx'): SimdRow =>
  row(name, `0 x ${u} 01110 ${size} 11000 ${opcode} 10 Rn Rd`, perform);
const pairwise = (u: string, size: string, opcode: string, name: string, perform: Perform): SimdRow =>
  row(name, `01 ${u} 11110 ${size} 11000 ${opcode} 10 Rn Rd`, perform);

export const ACROSS: readonly SimdRow[] = [
  across('x', '00011', 'SADDLV, UADDLV', reduce(element.add, true)),
  across('x', '01010', 'SMAXV, UMAXV', reduce(element.max)),
  across('x', '11010', 'SMINV, UMINV', reduce(element.min)),
  across('0', '11011', 'ADDV', reduce(element.add)),
  across('1', '01100', 'FMAXNMV', reduceFloat(maxNum), '0x'),
  across('1', '01100', 'FMINNMV', reduceFloat(minNum), '1x'),
  across('1', '01111', 'FMAXV', reduceFloat(max), '0x'),
  across('1', '01111', 'FMINV', reduceFloat(min), '1x'),
  pairwise('0', '11', '11011', 'ADDP (scalar)', pairAdd),
  pairwise('1', '0x', '01100', 'FMAXNMP (scalar)', pairFloat(maxNum)),
  pairwise('1', '1x', '01100', 'FMINNMP (scalar)', pairFloat(minNum)),
  pairwise('1', '0x', '01101', 'FADDP (scalar)', pairFloat(add)),
  pairwise('1', '0x', '01111', 'FMAXP (scalar)', pairFloat(max)),
  pairwise('1', '1x', '01111', 'FMINP (scalar)', pairFloat(min)),
];
