import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  type BinaryFp,
  div,
  integerRoot,
  mul,
  mulAdd,
  mulExtended,
  recipStep,
  rsqrtStep,
  sqrt,
  sub,
} from './arithmetic.ts';
import { FpEnvironment, FpFlag, Rounding } from './environment.ts';
import { DOUBLE, type Format, SINGLE } from './format.ts';
import { doubleBits, fpcr, numberOf, singleBits } from './testing.ts';

const { IOC, DZC, OFC, UFC, IXC, IDC } = FpFlag;

/** Runs an operation under a value of FPCR. */
function run(operation: (env: FpEnvironment) => bigint, control = 0): { result: bigint; flags: number } {
  const env = new FpEnvironment();
  env.load(control);
  const result = operation(env);
  return { result, flags: env.flags };
}

describe('to nearest, the operations agree with the arithmetic of the host (IEEE 754 binary64 and binary32)', () => {
  const operations: [string, BinaryFp, (a: number, b: number) => number][] = [
    ['FPAdd', add, (a, b) => a + b],
    ['FPSub', sub, (a, b) => a - b],
    ['FPMul', mul, (a, b) => a * b],
    ['FPDiv', div, (a, b) => a / b],
  ];
  const noNan = (a: number, b: number, c: number): boolean => [a, b, c].every((x) => !Number.isNaN(x));

  it.each(operations)('%s', (_name, ours, host) => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
        fc.pre(noNan(a, b, host(a, b)));
        const { result } = run((env) => ours(env, DOUBLE, doubleBits(a), doubleBits(b)));
        expect(result).toBe(doubleBits(host(a, b)));
      }),
    );
    fc.assert(
      fc.property(fc.float({ noNaN: true }), fc.float({ noNaN: true }), (a, b) => {
        fc.pre(noNan(a, b, host(a, b)));
        const { result } = run((env) => ours(env, SINGLE, singleBits(a), singleBits(b)));
        // A single operation rounded to double and then to single is rounded once.
        expect(result).toBe(singleBits(host(a, b)));
      }),
    );
  });

  it('FPSqrt', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: 0 }), (a) => {
        expect(run((env) => sqrt(env, DOUBLE, doubleBits(a))).result).toBe(doubleBits(Math.sqrt(a)));
      }),
    );
  });
});

it('integerRoot is the greatest integer whose square is not greater', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 1n << 180n }), (n) => {
      const root = integerRoot(n);
      expect(root * root <= n && (root + 1n) * (root + 1n) > n).toBe(true);
    }),
  );
});

describe('rounding modes (IEEE 754 clause 4.3)', () => {
  const tiny = doubleBits(2 ** -60);
  const one = doubleBits(1);
  const next = one + 1n;
  it.each([
    [Rounding.nearestEven, one],
    [Rounding.plusInfinity, next],
    [Rounding.minusInfinity, one],
    [Rounding.zero, one],
  ])('1 + 2^-60 in mode %i', (mode, expected) => {
    expect(run((env) => add(env, DOUBLE, one, tiny), fpcr({ mode }))).toEqual({ result: expected, flags: IXC });
  });

  it.each([
    [Rounding.nearestEven, DOUBLE.infinity],
    [Rounding.plusInfinity, DOUBLE.infinity],
    [Rounding.minusInfinity, DOUBLE.maxNormal],
    [Rounding.zero, DOUBLE.maxNormal],
  ])('overflow of a positive number in mode %i (clause 7.4)', (mode, expected) => {
    const product = run((env) => mul(env, DOUBLE, DOUBLE.maxNormal, doubleBits(2)), fpcr({ mode }));
    expect(product).toEqual({ result: expected, flags: OFC | IXC });
  });

  it('the exact difference of equal numbers is -0 only towards minus infinity (clause 6.3)', () => {
    expect(run((env) => sub(env, DOUBLE, one, one)).result).toBe(0n);
    const down = fpcr({ mode: Rounding.minusInfinity });
    expect(run((env) => sub(env, DOUBLE, one, one), down).result).toBe(DOUBLE.signBit);
  });
});

describe('exceptions (IEEE 754 clause 7)', () => {
  const inf = DOUBLE.infinity;
  const nan = DOUBLE.defaultNan;
  const half = doubleBits(0.5);
  it.each<[string, (env: FpEnvironment) => bigint, bigint, number]>([
    ['infinity - infinity', (env) => sub(env, DOUBLE, inf, inf), nan, IOC],
    ['infinity * 0', (env) => mul(env, DOUBLE, inf, 0n), nan, IOC],
    ['0 / 0', (env) => div(env, DOUBLE, 0n, 0n), nan, IOC],
    ['infinity / infinity', (env) => div(env, DOUBLE, inf, inf), nan, IOC],
    ['1 / 0', (env) => div(env, DOUBLE, doubleBits(1), 0n), inf, DZC],
    ['1 / -0', (env) => div(env, DOUBLE, doubleBits(1), DOUBLE.signBit), DOUBLE.signBit | inf, DZC],
    ['infinity / 0', (env) => div(env, DOUBLE, inf, 0n), inf, 0],
    ['sqrt(-1)', (env) => sqrt(env, DOUBLE, doubleBits(-1)), nan, IOC],
    ['sqrt(-0)', (env) => sqrt(env, DOUBLE, DOUBLE.signBit), DOUBLE.signBit, 0],
    ['an exact denormal raises nothing', (env) => mul(env, DOUBLE, 1n << 52n, half), 1n << 51n, 0],
    ['an inexact denormal underflows', (env) => mul(env, DOUBLE, 3n, half), 2n, UFC | IXC],
    ['FMULX: infinity * -0 = -2', (env) => mulExtended(env, DOUBLE, inf, DOUBLE.signBit), doubleBits(-2), 0],
    ['FRECPS: infinity * 0', (env) => recipStep(env, DOUBLE, inf, 0n), doubleBits(2), 0],
    ['FRSQRTS: infinity * 0', (env) => rsqrtStep(env, DOUBLE, inf, 0n), doubleBits(1.5), 0],
    ['FRECPS: 2 - 0.5 * 2', (env) => recipStep(env, DOUBLE, half, doubleBits(2)), doubleBits(1), 0],
    ['FRSQRTS: (3 - 0.5 * 2) / 2', (env) => rsqrtStep(env, DOUBLE, half, doubleBits(2)), doubleBits(1), 0],
  ])('%s', (_name, operation, result, flags) => {
    expect(run(operation)).toEqual({ result, flags });
  });

  it('tininess is detected before rounding (FPRound): a result that rounds up to the least normal underflows', () => {
    // (2^-1022 - 2^-1074) * (1 + 2^-52) is between the greatest denormal and the least normal.
    const product = run((env) => mul(env, DOUBLE, (1n << 52n) - 1n, doubleBits(1) + 1n));
    expect(product).toEqual({ result: 1n << 52n, flags: UFC | IXC });
  });
});

describe('NaNs (shared pseudocode FPProcessNaNs)', () => {
  const quiet = (payload: bigint): bigint => DOUBLE.defaultNan | payload;
  const signalling = (payload: bigint): bigint => DOUBLE.infinity | payload;
  const one = doubleBits(1);

  it('the first operand goes before the second, a signalling NaN before a quiet one, and becomes quiet', () => {
    expect(run((env) => add(env, DOUBLE, quiet(1n), quiet(2n)))).toEqual({ result: quiet(1n), flags: 0 });
    expect(run((env) => add(env, DOUBLE, quiet(1n), signalling(2n)))).toEqual({ result: quiet(2n), flags: IOC });
    expect(run((env) => add(env, DOUBLE, one, signalling(3n)))).toEqual({ result: quiet(3n), flags: IOC });
  });

  it('FPCR.DN makes every NaN the default NaN', () => {
    const result = run((env) => add(env, DOUBLE, quiet(1n), one), fpcr({ defaultNan: true }));
    expect(result).toEqual({ result: DOUBLE.defaultNan, flags: 0 });
  });

  it('of a fused multiply-add the addend goes first; infinity * 0 plus a quiet NaN is invalid', () => {
    expect(run((env) => mulAdd(env, DOUBLE, quiet(1n), quiet(2n), quiet(3n))).result).toBe(quiet(1n));
    const impossible = run((env) => mulAdd(env, DOUBLE, quiet(1n), DOUBLE.infinity, 0n));
    expect(impossible).toEqual({ result: DOUBLE.defaultNan, flags: IOC });
  });
});

describe('FPCR.FZ', () => {
  const control = fpcr({ flushToZero: true });
  const one = (f: Format): bigint => f.one;
  it.each([
    ['single', SINGLE],
    ['double', DOUBLE],
  ])(
    '%s: a denormal operand counts as zero and raises IDC, a denormal result becomes zero and raises UFC alone',
    (_n, f) => {
      expect(run((env) => add(env, f, f.signBit | 1n, 0n), control)).toEqual({ result: 0n, flags: IDC });
      const least = 1n << f.fractionShift;
      const half = one(f) - (1n << f.fractionShift);
      expect(run((env) => mul(env, f, least, half), control)).toEqual({ result: 0n, flags: UFC });
    },
  );
});

it('a fused multiply-add rounds once', () => {
  // (1 + 2^-52)^2 - (1 + 2^-51) = 2^-104, which a product rounded before would lose.
  const a = doubleBits(1) + 1n;
  const addend = doubleBits(-(1 + 2 ** -51));
  const { result, flags } = run((env) => mulAdd(env, DOUBLE, addend, a, a));
  expect([numberOf(result), flags]).toEqual([2 ** -104, 0]);
});
