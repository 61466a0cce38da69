import type { Arm64Core } from '../core.ts';
import { Decoder } from '../decode/decoder.ts';
import { ACROSS } from './across.ts';
import { AES } from './aes.ts';
import { BY_ELEMENT } from './by-element.ts';
import { MODIFIED_IMMEDIATE } from './immediate.ts';
import { performLoadStore } from './load-store.ts';
import { LOAD_STORE_FORMS, type LoadStoreRow } from './load-store-forms.ts';
import { PERMUTE } from './permute.ts';
import type { SimdRow } from './row.ts';
import { SCALAR_FLOAT } from './scalar-float.ts';
import { SHA } from './sha.ts';
import { SHIFT } from './shift.ts';
import { THREE_DIFFERENT } from './three-different.ts';
import { THREE_SAME } from './three-same.ts';
import { TWO_MISC } from './two-misc.ts';

export { VectorUnit } from './unit.ts';

/** All data-processing instructions of this folder. */
export const SIMD_TABLE: readonly SimdRow[] = [
  ...SCALAR_FLOAT,
  ...THREE_SAME,
  ...THREE_DIFFERENT,
  ...TWO_MISC,
  ...ACROSS,
  ...PERMUTE,
  ...MODIFIED_IMMEDIATE,
  ...SHIFT,
  ...BY_ELEMENT,
  ...AES,
  ...SHA,
];

const operations = new Decoder(SIMD_TABLE);
const loadsAndStores = new Decoder(LOAD_STORE_FORMS);

/** Bits 27 and 25 of loads and stores are 1 and 0 (C4.1). */
const LOAD_STORE_MASK = 0x0a00_0000;
const LOAD_STORE = 0x0800_0000;

/** The row of an FP, Advanced SIMD or cryptographic instruction, if there is one. */
export const findFpSimd = (word: number): SimdRow | LoadStoreRow | undefined =>
  (word & LOAD_STORE_MASK) === LOAD_STORE ? loadsAndStores.find(word) : operations.find(word);

/**
 * Performs an allocated FP, Advanced SIMD or cryptographic instruction that nothing traps.
 * @returns false if no row knows it
 */
export function performFpSimd(core: Arm64Core, word: number): boolean {
  const found = findFpSimd(word);
  if (found === undefined) return false;
  const { vectors } = core;
  if ('plan' in found) {
    performLoadStore(core, vectors, word, found.plan);
    return true;
  }
  vectors.begin();
  found.perform(vectors, word);
  vectors.end();
  return true;
}
