import type { LiftedInstruction } from '../../ir/ir.ts';
import { MAX_BLOCK_INSTRUCTIONS } from './records.ts';

/** Lifts one instruction, see `Core.lift`. */
export type Lift = (word: number, pcLo: number, pcHi: number, mode: number) => LiftedInstruction;

/** The instructions that a block may be made of; each is lifted when somebody asks for it. */
export class BlockSource {
  mode = 0;
  /** Instructions that there are at the most. */
  room = 0;
  /** Instructions that the block took in. */
  count = 0;
  private words: Int32Array = new Int32Array();
  private first = 0;
  private pcLo = 0;
  private pcHi = 0;
  private lift: Lift | undefined;
  private readonly lifted: (LiftedInstruction | undefined)[] = new Array(MAX_BLOCK_INSTRUCTIONS).fill(undefined);
  /** How many of {@link lifted} may be left from before. */
  private used = 0;

  /** @param words memory @param first index of the first instruction there */
  begin(words: Int32Array, first: number, room: number, pcLo: number, pcHi: number, mode: number, lift: Lift): void {
    this.words = words;
    this.first = first;
    this.room = room;
    this.pcLo = pcLo;
    this.pcHi = pcHi;
    this.mode = mode;
    this.lift = lift;
    for (let i = 0; i < this.used; i++) this.lifted[i] = undefined;
    this.used = 0;
  }

  /** An encoding, as int32. */
  word(i: number): number {
    return this.words[this.first + i];
  }

  instruction(i: number): LiftedInstruction {
    const known = this.lifted[i];
    if (known !== undefined) return known;
    const fresh = (this.lift as Lift)(this.word(i) >>> 0, (this.pcLo + i * 4) | 0, this.pcHi, this.mode);
    this.lifted[i] = fresh;
    if (i >= this.used) this.used = i + 1;
    return fresh;
  }

  /** Whether the last of the first `count` instructions ends the block. One that was never asked for does not. */
  ended(count: number): boolean {
    return count > 0 && this.lifted[count - 1]?.ends === true;
  }
}
