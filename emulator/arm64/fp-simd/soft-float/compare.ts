import { type FpEnvironment, FpFlag } from './environment.ts';
import { type Format, signed } from './format.ts';
import { isNan, Kind, processNans, round, type Unpacked, unpack } from './number.ts';

/** Comparisons, minima and maxima of the shared pseudocode. */

/** Results of {@link compare} as NZCV. */
export const Order = { equal: 0b0110, less: 0b1000, greater: 0b0010, unordered: 0b0011 } as const;

/** -1, 0 or 1 for two operands that are no NaNs. */
function order(x: Unpacked, y: Unpacked): number {
  const [signX, signY] = [signOf(x), signOf(y)];
  if (signX !== signY) return signX < signY ? -1 : 1;
  if (signX === 0) return 0;
  return signX * compareMagnitude(x, y);
}

const signOf = (u: Unpacked): number => (u.kind === Kind.zero ? 0 : u.negative ? -1 : 1);

function compareMagnitude(x: Unpacked, y: Unpacked): number {
  if (x.kind !== y.kind) return x.kind === Kind.infinity ? 1 : -1;
  if (x.kind === Kind.infinity) return 0;
  const exponent = Math.min(x.exponent, y.exponent);
  const a = x.mantissa << BigInt(x.exponent - exponent);
  const b = y.mantissa << BigInt(y.exponent - exponent);
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * `FPCompare`. @param quietSignals a quiet NaN raises Invalid Operation too (FCMPE, FCMGE, FCMGT) @returns {@link Order}
 */
export function compare(env: FpEnvironment, f: Format, a: bigint, b: bigint, quietSignals: boolean): number {
  const x = unpack(env, f, a);
  const y = unpack(env, f, b);
  if (isNan(x) || isNan(y)) {
    const signalling = x.kind === Kind.signallingNan || y.kind === Kind.signallingNan;
    if (signalling || quietSignals) env.raise(FpFlag.IOC);
    return Order.unordered;
  }
  const o = order(x, y);
  return o === 0 ? Order.equal : o < 0 ? Order.less : Order.greater;
}

function pick(env: FpEnvironment, f: Format, a: bigint, b: bigint, wanted: 1 | -1): bigint {
  const x = unpack(env, f, a);
  const y = unpack(env, f, b);
  if (isNan(x) || isNan(y)) {
    return processNans(env, f, [
      [x, a],
      [y, b],
    ])!;
  }
  const winner = order(x, y) * wanted > 0 ? x : y;
  if (winner.kind === Kind.infinity) return signed(f, winner.negative, f.infinity);
  if (winner.kind === Kind.zero) {
    // Of two zeros the maximum is positive and the minimum negative if either is.
    const both = x.kind === Kind.zero && y.kind === Kind.zero;
    const negative = !both ? winner.negative : wanted > 0 ? x.negative && y.negative : x.negative || y.negative;
    return signed(f, negative, 0n);
  }
  return round(env, f, winner.negative, winner.mantissa, winner.exponent);
}

/** `FPMax`. */
export const max = (env: FpEnvironment, f: Format, a: bigint, b: bigint): bigint => pick(env, f, a, b, 1);
/** `FPMin`. */
export const min = (env: FpEnvironment, f: Format, a: bigint, b: bigint): bigint => pick(env, f, a, b, -1);

const isQuietNan = (f: Format, a: bigint): boolean => (a & f.defaultNan) === f.defaultNan;

/** `FPMaxNum`, `FPMinNum`: a single quiet NaN counts for the infinity that loses. */
function pickNumber(env: FpEnvironment, f: Format, a: bigint, b: bigint, wanted: 1 | -1): bigint {
  const [quietA, quietB] = [isQuietNan(f, a), isQuietNan(f, b)];
  const loser = signed(f, wanted > 0, f.infinity);
  return pick(env, f, quietA && !quietB ? loser : a, quietB && !quietA ? loser : b, wanted);
}

/** `FPMaxNum`. */
export const maxNum = (env: FpEnvironment, f: Format, a: bigint, b: bigint): bigint => pickNumber(env, f, a, b, 1);
/** `FPMinNum`. */
export const minNum = (env: FpEnvironment, f: Format, a: bigint, b: bigint): bigint => pickNumber(env, f, a, b, -1);
