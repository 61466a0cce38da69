import type { VectorUnit } from './unit.ts';

/**
 * What the integer instructions do with elements. An operand is signed or unsigned as the instruction takes it; a result
 * may be any integer that is right in its lowest `bits` bits.
 */

/** @param bits width of the result @param old the destination's element before */
export type Element = (a: bigint, b: bigint, bits: number, unit: VectorUnit, old: bigint) => bigint;

/** An operation that needs to know whether its operands were taken as signed. */
export type ElementBySign = (signed: boolean) => Element;

const allOnes = (condition: boolean): bigint => (condition ? -1n : 0n);

/** `SatQ`: raises QC where the value does not fit. */
export function saturate(unit: VectorUnit, value: bigint, bits: number, signed: boolean): bigint {
  const highest = (1n << BigInt(signed ? bits - 1 : bits)) - 1n;
  const lowest = signed ? ~highest : 0n;
  if (value >= lowest && value <= highest) return value;
  unit.saturated();
  return value < lowest ? lowest : highest;
}

const magnitude = (a: bigint): bigint => (a < 0n ? -a : a);

export const add: Element = (a, b) => a + b;
export const sub: Element = (a, b) => a - b;
export const mul: Element = (a, b) => a * b;
export const mulAccumulate: Element = (a, b, _bits, _unit, old) => old + a * b;
export const mulSubtract: Element = (a, b, _bits, _unit, old) => old - a * b;
export const halvingAdd: Element = (a, b) => (a + b) >> 1n;
export const roundingHalvingAdd: Element = (a, b) => (a + b + 1n) >> 1n;
export const halvingSub: Element = (a, b) => (a - b) >> 1n;
/** One of two by their order; `Math.max` knows no BigInts. */
const choose =
  (first: (a: bigint, b: bigint) => boolean): Element =>
  (a, b) =>
    first(a, b) ? a : b;
export const max: Element = choose((a, b) => a > b);
export const min: Element = choose((a, b) => a < b);
export const absDifference: Element = (a, b) => magnitude(a - b);
export const absDifferenceAccumulate: Element = (a, b, _bits, _unit, old) => old + magnitude(a - b);
export const greater: Element = (a, b) => allOnes(a > b);
export const greaterOrEqual: Element = (a, b) => allOnes(a >= b);
export const equal: Element = (a, b) => allOnes(a === b);
export const test: Element = (a, b) => allOnes((a & b) !== 0n);
/** With zero. */
export const greaterThanZero: Element = (a) => allOnes(a > 0n);
export const notNegative: Element = (a) => allOnes(a >= 0n);
export const isZero: Element = (a) => allOnes(a === 0n);
export const notPositive: Element = (a) => allOnes(a <= 0n);
export const negative: Element = (a) => allOnes(a < 0n);
export const absolute: Element = (a) => magnitude(a);
export const negate: Element = (a) => -a;

export const saturatingAdd: ElementBySign = (signed) => (a, b, bits, unit) => saturate(unit, a + b, bits, signed);
export const saturatingSub: ElementBySign = (signed) => (a, b, bits, unit) => saturate(unit, a - b, bits, signed);
export const saturatingAbs: Element = (a, _b, bits, unit) => saturate(unit, magnitude(a), bits, true);
export const saturatingNegate: Element = (a, _b, bits, unit) => saturate(unit, -a, bits, true);

/** SUQADD (the destination is signed, the operand not) and USQADD (the other way round). */
export const saturatingAccumulate: ElementBySign = (signed) => (a, _b, bits, unit, old) =>
  signed
    ? saturate(unit, BigInt.asUintN(bits, a) + BigInt.asIntN(bits, old), bits, true)
    : saturate(unit, BigInt.asIntN(bits, a) + old, bits, false);

/** SQDMULH, SQRDMULH: the upper half of twice the product. */
export const doublingHigh =
  (rounding: boolean): Element =>
  (a, b, bits, unit) => {
    const half = rounding ? 1n << BigInt(bits - 1) : 0n;
    return saturate(unit, (2n * a * b + half) >> BigInt(bits), bits, true);
  };

/** SQDMULL; `bits` is that of the product. */
export const doublingLong: Element = (a, b, bits, unit) => saturate(unit, 2n * a * b, bits, true);
/** SQDMLAL and SQDMLSL: product and sum saturate one after the other. */
export const doublingLongAccumulate: Element = (a, b, bits, unit, old) =>
  saturate(unit, BigInt.asIntN(bits, old) + doublingLong(a, b, bits, unit, 0n), bits, true);
export const doublingLongSubtract: Element = (a, b, bits, unit, old) =>
  saturate(unit, BigInt.asIntN(bits, old) - doublingLong(a, b, bits, unit, 0n), bits, true);

/** The shifts by a register: by its lowest byte, signed, to the right where it is negative. */
const shift = (a: bigint, b: bigint, rounding: boolean): bigint => {
  const by = BigInt.asIntN(8, b);
  return (rounding && by < 0n ? a + (1n << (-by - 1n)) : a) << by;
};
export const shiftLeft: Element = (a, b) => shift(a, b, false);
export const roundingShiftLeft: Element = (a, b) => shift(a, b, true);
export const saturatingShiftLeft: ElementBySign = (signed) => (a, b, bits, unit) =>
  saturate(unit, shift(a, b, false), bits, signed);
export const saturatingRoundingShiftLeft: ElementBySign = (signed) => (a, b, bits, unit) =>
  saturate(unit, shift(a, b, true), bits, signed);

/** Product of polynomials over {0, 1}, four bits of b at a time. */
export const polynomialMul: Element = (a, b) => {
  const multiples = [0n];
  for (let i = 1; i < 16; i++) multiples.push((multiples[i >> 1] << 1n) ^ (i & 1 ? a : 0n));
  let product = 0n;
  const digits = b.toString(16);
  for (let i = 0; i < digits.length; i++) product = (product << 4n) ^ multiples[Number.parseInt(digits[i], 16)];
  return product;
};

/** Leading zero bits of an unsigned element. */
export const countLeadingZeros: Element = (a, _b, bits) => BigInt(a === 0n ? bits : bits - a.toString(2).length);
/** Bits after the first that equal it. */
export const countLeadingSigns: Element = (a, b, bits, unit, old) =>
  countLeadingZeros(a < 0n ? ~a : a, b, bits, unit, old) - 1n;
export const countOnes: Element = (a) => {
  let n = 0n;
  for (let rest = a; rest !== 0n; rest &= rest - 1n) n++;
  return n;
};
export const not: Element = (a) => ~a;
export const reverseBits: Element = (a, _b, bits) => {
  let reversed = 0n;
  for (let i = 0n; i < BigInt(bits); i++) reversed = (reversed << 1n) | ((a >> i) & 1n);
  return reversed;
};
