import { describe, expect, test } from 'vitest';
import { editDistance, nearest, unknownName } from './nearest.ts';
import { byteSize, wholeNumber } from './numbers.ts';

test.each([
  ['', '', 0],
  ['abc', 'abc', 0],
  ['abc', 'abd', 1],
  ['abc', 'ac', 1],
  ['kitten', 'sitting', 3],
  ['', 'abc', 3],
])('the edit distance of "%s" and "%s" is %i', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
  expect(editDistance(b, a)).toBe(distance);
});

test('the nearest name comes first', () => {
  const names = ['arm64.vttbr.swap', 'arm64.vbar.redirect', 'guest.syscall.hook'];
  expect(nearest('arm64.vtbr.swap', names)[0]).toBe('arm64.vttbr.swap');
  expect(nearest('vbar', names)[0]).toBe('arm64.vbar.redirect');
});

test('of two names that contain it, the shorter one is nearer', () => {
  expect(nearest('tvm', ['hostvmi', 'tvmi', 'none'])[0]).toBe('tvmi');
});

test('an unknown name is a usage error that names what was near', () => {
  const failure = unknownName('attack', 'guest.syscal.hook', ['guest.syscall.hook']);
  expect(failure.exitCode).toBe(64);
  expect(failure.message).toBe('there is no attack "guest.syscal.hook"; the nearest: guest.syscall.hook');
});

describe('numbers', () => {
  test('a count is whole and not negative', () => {
    expect(wholeNumber('--seed', 7)).toBe(7);
    expect(wholeNumber('--seed', undefined)).toBeUndefined();
    for (const wrong of [-1, 1.5, Number.NaN, 2 ** 60]) {
      expect(() => wholeNumber('--seed', wrong)).toThrow('--seed expects one whole number');
    }
  });

  test.each([
    ['256', 256 * 2 ** 20],
    ['256M', 256 * 2 ** 20],
    ['1G', 2 ** 30],
    ['64KiB', 65536],
  ])('the size %s is %i bytes', (text, bytes) => {
    expect(byteSize('--memory', text)).toBe(bytes);
  });

  test.each(['', '0', 'lots', '-1', '1.5G', '5T'])('"%s" is no size', (text) => {
    expect(() => byteSize('--memory', text)).toThrow('--memory expects a size such as 256M');
  });
});
