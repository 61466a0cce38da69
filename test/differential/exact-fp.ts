import { Decoder } from '../../emulator/arm64/decode/decoder.ts';
import { SIMD_TABLE, type VectorUnit } from '../../emulator/arm64/fp-simd/index.ts';

const operations = new Decoder(SIMD_TABLE);

/** Performs a data-processing instruction exactly, without privilege. @returns false if there is none of this encoding */
export function performExact(unit: VectorUnit, word: number): boolean {
  const found = operations.find(word);
  if (!found) return false;
  unit.begin();
  found.perform(unit, word);
  unit.end();
  return true;
}
