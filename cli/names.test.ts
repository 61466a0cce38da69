import { expect, test } from 'vitest';
import { namesOf } from './names.ts';

const KNOWN = ['arm64.a', 'arm64.b', 'guest.c'];

test.each([
  [
    ['arm64.b', 'arm64.a'],
    ['arm64.b', 'arm64.a'],
  ],
  [['arm64.b,guest.c'], ['arm64.b', 'guest.c']],
  [
    ['guest.c', 'arm64.*'],
    ['guest.c', 'arm64.a', 'arm64.b'],
  ],
  [
    ['arm64.*', 'arm64.a'],
    ['arm64.a', 'arm64.b'],
  ],
  [['*'], KNOWN],
])('%j names %j', (words, names) => {
  expect(namesOf('attack', words, KNOWN)).toEqual(names);
});

test.each(['arm65.a', 'x64.*'])('%s names nothing and is a usage error with what is near', (word) => {
  expect(() => namesOf('attack', ['arm64.a', word], KNOWN)).toThrow(/there is no attack ".*"; the nearest: /);
});
