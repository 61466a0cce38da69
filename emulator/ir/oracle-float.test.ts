import { describe, expect, it } from 'vitest';
import {
  CARE_OPS,
  convert,
  type Expr,
  FLOAT_BINARY_OPS,
  FLOAT_CONVERSIONS,
  FLOAT_UNARY_OPS,
  imm,
  op,
  type ValueOp,
} from './ir.ts';
import { evaluate, type OracleMachine } from './oracle.ts';

/** Numbers as bit patterns of both precisions. */
const bits64 = (x: number): bigint => new BigUint64Array(new Float64Array([x]).buffer)[0]!;
const bits32 = (x: number): bigint => BigInt(new Uint32Array(new Float32Array([x]).buffer)[0]!);
const d = (x: number) => imm(bits64(x), 64);
const s = (x: number) => imm(bits32(x), 32);
const w = (x: bigint | number) => imm(x, 32);
const x = (value: bigint | number) => imm(value, 64);
const value = (expr: Expr): bigint => evaluate(expr, undefined as unknown as OracleMachine);

const MIN_NORMAL = 2 ** -1022;
const MIN_SUBNORMAL = 2 ** -1074;
const MAX = Number.MAX_VALUE;
/** The status: inexactness was signalled, or not. */
const SEEN = w(16);
const FRESH = w(0);

/** Operation, operands, result: by the definitions of IEEE 754 and of ir.ts. */
const CASES: readonly (readonly [ValueOp, readonly Expr[], bigint])[] = [
  ['fadd', [d(1.5), d(2.25)], bits64(3.75)],
  ['fadd', [d(0), d(-0)], 0n],
  ['fadd', [s(16777216), s(1)], bits32(16777216)],
  ['fsub', [d(1), d(1)], 0n],
  ['fsub', [d(-0), d(0)], 1n << 63n],
  ['fmul', [s(3), s(-0.5)], bits32(-1.5)],
  ['fmul', [d(MIN_NORMAL), d(0.5)], bits64(2 ** -1023)],
  ['fdiv', [d(1), d(3)], 0x3fd5555555555555n],
  ['fdiv', [s(1), s(3)], 0x3eaaaaabn],
  ['fdiv', [d(1), d(-0)], 0xfff0000000000000n],
  ['fmin', [d(0), d(-0)], 1n << 63n],
  ['fmax', [d(-0), d(0)], 0n],
  ['fmax', [s(1), s(2)], bits32(2)],
  ['fsqrt', [d(2)], 0x3ff6a09e667f3bcdn],
  ['fsqrt', [d(-0)], 1n << 63n],
  ['fceil', [d(-0.5)], 1n << 63n],
  ['ffloor', [s(-0.5)], bits32(-1)],
  ['ftrunc', [d(-2.75)], bits64(-2)],
  ['fnearest', [d(2.5)], bits64(2)],
  ['fnearest', [d(3.5)], bits64(4)],
  ['fnearest', [s(-0.5)], 0x80000000n],
  ['fnearest', [d(2 ** 52 + 1)], bits64(2 ** 52 + 1)],
  ['fcvt', [s(0.1)], bits64(Math.fround(0.1))],
  ['fcvt', [d(0.1)], bits32(0.1)],
  ['fcmp', [d(1), d(2)], 8n],
  ['fcmp', [d(0), d(-0)], 6n],
  ['fcmp', [s(2), s(1)], 2n],
  ['fcmp', [s(Number.NaN), s(1)], 3n],
  // Rounded once: 2^-60 is lost where the product is rounded before the sum.
  ['fma', [d(-(1 + 2 ** -29)), d(1 + 2 ** -30), d(1 + 2 ** -30)], bits64(2 ** -60)],
  ['fma', [s(-(1 + 2 ** -11)), s(1 + 2 ** -12), s(1 + 2 ** -12)], bits32(2 ** -24)],
  // A tie in single precision that the product's last bit breaks: rounding to double first would lose it.
  ['fma', [s(2 ** -80), s(1 + 2 ** -12), s(1 + 2 ** -12)], bits32(1 + 2 ** -11 + 2 ** -23)],
  ['fma', [d(-0), d(-0), d(1)], 1n << 63n],
  ['fma', [d(-6), d(2), d(3)], 0n],
  ['fma', [d(0), d(MIN_NORMAL), d(0.25)], 0x7ff8000000000000n],
  ['careSum', [SEEN, d(1), d(2 ** -60), d(1)], 0n],
  ['careSum', [FRESH, d(1), d(2 ** -60), d(1)], 1n],
  ['careSum', [FRESH, d(1), d(2), d(3)], 0n],
  ['careSum', [SEEN, d(MAX), d(MAX), d(Number.POSITIVE_INFINITY)], 1n],
  ['careSum', [FRESH, s(16777216), s(1), s(16777216)], 1n],
  ['careDifference', [FRESH, s(3), s(1), s(2)], 0n],
  ['careDifference', [FRESH, d(1), d(2 ** -60), d(1)], 1n],
  ['careProduct', [SEEN, d(3), d(5), d(15)], 0n],
  ['careProduct', [FRESH, d(3), d(5), d(15)], 0n],
  ['careProduct', [FRESH, d(0.1), d(0.1), d(0.1 * 0.1)], 1n],
  ['careProduct', [FRESH, d(0), d(5), d(0)], 0n],
  // Tiny before rounding, although the result is the least normal number (Arm ARM, FPRound: detection before rounding).
  ['careProduct', [SEEN, d(MIN_NORMAL), d(1 - 2 ** -53), d(MIN_NORMAL)], 1n],
  ['careProduct', [FRESH, s(0.1), s(0.1), s(Math.fround(0.1) ** 2)], 1n],
  ['careQuotient', [FRESH, d(6), d(3), d(2)], 0n],
  ['careQuotient', [FRESH, d(1), d(3), d(1 / 3)], 1n],
  ['careQuotient', [SEEN, d(1), d(0), d(Number.POSITIVE_INFINITY)], 1n],
  ['careQuotient', [SEEN, d(MIN_SUBNORMAL), d(2), d(0)], 1n],
  ['careRoot', [FRESH, d(9), d(3)], 0n],
  ['careRoot', [FRESH, d(2), d(Math.SQRT2)], 1n],
  ['careRoot', [SEEN, d(-1), d(Number.NaN)], 1n],
  ['careFused', [SEEN, d(2), d(3), d(7)], 0n],
  ['careFused', [FRESH, d(2), d(3), d(7)], 1n],
  ['careFused', [FRESH, d(0), d(3), d(7)], 0n],
  ['careFused', [SEEN, s(1), s(1), s(0)], 1n],
  ['careNarrow', [FRESH, d(0.5)], 0n],
  ['careNarrow', [FRESH, d(0.1)], 1n],
  ['careNarrow', [SEEN, d(0.1)], 0n],
  ['careNarrow', [SEEN, d(1e300)], 1n],
  ['careNarrow', [SEEN, d(1e-300)], 1n],
  ['careRounded', [FRESH, d(1.5), d(2)], 1n],
  ['careRounded', [SEEN, d(1.5), d(2)], 0n],
  ['careRounded', [FRESH, s(2), s(2)], 0n],
];

/** Conversions between integers and floats: operation, result's width, operand, result. */
const CONVERSIONS: readonly (readonly ['ofS' | 'ofU' | 'toS' | 'toU', 32 | 64, Expr, bigint])[] = [
  ['ofS', 64, w(-1), bits64(-1)],
  ['ofU', 64, w(-1), bits64(2 ** 32 - 1)],
  ['ofU', 32, x(-1), bits32(2 ** 64)],
  // One rounding: by way of double precision this would be a tie and go down.
  ['ofS', 32, x((1n << 60n) + (1n << 36n) + 1n), bits32(2 ** 60 + 2 ** 37)],
  ['ofS', 64, x((1n << 53n) + 1n), bits64(2 ** 53)],
  ['toS', 32, d(-2147483648.9), 0x80000000n],
  ['toS', 32, d(1e10), 0x7fffffffn],
  ['toS', 64, s(Number.NaN), 0n],
  ['toU', 32, d(-1), 0n],
  ['toU', 64, d(Number.POSITIVE_INFINITY), (1n << 64n) - 1n],
  ['toU', 64, d(2 ** 63), 1n << 63n],
];

describe('floats', () => {
  it.each(CASES)('%s %o', (name, args, expected) => {
    expect(value(op(name, ...args))).toBe(expected);
  });

  it.each(CONVERSIONS)('%s to %i bits of %o', (name, width, arg, expected) => {
    expect(value(convert(name, width, arg))).toBe(expected);
  });

  it('every operation on floats has a case here', () => {
    const tested = new Set<string>([...CASES, ...CONVERSIONS].map(([name]) => name));
    const all = [...FLOAT_BINARY_OPS, ...FLOAT_UNARY_OPS, ...FLOAT_CONVERSIONS, ...CARE_OPS, 'fcmp', 'fma'];
    expect(all.filter((name) => !tested.has(name))).toEqual([]);
  });
});
