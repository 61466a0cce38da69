/** What is known of the translated code of one page. */

/** Where a translated block stands and where control goes from it. Addresses are low halves, unsigned. */
export interface Block {
  readonly pc: number;
  readonly end: number;
  readonly targets: readonly number[];
  readonly isCall: boolean;
  /** Ends in a jump through a register that is neither a call nor, as far as calls were seen, a return. */
  readonly isIndirect: boolean;
}

export const WORDS_PER_PAGE = 1024;

/** The translated code of one page of RAM, for one virtual address and mode. */
export class CodePage {
  /** Tells pages apart: not 0, never used twice. */
  readonly number: number;
  readonly vaLo: number;
  readonly vaHi: number;
  readonly mode: number;
  /** Address of the block that begins at an instruction word, translated or not; 0: nothing leads there so far. */
  readonly records = new Int32Array(WORDS_PER_PAGE);
  /** Blocks of one instruction, for exact stops. */
  readonly steps = new Map<number, number>();
  /** 1 where an instruction word is part of some translation. */
  readonly covered = new Uint8Array(WORDS_PER_PAGE);
  /** Translated blocks, by the index of their first instruction word. */
  readonly blocks: (Block | undefined)[] = [];
  /** How many compiled functions an instruction word is part of. */
  readonly compiled = new Uint8Array(WORDS_PER_PAGE);

  constructor(number: number, vaLo: number, vaHi: number, mode: number) {
    this.number = number;
    this.vaLo = vaLo;
    this.vaHi = vaHi;
    this.mode = mode;
  }
}
