import { type FpEnvironment, FpFlag, Rounding } from './environment.ts';
import { type Format, neg, signed } from './format.ts';
import { invalid, isNan, Kind, processNan, processNans, round, type Unpacked, unpack } from './number.ts';

/** The arithmetic of the shared pseudocode (Arm ARM J1.3): operands and results are bit patterns. */

export type BinaryFp = (env: FpEnvironment, f: Format, a: bigint, b: bigint) => bigint;
export type UnaryFp = (env: FpEnvironment, f: Format, a: bigint) => bigint;

/** Sign of a sum that is exactly zero of operands that are not. */
const zeroIsNegative = (env: FpEnvironment): boolean => env.rounding === Rounding.minusInfinity;

/** The NaN that two operands give, or undefined. */
const nanOf = (env: FpEnvironment, f: Format, x: Unpacked, a: bigint, y: Unpacked, b: bigint): bigint | undefined =>
  isNan(x) || isNan(y)
    ? processNans(env, f, [
        [x, a],
        [y, b],
      ])
    : undefined;

/** An exact value: mantissa (with sign) * 2^exponent. */
interface Exact {
  readonly mantissa: bigint;
  readonly exponent: number;
}

const exact = (u: Unpacked): Exact => ({ mantissa: u.negative ? -u.mantissa : u.mantissa, exponent: u.exponent });

function sum(x: Exact, y: Exact): Exact {
  const exponent = Math.min(x.exponent, y.exponent);
  const mantissa = (x.mantissa << BigInt(x.exponent - exponent)) + (y.mantissa << BigInt(y.exponent - exponent));
  return { mantissa, exponent };
}

/** Rounds a value; zero has the sign that the rounding mode gives it. */
function roundExact(env: FpEnvironment, f: Format, { mantissa, exponent }: Exact): bigint {
  if (mantissa === 0n) return signed(f, zeroIsNegative(env), 0n);
  return round(env, f, mantissa < 0n, mantissa < 0n ? -mantissa : mantissa, exponent);
}

function addUnpacked(env: FpEnvironment, f: Format, x: Unpacked, y: Unpacked): bigint {
  if (x.kind === Kind.infinity || y.kind === Kind.infinity) {
    if (x.kind === y.kind && x.negative !== y.negative) return invalid(env, f);
    return signed(f, x.kind === Kind.infinity ? x.negative : y.negative, f.infinity);
  }
  if (x.kind === Kind.zero && y.kind === Kind.zero && x.negative === y.negative) return signed(f, x.negative, 0n);
  // A zero has exponent 0; it must not stretch the alignment.
  if (x.kind === Kind.zero) return roundExact(env, f, exact(y));
  if (y.kind === Kind.zero) return roundExact(env, f, exact(x));
  return roundExact(env, f, sum(exact(x), exact(y)));
}

/** `FPAdd`. */
export const add: BinaryFp = (env, f, a, b) => {
  const x = unpack(env, f, a);
  const y = unpack(env, f, b);
  return nanOf(env, f, x, a, y, b) ?? addUnpacked(env, f, x, y);
};

/** `FPSub`: NaNs keep their sign. */
export const sub: BinaryFp = (env, f, a, b) => {
  const x = unpack(env, f, a);
  const y = unpack(env, f, b);
  return nanOf(env, f, x, a, y, b) ?? addUnpacked(env, f, x, { ...y, negative: !y.negative });
};

/** Infinity times zero, in either order. */
const isInfinityTimesZero = (x: Unpacked, y: Unpacked): boolean =>
  (x.kind === Kind.infinity && y.kind === Kind.zero) || (x.kind === Kind.zero && y.kind === Kind.infinity);

/** Product of what is no NaN and not infinity times zero. */
function multiply(env: FpEnvironment, f: Format, x: Unpacked, y: Unpacked): bigint {
  const negative = x.negative !== y.negative;
  if (x.kind === Kind.infinity || y.kind === Kind.infinity) return signed(f, negative, f.infinity);
  if (x.kind === Kind.zero || y.kind === Kind.zero) return signed(f, negative, 0n);
  return round(env, f, negative, x.mantissa * y.mantissa, x.exponent + y.exponent);
}

/** `FPMul`. */
export const mul: BinaryFp = (env, f, a, b) => {
  const x = unpack(env, f, a);
  const y = unpack(env, f, b);
  const nan = nanOf(env, f, x, a, y, b);
  if (nan !== undefined) return nan;
  return isInfinityTimesZero(x, y) ? invalid(env, f) : multiply(env, f, x, y);
};

/** 2.0 of a format. */
const two = (f: Format): bigint => f.one + (1n << f.fractionShift);

/** `FPMulX`: infinity times zero is 2. */
export const mulExtended: BinaryFp = (env, f, a, b) => {
  const x = unpack(env, f, a);
  const y = unpack(env, f, b);
  const nan = nanOf(env, f, x, a, y, b);
  if (nan !== undefined) return nan;
  return isInfinityTimesZero(x, y) ? signed(f, x.negative !== y.negative, two(f)) : multiply(env, f, x, y);
};

/** FNMUL. */
export const negMul: BinaryFp = (env, f, a, b) => neg(f, mul(env, f, a, b));

/** FABD. */
export const absDifference: BinaryFp = (env, f, a, b) => sub(env, f, a, b) & ~f.signBit;

/** Bits of a quotient or root beyond the fraction that make its last bit a sticky one. */
const GUARD_BITS = 3;

/** `FPDiv`. */
export const div: BinaryFp = (env, f, a, b) => {
  const x = unpack(env, f, a);
  const y = unpack(env, f, b);
  const nan = nanOf(env, f, x, a, y, b);
  if (nan !== undefined) return nan;
  if (x.kind === y.kind && x.kind !== Kind.finite) return invalid(env, f);
  const negative = x.negative !== y.negative;
  if (x.kind === Kind.infinity || y.kind === Kind.zero) {
    if (x.kind !== Kind.infinity) env.raise(FpFlag.DZC);
    return signed(f, negative, f.infinity);
  }
  if (x.kind === Kind.zero || y.kind === Kind.infinity) return signed(f, negative, 0n);
  // Denormal mantissas are shorter by up to the fraction's width.
  const shift = 2 * f.fractionBits + GUARD_BITS;
  const dividend = x.mantissa << BigInt(shift);
  const quotient = dividend / y.mantissa;
  const sticky = quotient * y.mantissa !== dividend ? 1n : 0n;
  return round(env, f, negative, (quotient << 1n) | sticky, x.exponent - y.exponent - shift - 1);
};

/** Greatest integer whose square is not greater than n, for n > 0. */
export function integerRoot(n: bigint): bigint {
  let root = BigInt(Math.floor(Math.sqrt(Number(n))));
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next === root || next === root + 1n) break;
    root = next;
  }
  while (root * root > n) root -= 1n;
  while ((root + 1n) * (root + 1n) <= n) root += 1n;
  return root;
}

/** `FPSqrt`. */
export const sqrt: UnaryFp = (env, f, a) => {
  const x = unpack(env, f, a);
  if (isNan(x)) return processNan(env, f, x, a);
  if (x.kind === Kind.zero) return signed(f, x.negative, 0n);
  if (x.negative) return invalid(env, f);
  if (x.kind === Kind.infinity) return f.infinity;
  const spare = 2 * (f.fractionBits + GUARD_BITS);
  const shift = (x.exponent - spare) % 2 === 0 ? spare : spare + 1;
  const square = x.mantissa << BigInt(shift);
  const root = integerRoot(square);
  const sticky = root * root !== square ? 1n : 0n;
  return round(env, f, false, (root << 1n) | sticky, (x.exponent - shift) / 2 - 1);
};

/** `FPMulAdd`: addend + a * b, rounded once. */
export function mulAdd(env: FpEnvironment, f: Format, addend: bigint, a: bigint, b: bigint): bigint {
  const z = unpack(env, f, addend);
  const x = unpack(env, f, a);
  const y = unpack(env, f, b);
  const impossible = isInfinityTimesZero(x, y);
  if (isNan(z) || isNan(x) || isNan(y)) {
    const nan = processNans(env, f, [
      [z, addend],
      [x, a],
      [y, b],
    ]);
    return impossible && z.kind === Kind.quietNan ? invalid(env, f) : nan!;
  }
  if (impossible) return invalid(env, f);
  const negative = x.negative !== y.negative;
  const product = unpackedProduct(x, y, negative);
  return addUnpacked(env, f, z, product);
}

function unpackedProduct(x: Unpacked, y: Unpacked, negative: boolean): Unpacked {
  if (x.kind === Kind.infinity || y.kind === Kind.infinity) {
    return { kind: Kind.infinity, negative, mantissa: 0n, exponent: 0 };
  }
  if (x.kind === Kind.zero || y.kind === Kind.zero) return { kind: Kind.zero, negative, mantissa: 0n, exponent: 0 };
  return { kind: Kind.finite, negative, mantissa: x.mantissa * y.mantissa, exponent: x.exponent + y.exponent };
}

/** 2 or 3, plus a * b, halved or not, rounded once. */
function stepFused(
  env: FpEnvironment,
  f: Format,
  a: bigint,
  b: bigint,
  constant: bigint,
  halvings: number,
  ofInfinityTimesZero: bigint,
): bigint {
  const negated = neg(f, a);
  const x = unpack(env, f, negated);
  const y = unpack(env, f, b);
  const nan = nanOf(env, f, x, negated, y, b);
  if (nan !== undefined) return nan;
  if (isInfinityTimesZero(x, y)) return ofInfinityTimesZero;
  const product = unpackedProduct(x, y, x.negative !== y.negative);
  if (product.kind === Kind.infinity) return signed(f, product.negative, f.infinity);
  const start: Exact = { mantissa: constant, exponent: 0 };
  const { mantissa, exponent } = product.kind === Kind.zero ? start : sum(start, exact(product));
  return roundExact(env, f, { mantissa, exponent: exponent - halvings });
}

/** `FPRecipStepFused`: 2 - a * b. */
export const recipStep: BinaryFp = (env, f, a, b) => stepFused(env, f, a, b, 2n, 0, two(f));

/** `FPRSqrtStepFused`: (3 - a * b) / 2. */
export const rsqrtStep: BinaryFp = (env, f, a, b) => stepFused(env, f, a, b, 3n, 1, f.one | f.quietBit);
