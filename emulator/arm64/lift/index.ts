import type { LiftedInstruction } from '../../ir/ir.ts';
import { decodeA64 } from '../decode/index.ts';
import { INSTRUCTION_BYTES } from './branch.ts';
import { lifted, undefinedInstruction } from './build.ts';

export { A64_TABLE } from '../decode/index.ts';

/**
 * Lifts one A64 instruction to the IR.
 * @param word the encoding
 * @param pcLo low half of its address, int32 or uint32
 * @param pcHi high half
 * @param mode bits of `LiftMode`
 */
export function liftA64(word: number, pcLo: number, pcHi: number, mode: number): LiftedInstruction {
  const encoding = decodeA64(word);
  const statements = encoding ? encoding.lift(word, { pcLo, pcHi, mode }) : undefinedInstruction(word);
  return lifted(statements, INSTRUCTION_BYTES);
}
