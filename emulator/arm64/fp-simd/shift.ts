import { Rd, Rn } from '../decode/fields.ts';
import { asSigned, doubled, halfShape, narrow, type Sign } from './drivers.ts';
import { type Element, saturate } from './elements.ts';
import { row, type SimdRow, vector, vectorAndScalar } from './row.ts';
import { fromFixed, toFixed } from './soft-float/convert.ts';
import { Rounding } from './soft-float/environment.ts';
import { bit, type ElementBits, formatOf, type Perform, Q, U, type VectorUnit } from './unit.ts';

/** Advanced SIMD shift by immediate, vector and scalar: Arm ARM C4.1.6. */

const amount = (word: number): number => (word >>> 16) & 127;

/** The highest bit set of immh says the width. */
const shiftBits = (word: number): ElementBits => (1 << (31 - Math.clz32(amount(word)))) as ElementBits;

const rightShift = (word: number, bits: number): bigint => BigInt(2 * bits - amount(word));
const leftShift = (word: number, bits: number): bigint => BigInt(amount(word) - bits);

/** @param by distance of the shift @param old the destination's element before */
type Shift = (a: bigint, by: bigint, bits: number, unit: VectorUnit, old: bigint) => bigint;

const shifted =
  (sign: Sign, distance: (word: number, bits: number) => bigint, operation: Shift): Perform =>
  (unit, word) => {
    const bits = shiftBits(word);
    const count = bit(word, 28) ? 1 : (64 << Q(word)) / bits;
    const signed = sign === 'signed' || (sign === 'byU' && U(word) === 0);
    const values = asSigned(unit.elements(Rn(word), bits, count), bits, signed);
    const old = unit.elements(Rd(word), bits, count);
    const by = distance(word, bits);
    unit.setElements(
      Rd(word),
      bits,
      old.map((o, i) => operation(values[i], by, bits, unit, o)),
    );
  };

const right: Shift = (a, by) => a >> by;
const roundingRight: Shift = (a, by) => (a + (1n << (by - 1n))) >> by;
const accumulating =
  (operation: Shift): Shift =>
  (a, by, bits, unit, old) =>
    old + operation(a, by, bits, unit, old);
const left: Shift = (a, by) => a << by;
const saturatingLeft =
  (signed: boolean): Shift =>
  (a, by, bits, unit) =>
    saturate(unit, a << by, bits, signed);
/** SRI and SLI leave the bits that the shift empties. */
const insertRight: Shift = (a, by, bits, _unit, old) => (a >> by) | (old & ~(((1n << BigInt(bits)) - 1n) >> by));
const insertLeft: Shift = (a, by, _bits, _unit, old) => (a << by) | (old & ((1n << by) - 1n));

/** A right shift into elements of half the width. */
const narrowing =
  (sign: Sign, operation: Shift, finish: Element): Perform =>
  (unit, word) => {
    const by = rightShift(word, shiftBits(word));
    const all: Element = (a, b, bits) => finish(operation(a, by, bits, unit, 0n), b, bits, unit, 0n);
    narrow(sign, all, shiftBits)(unit, word);
  };

const keep: Element = (a) => a;
const saturating =
  (signed: boolean): Element =>
  (a, _b, bits, unit) =>
    saturate(unit, a, bits, signed);
/** Signed or unsigned throughout, by U. */
const saturatingNarrow = (operation: Shift): Perform => {
  const performs = [
    narrowing('signed', operation, saturating(true)),
    narrowing('unsigned', operation, saturating(false)),
  ];
  return (unit, word) => performs[U(word)](unit, word);
};

/** SSHLL, USHLL. */
const long: Perform = (unit, word) => {
  const { bits, count, from } = halfShape(word, shiftBits(word));
  const values = asSigned(unit.elements(Rn(word), bits, count, from), bits, U(word) === 0);
  unit.setElements(
    Rd(word),
    doubled(bits),
    values.map((v) => v << leftShift(word, bits)),
  );
};

const fromFixedPoint: Shift = (a, by, bits, unit) => fromFixed(unit.env, formatOf(bits), a, Number(by));
const toFixedPoint =
  (unsigned: boolean): Shift =>
  (a, by, bits, unit) =>
    toFixed(unit.env, formatOf(bits), a, bits, Number(by), unsigned, Rounding.zero);

const immediate = (u: string, opcode: string, name: string, perform: Perform): SimdRow =>
  row(name, `0 x ${u} ? 11110 xxxx xxx ${opcode} 1 Rn Rd`, perform);

const SATURATING_LEFT = [
  shifted('signed', leftShift, saturatingLeft(true)),
  shifted('unsigned', leftShift, saturatingLeft(false)),
];

const VECTOR: readonly SimdRow[] = [
  immediate('0', '10000', 'SHRN', narrowing('unsigned', right, keep)),
  immediate('0', '10001', 'RSHRN', narrowing('unsigned', roundingRight, keep)),
  immediate('x', '10100', 'SSHLL, USHLL', long),
];

const VECTOR_AND_SCALAR: readonly SimdRow[] = [
  immediate('x', '00000', 'SSHR, USHR', shifted('byU', rightShift, right)),
  immediate('x', '00010', 'SSRA, USRA', shifted('byU', rightShift, accumulating(right))),
  immediate('x', '00100', 'SRSHR, URSHR', shifted('byU', rightShift, roundingRight)),
  immediate('x', '00110', 'SRSRA, URSRA', shifted('byU', rightShift, accumulating(roundingRight))),
  immediate('1', '01000', 'SRI', shifted('unsigned', rightShift, insertRight)),
  immediate('0', '01010', 'SHL', shifted('unsigned', leftShift, left)),
  immediate('1', '01010', 'SLI', shifted('unsigned', leftShift, insertLeft)),
  immediate('1', '01100', 'SQSHLU', shifted('signed', leftShift, saturatingLeft(false))),
  immediate('x', '01110', 'SQSHL, UQSHL (immediate)', (unit, word) => SATURATING_LEFT[U(word)](unit, word)),
  immediate('1', '10000', 'SQSHRUN', narrowing('signed', right, saturating(false))),
  immediate('1', '10001', 'SQRSHRUN', narrowing('signed', roundingRight, saturating(false))),
  immediate('x', '10010', 'SQSHRN, UQSHRN', saturatingNarrow(right)),
  immediate('x', '10011', 'SQRSHRN, UQRSHRN', saturatingNarrow(roundingRight)),
  immediate('x', '11100', 'SCVTF, UCVTF (vector, fixed-point)', shifted('byU', rightShift, fromFixedPoint)),
  immediate('0', '11111', 'FCVTZS (vector, fixed-point)', shifted('unsigned', rightShift, toFixedPoint(false))),
  immediate('1', '11111', 'FCVTZU (vector, fixed-point)', shifted('unsigned', rightShift, toFixedPoint(true))),
];

export const SHIFT: readonly SimdRow[] = [...VECTOR.map(vector), ...VECTOR_AND_SCALAR.flatMap(vectorAndScalar)];
