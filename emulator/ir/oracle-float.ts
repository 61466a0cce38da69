/**
 * The floating-point operations of the oracle. Doubles are JavaScript's own; sums and products of three, and conversions, are exact
 * over BigInt and rounded once.
 */
import { FLOAT_LAYOUT } from './float-layout.ts';
import { INEXACT_SIGNALLED, type ValueOp, type Width } from './ir.ts';

const view = new DataView(new ArrayBuffer(8));

const toNumber = (bits: bigint, width: Width): number => {
  if (width === 64) {
    view.setBigUint64(0, bits);
    return view.getFloat64(0);
  }
  view.setUint32(0, Number(bits));
  return view.getFloat32(0);
};

const toBits = (value: number, width: Width): bigint => {
  if (width === 64) {
    view.setFloat64(0, value);
    return view.getBigUint64(0);
  }
  view.setFloat32(0, value);
  return BigInt(view.getUint32(0));
};

/** (-1)^negative * magnitude * 2^exponent */
interface Exact {
  readonly negative: boolean;
  readonly magnitude: bigint;
  readonly exponent: number;
}

const field = (bits: bigint, width: Width): number =>
  Number((bits & FLOAT_LAYOUT[width].exponentMask) >> BigInt(FLOAT_LAYOUT[width].fractionBits));
const finite = (bits: bigint, width: Width): boolean =>
  (bits & FLOAT_LAYOUT[width].exponentMask) !== FLOAT_LAYOUT[width].exponentMask;
const isZero = (bits: bigint, width: Width): boolean => BigInt.asUintN(width, bits << 1n) === 0n;
const isTiny = (bits: bigint, width: Width): boolean => field(bits, width) < 2;

function exactOf(bits: bigint, width: Width): Exact {
  const { fractionBits, bias } = FLOAT_LAYOUT[width];
  const fraction = bits & ((1n << BigInt(fractionBits)) - 1n);
  const exponent = field(bits, width);
  return {
    negative: bits >> BigInt(width - 1) === 1n,
    magnitude: exponent === 0 ? fraction : fraction | (1n << BigInt(fractionBits)),
    exponent: Math.max(exponent, 1) - bias - fractionBits,
  };
}

/** Bits of an exact value, to nearest even; NaN where the result might be subnormal. Zero is positive. */
function round({ negative, magnitude, exponent }: Exact, width: Width): bigint {
  if (magnitude === 0n) return 0n;
  const { fractionBits, bias, exponentMask } = FLOAT_LAYOUT[width];
  const sign = negative ? 1n << BigInt(width - 1) : 0n;
  const excess = magnitude.toString(2).length - fractionBits - 1;
  let kept = magnitude << BigInt(Math.max(-excess, 0));
  if (excess > 0) {
    const half = 1n << BigInt(excess - 1);
    const rest = magnitude & (2n * half - 1n);
    kept = magnitude >> BigInt(excess);
    if (rest > half || (rest === half && (kept & 1n) === 1n)) kept++;
  }
  // A carry out of the fraction raises the exponent by itself.
  const biased = exponent + excess + bias + fractionBits;
  if (biased < 1) return NAN[width];
  const bits = kept + (BigInt(biased - 1) << BigInt(fractionBits));
  return bits >= exponentMask ? sign | exponentMask : sign | bits;
}

const NAN = { 32: 0x7fc00000n, 64: 0x7ff8000000000000n } as const;

function exactSum(a: Exact, b: Exact): Exact {
  const exponent = Math.min(a.exponent, b.exponent);
  const scaled = (e: Exact): bigint => (e.negative ? -e.magnitude : e.magnitude) << BigInt(e.exponent - exponent);
  const sum = scaled(a) + scaled(b);
  return { negative: sum < 0n, magnitude: sum < 0n ? -sum : sum, exponent };
}

/** c + a * b rounded once; a NaN where the result might be subnormal. */
function fma(width: Width, c: bigint, a: bigint, b: bigint): bigint {
  if (![a, b, c].every((x) => finite(x, width))) return NAN[width];
  if (isZero(a, width) || isZero(b, width)) {
    return toBits(toNumber(a, width) * toNumber(b, width) + toNumber(c, width), width);
  }
  const [x, y] = [exactOf(a, width), exactOf(b, width)];
  const product: Exact = {
    negative: x.negative !== y.negative,
    magnitude: x.magnitude * y.magnitude,
    exponent: x.exponent + y.exponent,
  };
  return round(exactSum(product, exactOf(c, width)), width);
}

/** The error of a + b as Knuth's algorithm finds it: a NaN if something overflows. */
function sumError(a: number, b: number): number {
  const sum = a + b;
  const rest = sum - a;
  return a - (sum - rest) + (b - rest);
}

/** True if a * b is certainly exact in double precision. */
function isShortProduct(a: bigint, b: bigint): boolean {
  const trailing = (bits: bigint): number => {
    const significand = bits | (1n << 52n);
    return (significand & -significand).toString(2).length - 1;
  };
  return trailing(a) + trailing(b) >= 53;
}

function isExactSum(width: Width, a: number, b: number, result: bigint): boolean {
  return sumError(a, b) === 0 && (width === 64 || a + b === toNumber(result, width));
}

function isExactProduct(width: Width, a: bigint, b: bigint, product: bigint): boolean {
  const equal = toNumber(a, width) * toNumber(b, width) === toNumber(product, width);
  return equal && (width === 32 || isShortProduct(a, b));
}

/** The care operations: `rest` are the operands and the result. */
function careful(op: ValueOp, width: Width, status: bigint, rest: readonly bigint[]): boolean {
  const [a, b] = rest as [bigint, bigint];
  const signalled = (status & BigInt(INEXACT_SIGNALLED)) !== 0n;
  const result = rest[{ careNarrow: 0, careRoot: 1, careRounded: 1 }[op as string] ?? 2]!;
  if (op === 'careRounded') return !signalled && a !== b;
  if (op === 'careNarrow') return carefulNarrow(a, signalled);
  if (!finite(result, width)) return true;
  switch (op) {
    case 'careSum':
      return !signalled && !isExactSum(width, toNumber(a, width), toNumber(b, width), result);
    case 'careDifference':
      return !signalled && !isExactSum(width, toNumber(a, width), -toNumber(b, width), result);
    case 'careProduct':
      if (isZero(a, width) || isZero(b, width)) return false;
      if (isTiny(result, width)) return true;
      if (signalled) return false;
      return width === 64 ? !isShortProduct(a, b) : !isExactProduct(width, a, b, result);
    case 'careQuotient':
      if (isZero(a, width)) return false;
      return isTiny(result, width) || (!signalled && !undoes(width, a, result, b));
    case 'careRoot':
      return !signalled && !isZero(a, width) && !undoes(width, a, result, result);
    default:
      // careFused: with a zero factor the result is the addend.
      return !isZero(a, width) && !isZero(b, width) && (isTiny(result, width) || !signalled);
  }
}

/** True if result * factor is certainly the operand. */
const undoes = (width: Width, operand: bigint, result: bigint, factor: bigint): boolean =>
  isExactProduct(width, result, factor, operand) && (width === 32 || !isTiny(operand, width));

function carefulNarrow(wide: bigint, signalled: boolean): boolean {
  const value = toNumber(wide, 64);
  const result = toBits(value, 32);
  if (!finite(result, 32)) return true;
  if (value === 0) return false;
  return isTiny(result, 32) || (!signalled && Math.fround(value) !== value);
}

/** To an integer in the current direction of a rounding that keeps the sign of zero. */
function nearest(x: number): number {
  const magnitude = Math.abs(x);
  if (!(magnitude < 2 ** 52)) return x;
  const rounded = magnitude + 2 ** 52 - 2 ** 52;
  return x < 0 || Object.is(x, -0) ? -rounded : rounded;
}

function toInteger(value: number, width: Width, signed: boolean): bigint {
  if (Number.isNaN(value)) return 0n;
  const [least, most] = signed
    ? [-(1n << BigInt(width - 1)), (1n << BigInt(width - 1)) - 1n]
    : [0n, (1n << BigInt(width)) - 1n];
  if (!Number.isFinite(value)) return value < 0 ? least : most;
  const whole = BigInt(Math.trunc(value));
  return whole < least ? least : whole > most ? most : whole;
}

const UNARY: Partial<Record<ValueOp, (x: number) => number>> = {
  fsqrt: Math.sqrt,
  fceil: Math.ceil,
  ffloor: Math.floor,
  ftrunc: Math.trunc,
  fnearest: nearest,
};
const BINARY: Partial<Record<ValueOp, (a: number, b: number) => number>> = {
  fadd: (a, b) => a + b,
  fsub: (a, b) => a - b,
  fmul: (a, b) => a * b,
  fdiv: (a, b) => a / b,
  fmin: Math.min,
  fmax: Math.max,
};

/** Result of a floating-point operation; what exceeds the width is cut off by the caller. */
export function applyFloat(op: ValueOp, width: Width, source: Width, [x, y, z, t]: readonly bigint[]): bigint {
  const [a, b] = [x!, y!];
  const unary = UNARY[op];
  if (unary) return toBits(unary(toNumber(a, width)), width);
  const binary = BINARY[op];
  // One rounding to double and one to single is one rounding to single here: 53 bits are twice 24 and more.
  if (binary) return toBits(binary(toNumber(a, width), toNumber(b, width)), width);
  switch (op) {
    case 'fcvt':
      return toBits(toNumber(a, source), width);
    case 'ofS':
    case 'ofU': {
      const value = op === 'ofS' ? BigInt.asIntN(source, a) : a;
      return round({ negative: value < 0n, magnitude: value < 0n ? -value : value, exponent: 0 }, width);
    }
    case 'toS':
    case 'toU':
      return toInteger(toNumber(a, source), width, op === 'toS');
    case 'fcmp': {
      const [m, n] = [toNumber(a, source), toNumber(b, source)];
      return m < n ? 8n : m === n ? 6n : m > n ? 2n : 3n;
    }
    case 'fma':
      return fma(width, a, b, z!);
    default:
      return careful(op, source, a, [b, z!, t!]) ? 1n : 0n;
  }
}
