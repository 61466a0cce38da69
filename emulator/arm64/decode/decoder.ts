import { parsePattern } from './pattern.ts';

interface Candidate<Row> {
  readonly mask: number;
  readonly value: number;
  readonly row: Row;
}

/** Bits 31:21 choose the bucket: they tell nearly all encodings apart, and the rest is a short scan. */
const INDEX_SHIFT = 21;
const BUCKETS = 1 << (32 - INDEX_SHIFT);

const bitCount = (x: number): number => {
  let n = 0;
  for (let rest = x; rest !== 0; rest &= rest - 1) n++;
  return n;
};

/** Finds the row of an encoding in a table of patterns. Where two rows match, the one with more fixed bits wins. */
export class Decoder<Row extends { readonly pattern: string }> {
  private readonly buckets: readonly (readonly Candidate<Row>[])[];

  constructor(table: readonly Row[]) {
    const candidates = table.map((row): Candidate<Row> => {
      const { mask, value } = parsePattern(row.pattern);
      return { mask, value, row };
    });
    candidates.sort((a, b) => bitCount(b.mask) - bitCount(a.mask));
    const buckets: Candidate<Row>[][] = Array.from({ length: BUCKETS }, () => []);
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
  find(word: number): Row | undefined {
    for (const c of this.buckets[word >>> INDEX_SHIFT]!) {
      if (((word ^ c.value) & c.mask) === 0) return c.row;
    }
    return undefined;
  }
}
