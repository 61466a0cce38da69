/** The compiled functions that live: what each was made from, which goes first when there are too many, which code changes too often. */
import type { CodePage, CodeStore } from '../code-store.ts';

/** A compiled function and what it was made from. */
export interface Region {
  readonly slot: number;
  /** Blocks of tier 0 that continue in it. */
  readonly records: number[];
  /** Stretches of linear memory that it and its entries' blocks came from; none crosses a page. */
  readonly ranges: readonly { readonly offset: number; readonly bytes: number }[];
  /** The same of the function alone, within the pages of translated code. */
  readonly blocks: readonly { readonly page: CodePage; readonly word: number; readonly count: number }[];
  /** How many regions it grew from. */
  readonly generation: number;
  /** Instructions. */
  readonly size: number;
  /** When it was last seen running. */
  used: number;
}

/** Limits of what is kept, see `Tuning`. */
export interface Limits {
  readonly changes: number;
  readonly room: number;
}

export class RegionStore {
  private readonly code: CodeStore;
  private readonly free: number[] = [];
  private readonly live = new Set<Region>();
  private readonly pages = new Map<number, Set<Region>>();
  private readonly changes = new Map<number, number>();
  private readonly limits: Limits;
  private readonly onDrop: (slot: number) => void;
  private size = 0;
  private clock = 0;

  /**
   * @param slots of the table of functions; slot 0 stays free
   * @param onDrop the function in a slot is not entered any more
   */
  constructor(code: CodeStore, slots: number, limits: Limits, onDrop: (slot: number) => void) {
    this.code = code;
    this.limits = limits;
    this.onDrop = onDrop;
    for (let slot = slots - 1; slot > 0; slot--) this.free.push(slot);
  }

  /** Instructions of the functions that live. */
  get held(): number {
    return this.size;
  }

  /** A free slot of the table; the region that ran the longest ago goes if there is none. */
  slot(): number {
    if (this.free.length === 0) this.dropOldest();
    return this.free.pop() as number;
  }

  add(region: Region): void {
    region.used = ++this.clock;
    this.live.add(region);
    this.size += region.size;
    for (const { offset } of region.ranges) {
      const page = offset >>> 12;
      let set = this.pages.get(page);
      if (!set) {
        set = new Set();
        this.pages.set(page, set);
      }
      set.add(region);
    }
    this.count(region, 1);
    while (this.size > this.limits.room) this.dropOldest();
  }

  has(region: Region): boolean {
    return this.live.has(region);
  }

  /** Regions that hold an instruction. */
  at(offset: number, page: CodePage | undefined): Region[] {
    const word = (offset & 0xfff) >> 2;
    return [...(this.pages.get(offset >>> 12) ?? [])].filter((r) =>
      r.blocks.some((b) => b.page === page && word >= b.word && word < b.word + b.count),
    );
  }

  /** The code at a place was seen running; nobody asks for that while there is room for all. */
  use(offset: number): void {
    this.clock++;
    if (this.size < this.limits.room / 2) return;
    for (const region of this.pages.get(offset >>> 12) ?? []) {
      if (region.ranges.some((r) => offset >= r.offset && offset < r.offset + r.bytes)) region.used = this.clock;
    }
  }

  /** True if the code of a page changes too often to be compiled. */
  isRestless(offset: number): boolean {
    return (this.changes.get(offset >>> 12) ?? 0) >= this.limits.changes;
  }

  /** Code changes: what was made from it goes. */
  invalidate(offset: number, size: number): void {
    const page = offset >>> 12;
    for (const region of this.pages.get(page) ?? []) {
      if (!region.ranges.some((r) => r.offset < offset + size && offset < r.offset + r.bytes)) continue;
      this.drop(region);
      this.changes.set(page, (this.changes.get(page) ?? 0) + 1);
    }
  }

  clear(): void {
    for (const region of this.live) this.drop(region);
    this.pages.clear();
    this.changes.clear();
  }

  /** Takes a region out of use. */
  drop(region: Region): void {
    if (!this.live.delete(region)) return;
    const { arena } = this.code;
    for (const record of region.records) if (arena.regionOf(record) === region.slot) arena.clearRegion(record);
    for (const { offset } of region.ranges) this.pages.get(offset >>> 12)?.delete(region);
    this.count(region, -1);
    this.size -= region.size;
    this.onDrop(region.slot);
    this.free.push(region.slot);
  }

  private dropOldest(): void {
    let oldest: Region | undefined;
    for (const region of this.live) if (!oldest || region.used < oldest.used) oldest = region;
    if (oldest) this.drop(oldest);
  }

  private count(region: Region, by: number): void {
    for (const { page, word, count } of region.blocks) for (let i = word; i < word + count; i++) page.compiled[i] += by;
  }
}
