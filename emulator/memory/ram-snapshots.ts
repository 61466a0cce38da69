import { PAGE_BYTES, PageFlag, type PhysicalMemory } from './physical.ts';

/** RAM at one moment: the pages that differ from the parent's. A page that no ancestor holds is all zeros. */
export interface RamSnapshot {
  readonly parent: RamSnapshot | undefined;
  /** Contents by linear-memory offset >> 12. */
  readonly pages: ReadonlyMap<number, Uint8Array>;
}

/** Ancestors after which a snapshot is made to stand alone, so that finding a page stays cheap. */
const LONGEST_CHAIN = 64;
/** Copies of pages that a line may hold beside twice those of its first snapshot, which stands alone: 4 MiB. */
const SPARE_COPIES = 1024;

/** Copy-on-write snapshots of RAM: taking one and going back cost in proportion to what changed. */
export class RamSnapshots {
  private readonly phys: PhysicalMemory;
  private current: RamSnapshot | undefined;

  constructor(phys: PhysicalMemory) {
    this.phys = phys;
  }

  /** Keeps the present contents. Afterwards no page is dirty: the caller takes the fast ways of writing away. */
  take(): RamSnapshot {
    const pages = this.copy(this.phys.dirtyPages);
    let parent = this.current;
    while (parent && hides(pages, parent)) parent = parent.parent;
    if (parent && isTooLong(parent)) {
      inherit(pages, parent);
      parent = undefined;
    }
    this.current = { parent, pages };
    this.clean();
    return this.current;
  }

  /**
   * Goes back to a snapshot.
   * @param changed is told of each page that gets other contents and held translated code
   */
  restore(snapshot: RamSnapshot, changed: (offset: number) => void): void {
    const { bytes, pageFlags } = this.phys;
    for (const page of this.pagesToPutBack(snapshot)) {
      const offset = page * PAGE_BYTES;
      const wanted = find(snapshot, page);
      const isCode = (pageFlags[page] & PageFlag.code) !== 0;
      if (isCode && same(bytes, offset, wanted)) continue;
      if (wanted) bytes.set(wanted, offset);
      else bytes.fill(0, offset, offset + PAGE_BYTES);
      if (isCode) changed(offset);
    }
    this.current = snapshot;
    this.clean();
  }

  /** Pages that may differ from a snapshot's. */
  private pagesToPutBack(snapshot: RamSnapshot): Iterable<number> {
    const { dirtyPages } = this.phys;
    if (this.current === snapshot) return dirtyPages;
    const pages = new Set(dirtyPages);
    const common = commonAncestor(this.current, snapshot);
    for (const from of [this.current, snapshot]) {
      for (let s = from; s && s !== common; s = s.parent) for (const page of s.pages.keys()) pages.add(page);
    }
    return pages;
  }

  private clean(): void {
    const { dirtyPages, pageFlags } = this.phys;
    for (const page of dirtyPages) pageFlags[page] &= ~PageFlag.dirty;
    dirtyPages.length = 0;
  }

  /** Copies of pages, in one allocation: one for each page costs more than the copying. */
  private copy(pages: readonly number[]): Map<number, Uint8Array> {
    const slab = new Uint8Array(pages.length * PAGE_BYTES);
    const copies = new Map<number, Uint8Array>();
    for (let i = 0; i < pages.length; ) {
      const first = i;
      const start = pages[first];
      while (i < pages.length && pages[i] === start + i - first) {
        copies.set(pages[i], slab.subarray(i * PAGE_BYTES, (i + 1) * PAGE_BYTES));
        i++;
      }
      slab.set(this.phys.bytes.subarray(start * PAGE_BYTES, (start + i - first) * PAGE_BYTES), first * PAGE_BYTES);
    }
    return copies;
  }
}

/**
 * Adds an ancestor's pages, and its ancestors', to those of a snapshot that is to stand alone. What was allocated for many pages and is
 * wanted for fewer than half of them is not kept for their sake: they are copied.
 */
function inherit(pages: Map<number, Uint8Array>, ancestor: RamSnapshot): void {
  const wanted = new Map<number, Uint8Array>();
  const bytesWanted = new Map<ArrayBufferLike, number>();
  for (const [page, bytes] of allPages(ancestor)) {
    if (pages.has(page)) continue;
    wanted.set(page, bytes);
    bytesWanted.set(bytes.buffer, (bytesWanted.get(bytes.buffer) ?? 0) + PAGE_BYTES);
  }
  for (const [page, bytes] of wanted) {
    const most = 2 * bytesWanted.get(bytes.buffer)! >= bytes.buffer.byteLength;
    pages.set(page, most ? bytes : bytes.slice());
  }
}

/** All pages of a snapshot that are not zeros, its ancestors' included. */
export function allPages(snapshot: RamSnapshot): Map<number, Uint8Array> {
  const all = new Map<number, Uint8Array>();
  for (let s: RamSnapshot | undefined = snapshot; s; s = s.parent) {
    for (const [page, bytes] of s.pages) if (!all.has(page)) all.set(page, bytes);
  }
  return all;
}

/** Whether nobody who has `pages` ever looks at a page of an ancestor's. */
function hides(pages: ReadonlyMap<number, Uint8Array>, ancestor: RamSnapshot): boolean {
  if (ancestor.pages.size > pages.size) return false;
  for (const page of ancestor.pages.keys()) if (!pages.has(page)) return false;
  return true;
}

function find(snapshot: RamSnapshot, page: number): Uint8Array | undefined {
  for (let s: RamSnapshot | undefined = snapshot; s; s = s.parent) {
    const bytes = s.pages.get(page);
    if (bytes) return bytes;
  }
  return undefined;
}

/** Whether the next one had better stand alone: what that costs was earned by as many copies as it takes over. */
function isTooLong(last: RamSnapshot): boolean {
  let length = 0;
  let copies = 0;
  let first = last;
  for (let s: RamSnapshot | undefined = last; s; s = s.parent) {
    length++;
    copies += s.pages.size;
    first = s;
  }
  return length >= LONGEST_CHAIN || copies > 2 * first.pages.size + SPARE_COPIES;
}

function commonAncestor(a: RamSnapshot | undefined, b: RamSnapshot): RamSnapshot | undefined {
  const line = new Set<RamSnapshot>();
  for (let s = a; s; s = s.parent) line.add(s);
  for (let s: RamSnapshot | undefined = b; s; s = s.parent) if (line.has(s)) return s;
  return undefined;
}

function same(bytes: Uint8Array, offset: number, wanted: Uint8Array | undefined): boolean {
  for (let i = 0; i < PAGE_BYTES; i++) if (bytes[offset + i] !== (wanted?.[i] ?? 0)) return false;
  return true;
}
