import { describe, expect, it } from 'vitest';
import { FpEnvironment, FpFlag, Rounding } from './environment.ts';
import {
  recipEstimate,
  recipEstimateFp,
  recipExponent,
  rsqrtEstimate,
  rsqrtEstimateFp,
  unsignedRecipEstimate,
  unsignedRsqrtEstimate,
} from './estimate.ts';
import { DOUBLE, SINGLE } from './format.ts';
import { doubleBits, fpcr, singleBits } from './testing.ts';

const { IOC, DZC, OFC, UFC, IXC } = FpFlag;

describe('the estimates have a relative error below 2^-8 (the manual, RecipEstimate and RecipSqrtEstimate)', () => {
  it('of the reciprocal, for all of its arguments', () => {
    for (let a = 256; a < 512; a++) {
      const exact = 1 / ((a + 0.5) / 512);
      expect(Math.abs(recipEstimate(a) / 256 - exact) / exact).toBeLessThan(2 ** -8);
    }
  });

  it('of the reciprocal square root, for all of its arguments', () => {
    for (let a = 128; a < 512; a++) {
      const exact = 1 / Math.sqrt((a + 0.5) / 512);
      expect(Math.abs(rsqrtEstimate(a) / 256 - exact) / exact).toBeLessThan(2 ** -8);
    }
  });
});

describe('FPRecipEstimate', () => {
  it.each<[string, bigint, number, bigint, number]>([
    ['1 (0.998046875)', singleBits(1), 0, singleBits(0.998046875), 0],
    ['-2', singleBits(-2), 0, singleBits(-0.4990234375), 0],
    ['+0', 0n, 0, SINGLE.infinity, DZC],
    ['-infinity', SINGLE.signBit | SINGLE.infinity, 0, SINGLE.signBit, 0],
    ['the least denormal, to nearest', 1n, 0, SINGLE.infinity, OFC | IXC],
    ['the least denormal, to zero', 1n, fpcr({ mode: Rounding.zero }), SINGLE.maxNormal, OFC | IXC],
    ['2^126 under FZ', singleBits(2 ** 126), fpcr({ flushToZero: true }), 0n, UFC],
  ])('%s', (_name, a, control, expected, flags) => {
    const env = new FpEnvironment();
    env.load(control);
    expect([recipEstimateFp(env, SINGLE, a), env.flags]).toEqual([expected, flags]);
  });

  it('gives denormals at the upper end of the range', () => {
    const result = recipEstimateFp(new FpEnvironment(), SINGLE, singleBits(2 ** 127));
    expect(result).toBe(singleBits(0.998046875 * 2 ** -127));
  });
});

describe('FPRSqrtEstimate', () => {
  it.each<[string, bigint, bigint, number]>([
    ['1 (0.998046875)', doubleBits(1), doubleBits(0.998046875), 0],
    ['4', doubleBits(4), doubleBits(0.4990234375), 0],
    ['-1', doubleBits(-1), DOUBLE.defaultNan, IOC],
    ['-0', DOUBLE.signBit, DOUBLE.signBit | DOUBLE.infinity, DZC],
    ['infinity', DOUBLE.infinity, 0n, 0],
  ])('%s', (_name, a, expected, flags) => {
    const env = new FpEnvironment();
    expect([rsqrtEstimateFp(env, DOUBLE, a), env.flags]).toEqual([expected, flags]);
  });
});

it('FRECPX turns the exponent round and drops the fraction', () => {
  const env = new FpEnvironment();
  expect(recipExponent(env, DOUBLE, doubleBits(-3))).toBe(doubleBits(-1));
  expect(recipExponent(env, DOUBLE, 0n)).toBe(DOUBLE.infinity - (1n << 52n));
});

it('URECPE and URSQRTE give all ones below 0.5 and 0.25', () => {
  expect(unsignedRecipEstimate(0x7fffffffn)).toBe(0xffffffffn);
  expect(unsignedRecipEstimate(0x80000000n)).toBe(0xff800000n);
  expect(unsignedRsqrtEstimate(0x3fffffffn)).toBe(0xffffffffn);
  expect(unsignedRsqrtEstimate(0x40000000n)).toBe(0xff800000n);
});
