/** Attribute bits of an entry: which accesses it allows, and what it is. */
export const EntryFlag = {
  read: 1,
  write: 2,
  fetch: 4,
  /** Matches every ASID (nG = 0). */
  global: 8,
  /** The output address lies in the secure physical address space. */
  secure: 16,
  /** Device memory. */
  device: 32,
  /** The entry is in use. */
  valid: 64,
} as const;

/** The entries of a table, one array per column. */
export interface TableState {
  readonly tagLo: readonly number[];
  readonly tagHi: readonly number[];
  readonly page: readonly number[];
  readonly flags: readonly number[];
  readonly span: readonly number[];
}

export const NO_ENTRIES: TableState = { tagLo: [], tagHi: [], page: [], flags: [], span: [] };

/** log2 of the bytes of the smallest page: most entries cover no more. */
const PAGE_SPAN = 12;
const SPANS = 64;
/** Counters of {@link Blocks}, a power of two. */
const BLOCK_COUNTERS = 1 << 12;

/**
 * Which blocks larger than a page have entries: counts by a hash of block and size, so that a page's invalidation need not look
 * at every entry to learn that no block covers it. May say that there are some where there are none, never the reverse.
 */
class Blocks {
  private readonly bySpan = new Int32Array(SPANS);
  private readonly byBlock = new Int32Array(BLOCK_COUNTERS);
  /** The spans that entries have: seldom more than one or two. */
  private readonly spans: number[] = [];

  /** Counts an entry in (1) or out (-1). */
  count(span: number, vaLo: number, vaHi: number, by: 1 | -1): void {
    if (span <= PAGE_SPAN) return;
    this.bySpan[span] += by;
    this.byBlock[slotOf(span, vaLo, vaHi)] += by;
    if (this.bySpan[span] === 0) this.spans.splice(this.spans.indexOf(span), 1);
    else if (by === 1 && this.bySpan[span] === 1) this.spans.push(span);
  }

  /** Whether an entry may be there whose block, larger than a page, covers an address. */
  mayCover(vaLo: number, vaHi: number): boolean {
    const { spans } = this;
    for (let i = 0; i < spans.length; i++) if (this.byBlock[slotOf(spans[i], vaLo, vaHi)] > 0) return true;
    return false;
  }
}

function slotOf(span: number, vaLo: number, vaHi: number): number {
  const lo = span < 32 ? vaLo >>> span : 0;
  const hi = span < 32 ? vaHi : vaHi >>> (span - 32);
  const mixed = Math.imul(lo, 0x9e3779b1) ^ Math.imul(hi, 0x85ebca6b) ^ Math.imul(span, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 15)) & (BLOCK_COUNTERS - 1);
}

/** One of a bank's architectural halves: parallel arrays indexed by entry. */
export class EntryTable {
  private readonly tagLo: Int32Array;
  private readonly tagHi: Int32Array;
  /** Physical address >> 12 of each entry. */
  readonly page: Float64Array;
  /** {@link EntryFlag}s of each entry. */
  readonly flags: Uint8Array;
  /** log2 of the bytes that the translation's block or page covers (12 for a 4 KiB page). */
  private readonly span: Uint8Array;
  private readonly used: Int32Array;
  /** Where each entry stands in `used`. */
  private readonly position: Int32Array;
  private usedCount = 0;
  private readonly blocks = new Blocks();
  private readonly mask: number;
  private readonly onDrop: (entry: number) => void;
  /** What {@link save} returned or {@link restore} was given last, as long as the entries are still those. */
  private unchanged: TableState | undefined;

  constructor(entries: number, onDrop: (entry: number) => void) {
    this.tagLo = new Int32Array(entries);
    this.tagHi = new Int32Array(entries);
    this.page = new Float64Array(entries);
    this.flags = new Uint8Array(entries);
    this.span = new Uint8Array(entries);
    this.used = new Int32Array(entries);
    this.position = new Int32Array(entries);
    this.mask = entries - 1;
    this.onDrop = onDrop;
  }

  /** Entry that translates the page of a virtual address, or -1. */
  lookup(vaLo: number, vaHi: number): number {
    const e = (vaLo >>> 12) & this.mask;
    return this.flags[e] !== 0 && this.tagLo[e] === (vaLo & ~0xfff) && this.tagHi[e] === vaHi ? e : -1;
  }

  /** Low half of the virtual page that an entry translates. */
  pageLo(entry: number): number {
    return this.tagLo[entry];
  }

  /** Puts a translation in, displacing what stood at its place. @returns the entry */
  insert(vaLo: number, vaHi: number, page: number, flags: number, span: number): number {
    const e = (vaLo >>> 12) & this.mask;
    if (this.flags[e] !== 0) this.drop(e);
    else {
      this.position[e] = this.usedCount;
      this.used[this.usedCount++] = e;
    }
    this.tagLo[e] = vaLo & ~0xfff;
    this.tagHi[e] = vaHi;
    this.page[e] = page;
    this.flags[e] = flags | EntryFlag.valid;
    this.span[e] = span;
    this.blocks.count(span, vaLo, vaHi, 1);
    this.unchanged = undefined;
    return e;
  }

  /** Drops entries whose flags, under `mask`, equal `value`; all of them by default. */
  flush(mask = 0, value = 0): void {
    let kept = 0;
    for (let i = 0; i < this.usedCount; i++) {
      const e = this.used[i];
      if ((this.flags[e] & mask) === value) {
        this.drop(e);
      } else this.keep(e, kept++);
    }
    this.usedCount = kept;
  }

  /** Drops what translates a virtual address, the whole block where it came from a block descriptor. */
  flushAddress(vaLo: number, vaHi: number, mask = 0, value = 0): void {
    if (!this.blocks.mayCover(vaLo, vaHi)) {
      const e = this.lookup(vaLo, vaHi);
      if (e < 0 || (this.flags[e] & mask) !== value) return;
      this.drop(e);
      this.keep(this.used[--this.usedCount], this.position[e]);
      return;
    }
    let kept = 0;
    for (let i = 0; i < this.usedCount; i++) {
      const e = this.used[i];
      if ((this.flags[e] & mask) === value && this.covers(e, vaLo, vaHi)) {
        this.drop(e);
      } else this.keep(e, kept++);
    }
    this.usedCount = kept;
  }

  private drop(e: number): void {
    this.onDrop(e);
    this.flags[e] = 0;
    this.blocks.count(this.span[e], this.tagLo[e], this.tagHi[e], -1);
    this.unchanged = undefined;
  }

  private keep(e: number, position: number): void {
    this.used[position] = e;
    this.position[e] = position;
  }

  private covers(e: number, vaLo: number, vaHi: number): boolean {
    const span = this.span[e];
    if (span < 32) return this.tagHi[e] === vaHi && (this.tagLo[e] ^ vaLo) >>> span === 0;
    return (this.tagHi[e] ^ vaHi) >>> (span - 32) === 0;
  }

  /** All entries in use, to be put back by {@link restore}. The same object while none comes or goes. */
  save(): TableState {
    this.unchanged ??= this.copy();
    return this.unchanged;
  }

  private copy(): TableState {
    const { usedCount } = this;
    const column = (): number[] => new Array<number>(usedCount);
    const state = { tagLo: column(), tagHi: column(), page: column(), flags: column(), span: column() };
    for (let i = 0; i < usedCount; i++) {
      const e = this.used[i];
      state.tagLo[i] = this.tagLo[e];
      state.tagHi[i] = this.tagHi[e];
      state.page[i] = this.page[e];
      state.flags[i] = this.flags[e];
      state.span[i] = this.span[e];
    }
    return state;
  }

  /**
   * Goes back to a saved table.
   * @returns whether entries were put in anew, so that every fast half is gone; else all is as it was
   */
  restore(state: TableState): boolean {
    if (this.unchanged === state) return false;
    this.flush();
    for (let i = 0; i < state.page.length; i++) {
      this.insert(state.tagLo[i], state.tagHi[i], state.page[i], state.flags[i], state.span[i]);
    }
    this.unchanged = state;
    return true;
  }

  /** Calls `visit` for each entry in use. */
  each(visit: (entry: number) => void): void {
    for (let i = 0; i < this.usedCount; i++) visit(this.used[i]);
  }
}
