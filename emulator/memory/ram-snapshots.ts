import { PAGE_BYTES, PageFlag, type PhysicalMemory } from './physical.ts';

/** RAM at one moment: the pages that differ from the parent's. A page that no ancestor holds is all zeros. */
export interface RamSnapshot {
  readonly parent: RamSnapshot | undefined;
  /** Contents by linear-memory offset >> 12. */
  readonly pages: ReadonlyMap<number, Uint8Array>;
}

/** Ancestors after which a snapshot is made to stand alone, so that finding a page stays cheap. */
const LONGEST_CHAIN = 64;

/** Copy-on-write snapshots of RAM: taking one and going back cost in proportion to what changed. */
export class RamSnapshots {
  private readonly phys: PhysicalMemory;
  private current: RamSnapshot | undefined;

  constructor(phys: PhysicalMemory) {
    this.phys = phys;
  }

  /** Keeps the present contents. Afterwards no page is dirty: the caller takes the fast ways of writing away. */
  take(): RamSnapshot {
    const pages = new Map<number, Uint8Array>();
    for (const page of this.phys.dirtyPages) pages.set(page, this.copy(page));
    if (depth(this.current) >= LONGEST_CHAIN) {
      for (let s = this.current; s; s = s.parent) {
        for (const [page, bytes] of s.pages) if (!pages.has(page)) pages.set(page, bytes);
      }
      this.current = { parent: undefined, pages };
    } else this.current = { parent: this.current, pages };
    this.clean();
    return this.current;
  }

  /**
   * Goes back to a snapshot.
   * @param changed is told of each page that gets other contents and held translated code
   */
  restore(snapshot: RamSnapshot, changed: (offset: number) => void): void {
    const pages = new Set(this.phys.dirtyPages);
    const common = commonAncestor(this.current, snapshot);
    for (const from of [this.current, snapshot]) {
      for (let s = from; s && s !== common; s = s.parent) for (const page of s.pages.keys()) pages.add(page);
    }
    const { bytes, pageFlags } = this.phys;
    for (const page of pages) {
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

  private clean(): void {
    const { dirtyPages, pageFlags } = this.phys;
    for (const page of dirtyPages) pageFlags[page] &= ~PageFlag.dirty;
    dirtyPages.length = 0;
  }

  private copy(page: number): Uint8Array {
    return this.phys.bytes.slice(page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
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

function find(snapshot: RamSnapshot, page: number): Uint8Array | undefined {
  for (let s: RamSnapshot | undefined = snapshot; s; s = s.parent) {
    const bytes = s.pages.get(page);
    if (bytes) return bytes;
  }
  return undefined;
}

function depth(snapshot: RamSnapshot | undefined): number {
  let n = 0;
  for (let s = snapshot; s; s = s.parent) n++;
  return n;
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
