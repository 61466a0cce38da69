import { describe, expect, it } from 'vitest';
import { compare, max, maxNum, min, minNum, Order } from './compare.ts';
import { FpEnvironment, FpFlag } from './environment.ts';
import { DOUBLE } from './format.ts';
import { doubleBits } from './testing.ts';

const { IOC } = FpFlag;
const QUIET = DOUBLE.defaultNan | 5n;
const SIGNALLING = DOUBLE.infinity | 5n;
const bits = doubleBits;

describe('FPCompare', () => {
  it.each<[string, bigint, bigint, number]>([
    ['-0 = +0', DOUBLE.signBit, 0n, Order.equal],
    ['1 < 2', bits(1), bits(2), Order.less],
    ['-1 > -2', bits(-1), bits(-2), Order.greater],
    ['-infinity < the least number', bits(Number.NEGATIVE_INFINITY), bits(-Number.MAX_VALUE), Order.less],
    ['a denormal > 0', 1n, 0n, Order.greater],
    ['infinity = infinity', DOUBLE.infinity, DOUBLE.infinity, Order.equal],
  ])('%s', (_name, a, b, expected) => {
    const env = new FpEnvironment();
    expect([compare(env, DOUBLE, a, b, true), env.flags]).toEqual([expected, 0]);
  });

  it.each([
    ['a quiet NaN, FCMP', QUIET, false, 0],
    ['a quiet NaN, FCMPE', QUIET, true, IOC],
    ['a signalling NaN, FCMP', SIGNALLING, false, IOC],
  ])('%s is unordered: NZCV = 0011', (_name, nan, quietSignals, flags) => {
    const env = new FpEnvironment();
    expect([compare(env, DOUBLE, bits(1), nan, quietSignals), env.flags]).toEqual([0b0011, flags]);
  });
});

describe('FPMax, FPMin, FPMaxNum, FPMinNum', () => {
  it.each([
    ['max(-0, +0)', max, DOUBLE.signBit, 0n, 0n, 0],
    ['min(+0, -0)', min, 0n, DOUBLE.signBit, DOUBLE.signBit, 0],
    ['max(-1, -2)', max, bits(-1), bits(-2), bits(-1), 0],
    ['min(-1, infinity)', min, bits(-1), DOUBLE.infinity, bits(-1), 0],
    ['max(1, quiet)', max, bits(1), QUIET, QUIET, 0],
    ['maxNum(1, quiet)', maxNum, bits(1), QUIET, bits(1), 0],
    ['minNum(quiet, 1)', minNum, QUIET, bits(1), bits(1), 0],
    ['maxNum(quiet, quiet)', maxNum, QUIET, QUIET, QUIET, 0],
    ['maxNum(1, signalling)', maxNum, bits(1), SIGNALLING, SIGNALLING | DOUBLE.quietBit, IOC],
  ])('%s', (_name, operation, a, b, expected, flags) => {
    const env = new FpEnvironment();
    expect([operation(env, DOUBLE, a, b), env.flags]).toEqual([expected, flags]);
  });
});
