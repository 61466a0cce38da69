import { Rd, Rn } from '../decode/fields.ts';
import {
  asSigned,
  bySign,
  doubled,
  each,
  eachFloat,
  type FloatElement,
  halfShape,
  narrow,
  narrowBits,
  setNarrow,
} from './drivers.ts';
import * as element from './elements.ts';
import { row, type SimdRow, vector, vectorAndScalar } from './row.ts';
import { sqrt, type UnaryFp } from './soft-float/arithmetic.ts';
import { Order } from './soft-float/compare.ts';
import { convert, fromFixed, roundToIntegral, toFixed } from './soft-float/convert.ts';
import { Rounding, type RoundingMode } from './soft-float/environment.ts';
import {
  recipEstimateFp,
  recipExponent,
  rsqrtEstimateFp,
  unsignedRecipEstimate,
  unsignedRsqrtEstimate,
} from './soft-float/estimate.ts';
import { abs, type Format, HALF, neg } from './soft-float/format.ts';
import { floatTest } from './three-same.ts';
import { bit, type ElementBits, formatOf, integerShape, type Perform, Q, U } from './unit.ts';

/** Advanced SIMD two-register miscellaneous, vector and scalar: Arm ARM C4.1.6. */

/** REV16, REV32, REV64: elements in reverse order within each container. */
const reverse =
  (container: number): Perform =>
  (unit, word) => {
    const { bits, count } = integerShape(word);
    const last = container / bits - 1;
    const values = unit.elements(Rn(word), bits, count);
    unit.setElements(
      Rd(word),
      bits,
      values.map((_, i) => values[i ^ last]),
    );
  };

/** SADDLP, SADALP and their unsigned forms. */
const pairsLong =
  (accumulate: boolean): Perform =>
  (unit, word) => {
    const { bits, count } = integerShape(word);
    const values = asSigned(unit.elements(Rn(word), bits, count), bits, U(word) === 0);
    const old = unit.elements(Rd(word), doubled(bits), count / 2);
    unit.setElements(
      Rd(word),
      doubled(bits),
      old.map((o, i) => values[2 * i] + values[2 * i + 1] + (accumulate ? o : 0n)),
    );
  };

/** RBIT is of bytes, although its size field is 01. */
const reverseBytesBits: Perform = (unit, word) => {
  const values = unit.elements(Rn(word), 8, 8 << Q(word));
  unit.setElements(
    Rd(word),
    8,
    values.map((v) => element.reverseBits(v, 0n, 8, unit, 0n)),
  );
};

const truncate: element.Element = (a) => a;
const saturating =
  (signed: boolean): element.Element =>
  (a, _b, bits, unit) =>
    element.saturate(unit, a, bits, signed);
const saturatingNarrow: Perform = (unit, word) => SATURATING_NARROW[U(word)](unit, word);
const SATURATING_NARROW: readonly Perform[] = [
  narrow('signed', saturating(true)),
  narrow('unsigned', saturating(false)),
];

/** SHLL: widened and shifted by the width. */
const shiftLong: Perform = (unit, word) => {
  const { bits, count, from } = halfShape(word, narrowBits(word));
  const values = unit.elements(Rn(word), bits, count, from);
  unit.setElements(
    Rd(word),
    doubled(bits),
    values.map((v) => v << BigInt(bits)),
  );
};

/** Narrow format of FCVTL, FCVTN: half and single by sz; wide is the next. */
const narrowFormat = (word: number): Format => (bit(word, 22) ? formatOf(32) : HALF);
const wideFormat = (word: number): Format => formatOf(bit(word, 22) ? 64 : 32);

const floatLong: Perform = (unit, word) => {
  const [from, to] = [narrowFormat(word), wideFormat(word)];
  const half = halfShape(word, from.bits);
  const values = unit.elements(Rn(word), half.bits, half.count, half.from);
  unit.setElements(
    Rd(word),
    to.bits,
    values.map((v) => convert(unit.env, from, to, v)),
  );
};

const floatNarrow =
  (mode?: RoundingMode): Perform =>
  (unit, word) => {
    const [from, to] = [wideFormat(word), narrowFormat(word)];
    const { count } = halfShape(word, to.bits);
    const values = unit.elements(Rn(word), from.bits as ElementBits, count);
    setNarrow(
      unit,
      word,
      to.bits,
      values.map((v) => convert(unit.env, from, to, v, mode ?? unit.env.rounding)),
    );
  };

const one =
  (operation: UnaryFp): FloatElement =>
  (unit, f, a) =>
    operation(unit.env, f, a);
const integral = (mode?: RoundingMode, exact = false): FloatElement =>
  one((env, f, a) => roundToIntegral(env, f, a, mode ?? env.rounding, exact));
const toInteger =
  (unsigned: boolean, mode: RoundingMode): FloatElement =>
  (unit, f, a) =>
    toFixed(unit.env, f, a, f.bits, 0, unsigned, mode);
const withZero =
  (wanted: readonly number[], quietSignals = true): FloatElement =>
  (unit, f, a, _b, old) =>
    floatTest(wanted, quietSignals)(unit, f, a, 0n, old);

const misc = (u: string, opcode: string, name: string, perform: Perform, size = 'xx'): SimdRow =>
  row(name, `0 x ${u} ? 1110 ${size} 10000 ${opcode} 10 Rn Rd`, perform);
const floating = (u: string, a: string, opcode: string, name: string, operation: FloatElement): SimdRow =>
  misc(u, opcode, name, eachFloat(operation), `${a}x`);

const { nearestEven, plusInfinity, minusInfinity, zero, nearestAway, odd } = Rounding;

const VECTOR: readonly SimdRow[] = [
  misc('0', '00000', 'REV64', reverse(64)),
  misc('0', '00001', 'REV16 (vector)', reverse(16)),
  misc('1', '00000', 'REV32 (vector)', reverse(32)),
  misc('x', '00010', 'SADDLP, UADDLP', pairsLong(false)),
  misc('x', '00110', 'SADALP, UADALP', pairsLong(true)),
  misc('0', '00100', 'CLS (vector)', each('signed', element.countLeadingSigns)),
  misc('1', '00100', 'CLZ (vector)', each('unsigned', element.countLeadingZeros)),
  misc('0', '00101', 'CNT', each('unsigned', element.countOnes)),
  misc('1', '00101', 'NOT', each('unsigned', element.not), '00'),
  misc('1', '00101', 'RBIT (vector)', reverseBytesBits, '01'),
  misc('0', '10010', 'XTN', narrow('unsigned', truncate)),
  misc('1', '10011', 'SHLL', shiftLong),
  misc('0', '10110', 'FCVTN', floatNarrow(), '0x'),
  misc('0', '10111', 'FCVTL', floatLong, '0x'),
  floating('0', '0', '11000', 'FRINTN (vector)', integral(nearestEven)),
  floating('0', '0', '11001', 'FRINTM (vector)', integral(minusInfinity)),
  floating('0', '1', '11000', 'FRINTP (vector)', integral(plusInfinity)),
  floating('0', '1', '11001', 'FRINTZ (vector)', integral(zero)),
  floating('1', '0', '11000', 'FRINTA (vector)', integral(nearestAway)),
  floating('1', '0', '11001', 'FRINTX (vector)', integral(undefined, true)),
  floating('1', '1', '11001', 'FRINTI (vector)', integral()),
  floating('0', '1', '01111', 'FABS (vector)', (_unit, f, a) => abs(f, a)),
  floating('1', '1', '01111', 'FNEG (vector)', (_unit, f, a) => neg(f, a)),
  floating('1', '1', '11111', 'FSQRT (vector)', one(sqrt)),
  floating('0', '1', '11100', 'URECPE', (_unit, _f, a) => unsignedRecipEstimate(a)),
  floating('1', '1', '11100', 'URSQRTE', (_unit, _f, a) => unsignedRsqrtEstimate(a)),
];

const VECTOR_AND_SCALAR: readonly SimdRow[] = [
  misc('x', '00011', 'SUQADD, USQADD', bySign(element.saturatingAccumulate)),
  misc('0', '00111', 'SQABS', each('signed', element.saturatingAbs)),
  misc('1', '00111', 'SQNEG', each('signed', element.saturatingNegate)),
  misc('0', '01000', 'CMGT (zero)', each('signed', element.greaterThanZero)),
  misc('1', '01000', 'CMGE (zero)', each('signed', element.notNegative)),
  misc('0', '01001', 'CMEQ (zero)', each('signed', element.isZero)),
  misc('1', '01001', 'CMLE (zero)', each('signed', element.notPositive)),
  misc('0', '01010', 'CMLT (zero)', each('signed', element.negative)),
  misc('0', '01011', 'ABS', each('signed', element.absolute)),
  misc('1', '01011', 'NEG (vector)', each('unsigned', element.negate)),
  misc('1', '10010', 'SQXTUN', narrow('signed', saturating(false))),
  misc('x', '10100', 'SQXTN, UQXTN', saturatingNarrow),
  misc('1', '10110', 'FCVTXN', floatNarrow(odd), '01'),
  floating('0', '0', '11010', 'FCVTNS (vector)', toInteger(false, nearestEven)),
  floating('1', '0', '11010', 'FCVTNU (vector)', toInteger(true, nearestEven)),
  floating('0', '0', '11011', 'FCVTMS (vector)', toInteger(false, minusInfinity)),
  floating('1', '0', '11011', 'FCVTMU (vector)', toInteger(true, minusInfinity)),
  floating('0', '0', '11100', 'FCVTAS (vector)', toInteger(false, nearestAway)),
  floating('1', '0', '11100', 'FCVTAU (vector)', toInteger(true, nearestAway)),
  floating('0', '1', '11010', 'FCVTPS (vector)', toInteger(false, plusInfinity)),
  floating('1', '1', '11010', 'FCVTPU (vector)', toInteger(true, plusInfinity)),
  floating('0', '1', '11011', 'FCVTZS (vector, integer)', toInteger(false, zero)),
  floating('1', '1', '11011', 'FCVTZU (vector, integer)', toInteger(true, zero)),
  floating('0', '0', '11101', 'SCVTF (vector, integer)', (unit, f, a) =>
    fromFixed(unit.env, f, BigInt.asIntN(f.bits, a), 0),
  ),
  floating('1', '0', '11101', 'UCVTF (vector, integer)', (unit, f, a) => fromFixed(unit.env, f, a, 0)),
  floating('0', '1', '01100', 'FCMGT (zero)', withZero([Order.greater])),
  floating('1', '1', '01100', 'FCMGE (zero)', withZero([Order.greater, Order.equal])),
  floating('0', '1', '01101', 'FCMEQ (zero)', withZero([Order.equal], false)),
  floating('1', '1', '01101', 'FCMLE (zero)', withZero([Order.less, Order.equal])),
  floating('0', '1', '01110', 'FCMLT (zero)', withZero([Order.less])),
  floating('0', '1', '11101', 'FRECPE', one(recipEstimateFp)),
  floating('1', '1', '11101', 'FRSQRTE', one(rsqrtEstimateFp)),
];

const SCALAR: readonly SimdRow[] = [
  row('FRECPX', '01 0 1 1110 1x 10000 11111 10 Rn Rd', eachFloat(one(recipExponent))),
];

export const TWO_MISC: readonly SimdRow[] = [
  ...VECTOR.map(vector),
  ...VECTOR_AND_SCALAR.flatMap(vectorAndScalar),
  ...SCALAR,
];
