import { type FpEnvironment, FpFlag, type RoundingMode } from './environment.ts';
import { type Format, HALF, signed } from './format.ts';
import { isNan, Kind, processNan, round, roundsUp, shiftRight, unpack } from './number.ts';

/** Conversions between formats, to and from integers and fixed point, and to integral values. */

/** `FPConvert`. */
export function convert(
  env: FpEnvironment,
  from: Format,
  to: Format,
  a: bigint,
  mode: RoundingMode = env.rounding,
): bigint {
  const x = unpack(env, from, a);
  const alternative = to === HALF && env.alternativeHalf;
  if (isNan(x)) {
    if (x.kind === Kind.signallingNan || alternative) env.raise(FpFlag.IOC);
    if (alternative) return signed(to, x.negative, 0n);
    return env.defaultNan ? to.defaultNan : convertNan(from, to, x.negative, x.mantissa);
  }
  if (x.kind === Kind.infinity) {
    if (!alternative) return signed(to, x.negative, to.infinity);
    env.raise(FpFlag.IOC);
    return signed(to, x.negative, to.signBit - 1n);
  }
  if (x.kind === Kind.zero) return signed(to, x.negative, 0n);
  return round(env, to, x.negative, x.mantissa, x.exponent, mode);
}

/** `FPConvertNaN`: the fraction's upper bits stay, and it becomes quiet. */
function convertNan(from: Format, to: Format, negative: boolean, fraction: bigint): bigint {
  const shift = BigInt(to.fractionBits - from.fractionBits);
  const moved = shift >= 0n ? fraction << shift : fraction >> -shift;
  return signed(to, negative, to.defaultNan | moved);
}

/** Rounds mantissa * 2^exponent to an integer. */
function toInteger(mantissa: bigint, exponent: number, negative: boolean, mode: RoundingMode) {
  const { quotient, inexact, half } = shiftRight(mantissa, -exponent);
  const up = inexact && roundsUp(mode, negative, (quotient & 1n) !== 0n, half);
  return { magnitude: up ? quotient + 1n : quotient, inexact };
}

/** Values from here on saturate in every integer format: no need to form them. */
const HUGE_EXPONENT = 128;

/**
 * `FPToFixed`: saturates, NaN gives 0; Invalid Operation where it does not fit.
 * @param bits width of the result @param fractionBits of the result
 * @returns unsigned, `bits` wide
 */
export function toFixed(
  env: FpEnvironment,
  f: Format,
  a: bigint,
  bits: number,
  fractionBits: number,
  unsigned: boolean,
  mode: RoundingMode,
): bigint {
  const x = unpack(env, f, a);
  if (isNan(x)) {
    env.raise(FpFlag.IOC);
    return 0n;
  }
  if (x.kind === Kind.zero) return 0n;
  const lowest = unsigned ? 0n : -(1n << BigInt(bits - 1));
  const highest = (1n << BigInt(unsigned ? bits : bits - 1)) - 1n;
  const exponent = x.exponent + fractionBits;
  if (x.kind === Kind.infinity || exponent > HUGE_EXPONENT) {
    env.raise(FpFlag.IOC);
    return BigInt.asUintN(bits, x.negative ? lowest : highest);
  }
  const { magnitude, inexact } = toInteger(x.mantissa, exponent, x.negative, mode);
  const value = x.negative ? -magnitude : magnitude;
  if (value < lowest || value > highest) {
    env.raise(FpFlag.IOC);
    return BigInt.asUintN(bits, value < lowest ? lowest : highest);
  }
  if (inexact) env.raise(FpFlag.IXC);
  return BigInt.asUintN(bits, value);
}

/** `FixedToFP`. @param value signed or unsigned, as it is meant @param fractionBits of the value */
export function fromFixed(
  env: FpEnvironment,
  f: Format,
  value: bigint,
  fractionBits: number,
  mode: RoundingMode = env.rounding,
): bigint {
  if (value === 0n) return 0n;
  return round(env, f, value < 0n, value < 0n ? -value : value, -fractionBits, mode);
}

/** `FPRoundInt`. @param exact a changed value raises Inexact (FRINTX) */
export function roundToIntegral(env: FpEnvironment, f: Format, a: bigint, mode: RoundingMode, exact: boolean): bigint {
  const x = unpack(env, f, a);
  if (isNan(x)) return processNan(env, f, x, a);
  if (x.kind === Kind.infinity || x.exponent >= 0) {
    return x.kind === Kind.zero ? signed(f, x.negative, 0n) : a;
  }
  const { magnitude, inexact } = toInteger(x.mantissa, x.exponent, x.negative, mode);
  if (inexact && exact) env.raise(FpFlag.IXC);
  return magnitude === 0n ? signed(f, x.negative, 0n) : round(env, f, x.negative, magnitude, 0);
}
