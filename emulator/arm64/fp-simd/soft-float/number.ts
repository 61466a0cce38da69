import { type FpEnvironment, FpFlag, Rounding, type RoundingMode } from './environment.ts';
import { type Format, HALF, signed } from './format.ts';

/** Taking bit patterns apart and rounding exact values into them (shared pseudocode `FPUnpack`, `FPRound`). */

export const Kind = { zero: 0, finite: 1, infinity: 2, quietNan: 3, signallingNan: 4 } as const;
export type KindNumber = 0 | 1 | 2 | 3 | 4;

/** An operand: a finite one is mantissa * 2^exponent exactly. */
export interface Unpacked {
  readonly kind: KindNumber;
  readonly negative: boolean;
  readonly mantissa: bigint;
  readonly exponent: number;
}

export const isNan = (u: Unpacked): boolean => u.kind >= Kind.quietNan;

/** `FPUnpack`: half precision is not flushed, and in the alternative format has neither infinity nor NaN. */
export function unpack(env: FpEnvironment, f: Format, a: bigint): Unpacked {
  const negative = (a & f.signBit) !== 0n;
  const field = Number((a >> f.fractionShift) & BigInt(f.topExponent));
  const fraction = a & f.fractionMask;
  if (field === 0) {
    if (fraction === 0n) return { kind: Kind.zero, negative, mantissa: 0n, exponent: 0 };
    if (env.flushToZero && f !== HALF) {
      env.raise(FpFlag.IDC);
      return { kind: Kind.zero, negative, mantissa: 0n, exponent: 0 };
    }
    return { kind: Kind.finite, negative, mantissa: fraction, exponent: 1 - f.bias - f.fractionBits };
  }
  if (field === f.topExponent && !(f === HALF && env.alternativeHalf)) {
    if (fraction === 0n) return { kind: Kind.infinity, negative, mantissa: 0n, exponent: 0 };
    const kind = (fraction & f.quietBit) !== 0n ? Kind.quietNan : Kind.signallingNan;
    return { kind, negative, mantissa: fraction, exponent: 0 };
  }
  const mantissa = fraction | (1n << f.fractionShift);
  return { kind: Kind.finite, negative, mantissa, exponent: field - f.bias - f.fractionBits };
}

/** Number of bits of a positive integer. */
export function bitLength(n: bigint): number {
  const hex = n.toString(16);
  return 4 * hex.length - Math.clz32(Number.parseInt(hex[0], 16)) + 28;
}

/** Whether an integer quotient goes up by one, given how its remainder compares with a half (-1, 0, 1). */
export function roundsUp(mode: RoundingMode, negative: boolean, odd: boolean, half: number): boolean {
  switch (mode) {
    case Rounding.nearestEven:
      return half > 0 || (half === 0 && odd);
    case Rounding.nearestAway:
      return half >= 0;
    case Rounding.plusInfinity:
      return !negative;
    case Rounding.minusInfinity:
      return negative;
    default:
      return false;
  }
}

/** Shifts right, or left by a negative amount; `rest` compares what fell off with a half, `inexact` with zero. */
export function shiftRight(mantissa: bigint, amount: number): { quotient: bigint; inexact: boolean; half: -1 | 0 | 1 } {
  if (amount <= 0) return { quotient: mantissa << BigInt(-amount), inexact: false, half: -1 };
  const by = BigInt(amount);
  const rest = mantissa & ((1n << by) - 1n);
  const middle = 1n << (by - 1n);
  return { quotient: mantissa >> by, inexact: rest !== 0n, half: rest > middle ? 1 : rest === middle ? 0 : -1 };
}

/**
 * `FPRound`: the number nearest to mantissa * 2^exponent (mantissa > 0) in the sense of `mode`. Tininess is found before
 * rounding.
 */
export function round(
  env: FpEnvironment,
  f: Format,
  negative: boolean,
  mantissa: bigint,
  exponent: number,
  mode: RoundingMode = env.rounding,
): bigint {
  const top = exponent + bitLength(mantissa) - 1;
  const minimum = 1 - f.bias;
  const tiny = top < minimum;
  if (tiny && env.flushToZero && f !== HALF) {
    env.raise(FpFlag.UFC);
    return signed(f, negative, 0n);
  }
  const scale = tiny ? minimum : top;
  const { quotient, inexact, half } = shiftRight(mantissa, scale - f.fractionBits - exponent);
  if (tiny && inexact) env.raise(FpFlag.UFC);
  let rounded = quotient;
  if (inexact) {
    if (mode === Rounding.odd) rounded |= 1n;
    else if (roundsUp(mode, negative, (quotient & 1n) !== 0n, half)) rounded += 1n;
  }
  // A carry out of the fraction moves into the exponent field, as it should.
  const magnitude = (BigInt(scale + f.bias - 1) << f.fractionShift) + rounded;
  if (f === HALF && env.alternativeHalf) {
    if (magnitude >= f.signBit) {
      env.raise(FpFlag.IOC);
      return signed(f, negative, f.signBit - 1n);
    }
  } else if (magnitude >= f.infinity) {
    env.raise(FpFlag.OFC | FpFlag.IXC);
    return overflow(f, negative, mode);
  }
  if (inexact) env.raise(FpFlag.IXC);
  return signed(f, negative, magnitude);
}

/** Result of an overflow: infinity, or the greatest number where rounding does not lead there. */
export function overflow(f: Format, negative: boolean, mode: RoundingMode): bigint {
  const toInfinity =
    mode === Rounding.nearestEven ||
    mode === Rounding.nearestAway ||
    (mode === Rounding.plusInfinity && !negative) ||
    (mode === Rounding.minusInfinity && negative);
  return signed(f, negative, toInfinity ? f.infinity : f.maxNormal);
}

/** An invalid operation: raises IOC. */
export function invalid(env: FpEnvironment, f: Format): bigint {
  env.raise(FpFlag.IOC);
  return f.defaultNan;
}

/** `FPProcessNaN`: the operand made quiet, or the default NaN. */
export function processNan(env: FpEnvironment, f: Format, u: Unpacked, a: bigint): bigint {
  if (u.kind === Kind.signallingNan) env.raise(FpFlag.IOC);
  return env.defaultNan ? f.defaultNan : a | f.quietBit;
}

/** `FPProcessNaNs`, for two operands or three: signalling ones first, each kind in order. */
export function processNans(
  env: FpEnvironment,
  f: Format,
  operands: readonly (readonly [u: Unpacked, bits: bigint])[],
): bigint | undefined {
  for (const kind of [Kind.signallingNan, Kind.quietNan]) {
    for (const [u, bits] of operands) if (u.kind === kind) return processNan(env, f, u, bits);
  }
  return undefined;
}
