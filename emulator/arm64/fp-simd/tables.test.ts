import { describe, expect, it } from 'vitest';
import { A64_TABLE } from '../decode/index.ts';
import { parsePattern } from '../decode/pattern.ts';
import { FP_DATA } from '../decode/tables/fp-data.ts';
import { SIMD_DATA } from '../decode/tables/simd-data.ts';
import { SIMD_LOAD_STORE } from '../decode/tables/simd-load-store.ts';
import { findFpSimd } from './index.ts';

/** Encodings of a row: free bits zero, one, and four mixtures. */
const samples = (pattern: string): number[] => {
  const { mask, value } = parsePattern(pattern);
  return [0, 0xffffffff, 0x55555555, 0xaaaaaaaa, 0x12345678, 0x87654321].map((bits) => (value | (bits & ~mask)) >>> 0);
};

describe('every FP and SIMD row of the A64 table', () => {
  it.each([...FP_DATA, ...SIMD_DATA, ...SIMD_LOAD_STORE].map((row) => [row.name, row.pattern]))(
    '%s',
    (_name, pattern) => {
      for (const word of samples(pattern)) expect(findFpSimd(word)).toBeDefined();
    },
  );
});

it('no row of another class is taken for an FP or SIMD instruction', () => {
  const own = new Set([...FP_DATA, ...SIMD_DATA, ...SIMD_LOAD_STORE]);
  for (const row of A64_TABLE.filter((r) => !own.has(r))) {
    for (const word of samples(row.pattern)) expect(findFpSimd(word), row.name).toBeUndefined();
  }
});
