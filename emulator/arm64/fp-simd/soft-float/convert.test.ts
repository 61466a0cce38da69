import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convert, fromFixed, roundToIntegral, toFixed } from './convert.ts';
import { FpEnvironment, FpFlag, Rounding, type RoundingMode } from './environment.ts';
import { DOUBLE, HALF, SINGLE } from './format.ts';
import { doubleBits, fpcr, numberOf, singleBits } from './testing.ts';

const { IOC, OFC, UFC, IXC, IDC } = FpFlag;

function environment(control = 0): FpEnvironment {
  const env = new FpEnvironment();
  env.load(control);
  return env;
}

describe('FPConvert', () => {
  it('double to single agrees with the rounding of the host', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (a) => {
        expect(convert(environment(), DOUBLE, SINGLE, doubleBits(a))).toBe(singleBits(a));
      }),
    );
  });

  it('single to double and back is the same number, denormals too', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 0xff7fffffn }), (bits) => {
        fc.pre((bits & 0x7f800000n) !== 0x7f800000n);
        const env = environment();
        expect(convert(env, DOUBLE, SINGLE, convert(env, SINGLE, DOUBLE, bits))).toBe(bits);
        expect(env.flags).toBe(0);
      }),
    );
  });

  it.each([
    ['65504, the greatest half', 65504, 0x7bffn, 0],
    ['65519 rounds down to it', 65519, 0x7bffn, IXC],
    ['65520 overflows', 65520, 0x7c00n, OFC | IXC],
    ['the least denormal half', 2 ** -24, 1n, 0],
    ['half of it goes to even', 2 ** -25, 0n, UFC | IXC],
    ['a bit more goes up', 1.5 * 2 ** -25, 1n, UFC | IXC],
  ])('single to half: %s', (_name, value, bits, flags) => {
    const env = environment();
    expect([convert(env, SINGLE, HALF, singleBits(value)), env.flags]).toEqual([bits, flags]);
  });

  it('FPCR.FZ does not flush half precision, and flushes a single operand', () => {
    const env = environment(fpcr({ flushToZero: true }));
    expect(convert(env, HALF, SINGLE, 1n)).toBe(singleBits(2 ** -24));
    expect(convert(env, SINGLE, HALF, singleBits(2 ** -24))).toBe(1n);
    expect(env.flags).toBe(0);
    expect(convert(env, SINGLE, DOUBLE, 1n)).toBe(0n);
    expect(env.flags).toBe(IDC);
  });

  it.each([
    ['infinity becomes the greatest number', SINGLE.infinity, 0x7fffn, IOC],
    ['a NaN becomes zero', SINGLE.defaultNan, 0n, IOC],
    ['too great becomes the greatest number', singleBits(2 ** 17), 0x7fffn, IOC],
    ['one binade more than IEEE', singleBits(65536), 0x7c00n, 0],
  ])('FPCR.AHP: %s', (_name, from, to, flags) => {
    const env = environment(fpcr({ alternativeHalf: true }));
    expect([convert(env, SINGLE, HALF, from), env.flags]).toEqual([to, flags]);
  });

  it('FPCR.AHP: what IEEE calls infinity is 65536', () => {
    expect(convert(environment(fpcr({ alternativeHalf: true })), HALF, DOUBLE, 0x7c00n)).toBe(doubleBits(65536));
  });

  it('FCVTXN rounds to odd: an inexact result has its last bit set and does not overflow to infinity', () => {
    const env = environment();
    expect(convert(env, DOUBLE, SINGLE, doubleBits(1 + 2 ** -40), Rounding.odd)).toBe(singleBits(1) | 1n);
    expect(convert(env, DOUBLE, SINGLE, doubleBits(1), Rounding.odd)).toBe(singleBits(1));
    expect(convert(env, DOUBLE, SINGLE, DOUBLE.maxNormal, Rounding.odd)).toBe(SINGLE.maxNormal);
  });

  it('a signalling NaN becomes quiet and keeps its upper bits and its sign', () => {
    const env = environment();
    expect(convert(env, SINGLE, DOUBLE, 0xff812345n)).toBe(0xfff82468a0000000n);
    expect(env.flags).toBe(IOC);
  });
});

describe('FPToFixed', () => {
  it.each<[number, RoundingMode, bigint]>([
    [2.5, Rounding.nearestEven, 2n],
    [3.5, Rounding.nearestEven, 4n],
    [2.5, Rounding.nearestAway, 3n],
    [-2.5, Rounding.nearestAway, -3n],
    [2.1, Rounding.plusInfinity, 3n],
    [-2.9, Rounding.plusInfinity, -2n],
    [2.9, Rounding.minusInfinity, 2n],
    [-2.1, Rounding.minusInfinity, -3n],
    [-2.9, Rounding.zero, -2n],
  ])('%d in mode %i is %i, inexact', (value, mode, expected) => {
    const env = environment();
    const result = toFixed(env, DOUBLE, doubleBits(value), 32, 0, false, mode);
    expect([BigInt.asIntN(32, result), env.flags]).toEqual([expected, IXC]);
  });

  it.each<[string, number, number, boolean, bigint, number]>([
    ['2^31', 2 ** 31, 32, false, 0x7fffffffn, IOC],
    ['-2^31', -(2 ** 31), 32, false, 0x80000000n, 0],
    ['-2^31 - 1', -(2 ** 31) - 1, 32, false, 0x80000000n, IOC],
    ['2^32', 2 ** 32, 32, true, 0xffffffffn, IOC],
    ['-1', -1, 32, true, 0n, IOC],
    ['-0.5', -0.5, 32, true, 0n, IXC],
    ['2^63', 2 ** 63, 64, false, 0x7fffffffffffffffn, IOC],
    ['2^63 unsigned', 2 ** 63, 64, true, 1n << 63n, 0],
    ['infinity', Number.POSITIVE_INFINITY, 64, false, 0x7fffffffffffffffn, IOC],
    ['NaN', Number.NaN, 64, false, 0n, IOC],
    ['10^300', 1e300, 64, true, 0xffffffffffffffffn, IOC],
  ])('%s saturates or fits', (_name, value, bits, unsigned, expected, flags) => {
    const env = environment();
    expect([toFixed(env, DOUBLE, doubleBits(value), bits, 0, unsigned, Rounding.zero), env.flags]).toEqual([
      expected,
      flags,
    ]);
  });

  it('fraction bits scale the result', () => {
    expect(toFixed(environment(), DOUBLE, doubleBits(1.25), 32, 2, false, Rounding.zero)).toBe(5n);
  });
});

describe('FixedToFP', () => {
  it('agrees with the host for integers of 64 bits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(1n << 63n), max: (1n << 64n) - 1n }), (value) => {
        expect(fromFixed(environment(), DOUBLE, value, 0)).toBe(doubleBits(Number(value)));
      }),
    );
  });

  it('2^24 + 1 to single is inexact and goes to even', () => {
    const env = environment();
    expect([fromFixed(env, SINGLE, (1n << 24n) + 1n, 0), env.flags]).toEqual([singleBits(2 ** 24), IXC]);
  });

  it('zero is +0 in every mode', () => {
    expect(fromFixed(environment(fpcr({ mode: Rounding.minusInfinity })), DOUBLE, 0n, 0)).toBe(0n);
  });
});

describe('FPRoundInt', () => {
  it.each<[number, RoundingMode, number]>([
    [2.5, Rounding.nearestEven, 2],
    [-0.5, Rounding.nearestEven, -0],
    [0.5, Rounding.nearestAway, 1],
    [-1.5, Rounding.plusInfinity, -1],
    [1.5, Rounding.minusInfinity, 1],
    [-1.9, Rounding.zero, -1],
    [2 ** 60, Rounding.zero, 2 ** 60],
  ])('%d in mode %i is %d', (value, mode, expected) => {
    const env = environment();
    const result = numberOf(roundToIntegral(env, DOUBLE, doubleBits(value), mode, false));
    expect([result, env.flags]).toEqual([expected, 0]);
  });

  it('FRINTX alone raises Inexact', () => {
    const env = environment();
    roundToIntegral(env, DOUBLE, doubleBits(1.5), Rounding.zero, true);
    expect(env.flags).toBe(IXC);
  });
});
