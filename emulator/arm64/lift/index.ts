import type { LiftedInstruction } from '../../ir/ir.ts';
import type { Site } from '../decode/encoding.ts';
import { decodeA64 } from '../decode/index.ts';
import { INSTRUCTION_BYTES } from './branch.ts';
import { lifted, undefinedInstruction } from './build.ts';

export { A64_TABLE } from '../decode/index.ts';

/** A site that knows whether it was asked where it is: what was lifted without asking means the same everywhere. */
class WatchedSite implements Site {
  mode = 0;
  asked = false;
  private lo = 0;
  private hi = 0;

  go(pcLo: number, pcHi: number, mode: number): void {
    this.lo = pcLo;
    this.hi = pcHi;
    this.mode = mode;
    this.asked = false;
  }

  get pcLo(): number {
    this.asked = true;
    return this.lo;
  }

  get pcHi(): number {
    this.asked = true;
    return this.hi;
  }
}

const site = new WatchedSite();

/**
 * Lifts one A64 instruction to the IR.
 * @param word the encoding
 * @param pcLo low half of its address, int32 or uint32
 * @param pcHi high half
 * @param mode bits of `LiftMode`
 */
export function liftA64(word: number, pcLo: number, pcHi: number, mode: number): LiftedInstruction {
  const encoding = decodeA64(word);
  site.go(pcLo, pcHi, mode);
  const statements = encoding ? encoding.lift(word, site) : undefinedInstruction(word);
  return lifted(statements, INSTRUCTION_BYTES, !site.asked);
}
