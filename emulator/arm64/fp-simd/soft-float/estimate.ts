import type { UnaryFp } from './arithmetic.ts';
import { FpFlag } from './environment.ts';
import { type Format, signed } from './format.ts';
import { invalid, isNan, Kind, overflow, processNan, unpack } from './number.ts';

/** Reciprocal and reciprocal square root estimates: exact by the manual's functions of 9 bits. */

/** `RecipEstimate`: a and the result are 256 to 511, a stands for a / 512, the result for r / 256. */
export function recipEstimate(a: number): number {
  const b = Math.floor(2 ** 19 / (2 * a + 1));
  return (b + 1) >> 1;
}

/** `RecipSqrtEstimate`: a is 128 to 511 and stands for a / 512; the result, 256 to 511, for r / 256. */
export function rsqrtEstimate(a: number): number {
  const scaled = a < 256 ? 2 * a + 1 : 2 * (a | 1);
  let b = 512;
  while (scaled * (b + 1) * (b + 1) < 2 ** 28) b++;
  return (b + 1) >> 1;
}

const ESTIMATE_BITS = 8;

/** Bits of the fraction that the estimates look at. */
const topFraction = (f: Format, fraction: bigint, bits: number): number =>
  Number(fraction >> BigInt(f.fractionBits - bits));

const placed = (f: Format, estimate: number): bigint =>
  BigInt(estimate & 0xff) << BigInt(f.fractionBits - ESTIMATE_BITS);

/** Exponent field and fraction of a finite number, a denormal normalised to an exponent of 0 and less. */
function normalised(f: Format, a: bigint): { exponent: number; fraction: bigint } {
  let exponent = Number((a >> f.fractionShift) & BigInt(f.topExponent));
  let fraction = a & f.fractionMask;
  if (exponent === 0) {
    exponent = 1;
    do {
      fraction <<= 1n;
      exponent--;
    } while ((fraction & ~f.fractionMask) === 0n);
    fraction &= f.fractionMask;
  }
  return { exponent, fraction };
}

/** `FPRecipEstimate`. */
export const recipEstimateFp: UnaryFp = (env, f, a) => {
  const x = unpack(env, f, a);
  if (isNan(x)) return processNan(env, f, x, a);
  if (x.kind === Kind.infinity) return signed(f, x.negative, 0n);
  if (x.kind === Kind.zero) {
    env.raise(FpFlag.DZC);
    return signed(f, x.negative, f.infinity);
  }
  const { exponent, fraction } = normalised(f, a);
  // Less than 2^(-bias - 1): the reciprocal is out of range.
  if (exponent < -1) {
    env.raise(FpFlag.OFC | FpFlag.IXC);
    return overflow(f, x.negative, env.rounding);
  }
  const resultExponent = 2 * f.bias - 1 - exponent;
  if (env.flushToZero && resultExponent < 1) {
    env.raise(FpFlag.UFC);
    return signed(f, x.negative, 0n);
  }
  const estimate = recipEstimate(256 + topFraction(f, fraction, ESTIMATE_BITS));
  let bits = placed(f, estimate);
  if (resultExponent <= 0) bits = (bits | (1n << f.fractionShift)) >> BigInt(1 - resultExponent);
  return signed(f, x.negative, (BigInt(Math.max(resultExponent, 0)) << f.fractionShift) | bits);
};

/** `FPRSqrtEstimate`. */
export const rsqrtEstimateFp: UnaryFp = (env, f, a) => {
  const x = unpack(env, f, a);
  if (isNan(x)) return processNan(env, f, x, a);
  if (x.kind === Kind.zero) {
    env.raise(FpFlag.DZC);
    return signed(f, x.negative, f.infinity);
  }
  if (x.negative) return invalid(env, f);
  if (x.kind === Kind.infinity) return 0n;
  const { exponent, fraction } = normalised(f, a);
  const scaled = exponent % 2 === 0 ? 256 + topFraction(f, fraction, ESTIMATE_BITS) : 128 + topFraction(f, fraction, 7);
  const resultExponent = Math.floor((3 * f.bias - 1 - exponent) / 2);
  return (BigInt(resultExponent) << f.fractionShift) | placed(f, rsqrtEstimate(scaled));
};

/** `FPRecpX`: the exponent turned round. */
export const recipExponent: UnaryFp = (env, f, a) => {
  const x = unpack(env, f, a);
  if (isNan(x)) return processNan(env, f, x, a);
  const field = (a >> f.fractionShift) & BigInt(f.topExponent);
  const turned = field === 0n ? BigInt(f.topExponent - 1) : BigInt(f.topExponent) - field;
  return signed(f, x.negative, turned << f.fractionShift);
};

const WORD_ONES = 0xffff_ffffn;
const HIGH_BIT = 0x8000_0000n;
const HIGH_BITS = 0xc000_0000n;
const placed32 = (estimate: number): bigint => BigInt(estimate) << 23n;

/** `UnsignedRecipEstimate`: URECPE. */
export const unsignedRecipEstimate = (a: bigint): bigint =>
  (a & HIGH_BIT) === 0n ? WORD_ONES : placed32(recipEstimate(Number(a >> 23n)));

/** `UnsignedRSqrtEstimate`: URSQRTE. */
export const unsignedRsqrtEstimate = (a: bigint): bigint =>
  (a & HIGH_BITS) === 0n ? WORD_ONES : placed32(rsqrtEstimate(Number(a >> 23n)));
