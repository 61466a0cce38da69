import { Decoder } from './decoder.ts';
import type { Encoding } from './encoding.ts';
import { BRANCH_SYSTEM } from './tables/branch-system.ts';
import { DATA_IMMEDIATE } from './tables/data-immediate.ts';
import { DATA_REGISTER } from './tables/data-register.ts';
import { FP_DATA } from './tables/fp-data.ts';
import { LOAD_STORE } from './tables/load-store.ts';
import { SIMD_DATA } from './tables/simd-data.ts';
import { SIMD_LOAD_STORE } from './tables/simd-load-store.ts';

export type { Encoding } from './encoding.ts';

/** Every A64 encoding of ARMv8.0-A with CRC32, floating point and Advanced SIMD by class. */
export const A64_TABLE: readonly Encoding[] = [
  ...DATA_IMMEDIATE,
  ...BRANCH_SYSTEM,
  ...LOAD_STORE,
  ...DATA_REGISTER,
  ...SIMD_LOAD_STORE,
  ...FP_DATA,
  ...SIMD_DATA,
];

const decoder = new Decoder(A64_TABLE);

/** Finds the row of an A64 encoding. @returns undefined if it is unallocated */
export const decodeA64 = (word: number): Encoding | undefined => decoder.find(word);
