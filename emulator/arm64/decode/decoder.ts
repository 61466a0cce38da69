import type { Encoding } from './encoding.ts';
import { parsePattern } from './pattern.ts';

interface Candidate {
  readonly mask: number;
  readonly value: number;
  readonly encoding: Encoding;
}

/** Bits 31:21 choose the bucket: they tell nearly all encodings apart, and the rest is a short scan. */
const INDEX_SHIFT = 21;
const BUCKETS = 1 << (32 - INDEX_SHIFT);

const bitCount = (x: number): number => {
  let n = 0;
  for (let rest = x; rest !== 0; rest &= rest - 1) n++;
  return n;
};

/** Finds the row of an encoding. Where two rows match, the one with more fixed bits wins. */
export class Decoder {
  private readonly buckets: readonly (readonly Candidate[])[];

  constructor(table: readonly Encoding[]) {
    const candidates = table.map((encoding): Candidate => {
      const { mask, value } = parsePattern(encoding.pattern);
      return { mask, value, encoding };
    });
    candidates.sort((a, b) => bitCount(b.mask) - bitCount(a.mask));
    const buckets: Candidate[][] = Array.from({ length: BUCKETS }, () => []);
    for (const candidate of candidates) {
      const fixed = candidate.value >>> INDEX_SHIFT;
      const free = ~(candidate.mask >>> INDEX_SHIFT) & (BUCKETS - 1);
      // Every combination of the index bits that the pattern leaves open.
      let open = 0;
      do {
        buckets[fixed | open]!.push(candidate);
        open = (open - free) & free;
      } while (open !== 0);
    }
    this.buckets = buckets;
  }

  /** @returns the row, or undefined for an unallocated encoding */
  find(word: number): Encoding | undefined {
    for (const c of this.buckets[word >>> INDEX_SHIFT]!) {
      if (((word ^ c.value) & c.mask) === 0) return c.encoding;
    }
    return undefined;
  }
}
