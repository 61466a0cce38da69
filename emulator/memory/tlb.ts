import { EntryTable, NO_ENTRIES, type TableState } from './entry-table.ts';
import type { PhysicalMemory } from './physical.ts';

export { EntryFlag } from './entry-table.ts';

/**
 * Translation lookaside buffers: what hardware keeps between TLB maintenance operations, and the fast tags through
 * which translated code reaches RAM.
 *
 * A CPU has several *banks*, one for each translation context that was used lately (regime, ASID, VMID, privilege, and
 * whatever else an instruction set makes part of the key). Changing level, address space or guest chooses another bank
 * and flushes nothing. Within a bank, entries are direct-mapped by page; an entry stays until it is displaced or a
 * maintenance operation removes it, so a missing TLBI is visible to the guest. Fetch entries are kept apart from data
 * entries, so that what a data access displaces never depends on how code was translated.
 *
 * A data entry has two halves. The *architectural* half ({@link EntryTable}) is the guest's business. The *fast* half
 * (linear memory, read by translated code) exists only while nothing needs care, and may be dropped at any time.
 */

/** Entries of a bank's data part; a power of two. */
export const TLB_ENTRIES = 8192;
/** Bytes of one fast entry: read tag i64, write tag i64, addend i32; the rest is unused. */
export const TLB_ENTRY_BYTES = 32;
export const FETCH_ENTRIES = 4096;
/** Entries of a bank's jump cache: pc i64, record address i32, and 4 bytes for the compiled tier. */
export const JUMP_ENTRIES = 16384;
export const JUMP_ENTRY_BYTES = 16;
/** From a pc's place in the jump cache to its neighbour, in words: a second one that is asked after it. */
const OTHER_WAY = JUMP_ENTRY_BYTES / 4;
/** Behind a bank's jump cache, by fetch entry, i32: the number of the page of translated code that the fetch check let pass, or 0. */
export const PAGES_OFFSET = JUMP_ENTRIES * JUMP_ENTRY_BYTES;
export const PAGE_NUMBER_BYTES = 4;
export const BANK_BYTES = TLB_ENTRIES * TLB_ENTRY_BYTES + PAGES_OFFSET + FETCH_ENTRIES * PAGE_NUMBER_BYTES;

/** Instructions of a page: each has an entry of its own in the jump cache. */
const JUMPS_PER_PAGE = 1024;

/** What tells translation contexts apart. The meaning of the numbers is the instruction set's. */
export interface ContextKey {
  /** Translation regime; below zero in a bank that no context was given yet. */
  readonly regime: number;
  readonly asid: number;
  readonly vmid: number;
  /** Everything else that entries or translated code depend on: privilege, enables, alignment checks. */
  readonly mode: number;
}

/** The context of a bank that none was given yet. */
const NOBODY: ContextKey = { regime: -1, asid: 0, vmid: 0, mode: 0 };

/** The translations of one context. */
export class TlbBank {
  readonly index: number;
  /** Byte offset of the fast entries in linear memory. */
  readonly base: number;
  /** Byte offset of the jump cache. */
  readonly jumpBase: number;
  key: ContextKey = NOBODY;
  readonly data: EntryTable;
  readonly fetch: EntryTable;
  private readonly words: Int32Array;
  private readonly tags: BigInt64Array;
  /** Entries of the jump cache that are in use: whoever drops some looks at no others. */
  private readonly jumps = new Int32Array(JUMP_ENTRIES);
  private readonly jumpUsed = new Uint8Array(JUMP_ENTRIES);
  private jumpCount = 0;

  constructor(buffer: ArrayBuffer, base: number, index: number) {
    this.index = index;
    this.base = base;
    this.jumpBase = base + TLB_ENTRIES * TLB_ENTRY_BYTES;
    this.words = new Int32Array(buffer);
    this.tags = new BigInt64Array(buffer, base, BANK_BYTES / 8);
    this.data = new EntryTable(TLB_ENTRIES, (e) => this.disarm(e));
    this.fetch = new EntryTable(FETCH_ENTRIES, (e) => this.forgetJumps(this.fetch.pageLo(e)));
    for (let e = 0; e < TLB_ENTRIES; e++) this.disarm(e);
    for (let k = 0; k < JUMP_ENTRIES; k++) this.emptyJump(k);
    this.words.fill(0, this.pageAt(0), this.pageAt(0) + FETCH_ENTRIES);
  }

  /**
   * Lets translated code use a data entry.
   * @param offset linear-memory offset of the page's first byte
   */
  arm(entry: number, vaLo: number, vaHi: number, read: boolean, write: boolean, offset: number): void {
    const i = (this.base + entry * TLB_ENTRY_BYTES) >> 2;
    const page = vaLo & ~0xfff;
    if (read) {
      this.words[i] = page;
      this.words[i + 1] = vaHi;
    }
    if (write) {
      this.words[i + 2] = page;
      this.words[i + 3] = vaHi;
    }
    this.words[i + 4] = (offset - page) | 0;
  }

  /** Takes the fast half of one entry away. */
  disarm(entry: number): void {
    const i = (this.base + entry * TLB_ENTRY_BYTES) >> 2;
    this.words[i] = this.words[i + 1] = this.words[i + 2] = this.words[i + 3] = -1;
  }

  /** Takes the write tag of one entry away. */
  disarmWrite(entry: number): void {
    const i = (this.base + entry * TLB_ENTRY_BYTES) >> 2;
    this.words[i + 2] = this.words[i + 3] = -1;
  }

  /** Takes all write tags away. */
  disarmWrites(): void {
    this.data.each((e) => this.disarmWrite(e));
  }

  /** Takes every fast path of the bank away; translations stay. */
  disarmAll(): void {
    this.data.each((e) => this.disarm(e));
    this.forgetAllJumps();
  }

  /** Drops all translations, or those whose flags under `mask` equal `value`. */
  flush(mask = 0, value = 0): void {
    this.data.flush(mask, value);
    this.fetch.flush(mask, value);
  }

  /** Drops the translations of one virtual address. */
  flushAddress(vaLo: number, vaHi: number, mask = 0, value = 0): void {
    this.data.flushAddress(vaLo, vaHi, mask, value);
    this.fetch.flushAddress(vaLo, vaHi, mask, value);
  }

  /** Record address for a pc, or 0. */
  jump(pcLo: number, pcHi: number): number {
    let i = this.jumpAt(pcLo);
    if (this.words[i] !== pcLo || this.words[i + 1] !== pcHi) i ^= OTHER_WAY;
    return this.words[i] === pcLo && this.words[i + 1] === pcHi ? this.words[i + 2] : 0;
  }

  /** A pc has its own place and its neighbour's: what it displaces from the one goes to the other. */
  setJump(pcLo: number, pcHi: number, record: number): void {
    const i = this.jumpAt(pcLo);
    const entry = (pcLo >>> 2) & (JUMP_ENTRIES - 1);
    if (this.jumpUsed[entry] === 0) this.useJump(entry);
    else if (this.words[i] !== pcLo || this.words[i + 1] !== pcHi) {
      if (this.jumpUsed[entry ^ 1] === 0) this.useJump(entry ^ 1);
      this.words.copyWithin(i ^ OTHER_WAY, i, i + 3);
    }
    this.words[i] = pcLo;
    this.words[i + 1] = pcHi;
    this.words[i + 2] = record;
  }

  private jumpAt(pcLo: number): number {
    return (this.jumpBase + (((pcLo >>> 2) & (JUMP_ENTRIES - 1)) << 4)) >> 2;
  }

  /** The fetch check let an instruction pass that stands in a page of translated code. @param number the page's, not 0 */
  setPage(pcLo: number, number: number): void {
    this.words[this.pageAt(pcLo)] = number;
  }

  private pageAt(pcLo: number): number {
    return ((this.jumpBase + PAGES_OFFSET) >> 2) + ((pcLo >>> 12) & (FETCH_ENTRIES - 1));
  }

  /** Drops the jump-cache entries of one virtual page, and its number. */
  forgetJumps(pageLo: number): void {
    this.words[this.pageAt(pageLo)] = 0;
    const first = (pageLo >>> 2) & (JUMP_ENTRIES - 1);
    let kept = 0;
    for (let i = 0; i < this.jumpCount; i++) {
      const entry = this.jumps[i];
      if ((entry - first) >>> 0 < JUMPS_PER_PAGE) this.emptyJump(entry);
      else this.jumps[kept++] = entry;
    }
    this.jumpCount = kept;
  }

  forgetAllJumps(): void {
    this.fetch.each((e) => {
      this.words[this.pageAt(this.fetch.pageLo(e))] = 0;
    });
    for (let i = 0; i < this.jumpCount; i++) this.emptyJump(this.jumps[i]);
    this.jumpCount = 0;
  }

  private useJump(entry: number): void {
    this.jumpUsed[entry] = 1;
    this.jumps[this.jumpCount++] = entry;
  }

  /** An empty entry holds a pc that belongs elsewhere, so no pc ever matches it. */
  private emptyJump(entry: number): void {
    this.jumpUsed[entry] = 0;
    this.words[(this.jumpBase >> 2) + entry * 4] = (entry ^ 2) << 2;
  }

  /** The fast part as 64-bit words, for tests. */
  get fastTags(): BigInt64Array {
    return this.tags;
  }
}

interface BankState {
  readonly key: ContextKey;
  readonly data: TableState;
  readonly fetch: TableState;
}

/** What a CPU's banks hold. */
export interface TlbState {
  readonly turn: number;
  readonly last: number;
  readonly banks: readonly BankState[];
}

const UNUSED: BankState = { key: NOBODY, data: NO_ENTRIES, fetch: NO_ENTRIES };

/** All banks of one CPU. A bank is made when a context is given it first: most machines use few, and take no memory for the others. */
export class Tlb {
  private readonly buffer: ArrayBuffer;
  private readonly base: number;
  private readonly count: number;
  private readonly made: TlbBank[] = [];
  /** Banks that a context was ever given, from the first on. */
  inUse = 0;
  private turn = 0;
  private last = -1;
  /** The bank was taken from another context: whoever remembered it must forget it. */
  onEvict: (bank: TlbBank) => void = () => {};

  /**
   * @param base byte offset in linear memory of `count` banks of {@link BANK_BYTES}
   */
  constructor(buffer: ArrayBuffer, base: number, count: number) {
    this.buffer = buffer;
    this.base = base;
    this.count = count;
    this.bank(0);
  }

  /** Those that were made; the first one always is. */
  get banks(): readonly TlbBank[] {
    return this.made;
  }

  private bank(index: number): TlbBank {
    for (let i = this.made.length; i <= index; i++)
      this.made.push(new TlbBank(this.buffer, this.base + i * BANK_BYTES, i));
    return this.made[index];
  }

  /** The bank of a context. A context that has none takes the bank that was given away the longest ago, emptied. */
  select(regime: number, asid: number, vmid: number, mode: number): TlbBank {
    for (let i = 0; i < this.inUse; i++) {
      const bank = this.made[i];
      const k = bank.key;
      if (k.regime === regime && k.asid === asid && k.vmid === vmid && k.mode === mode) {
        this.last = bank.index;
        return bank;
      }
    }
    // The bank that was asked for last is in use beside this one (privileged and unprivileged accesses).
    if (this.turn === this.last) this.turn = (this.turn + 1) % this.count;
    const bank = this.bank(this.turn);
    this.inUse = Math.max(this.inUse, this.turn + 1);
    this.last = this.turn;
    this.turn = (this.turn + 1) % this.count;
    bank.flush();
    bank.key = { regime, asid, vmid, mode };
    this.onEvict(bank);
    return bank;
  }

  disarmAll(): void {
    for (const bank of this.made) bank.disarmAll();
  }

  forgetJumps(): void {
    for (const bank of this.made) bank.forgetAllJumps();
  }

  /** Contexts and translations of all banks in use. */
  save(): TlbState {
    return {
      turn: this.turn,
      last: this.last,
      banks: this.made
        .slice(0, this.inUse)
        .map((bank) => ({ key: bank.key, data: bank.data.save(), fetch: bank.fetch.save() })),
    };
  }

  /**
   * Goes back to saved banks. Whoever remembered a bank must forget it. A bank that holds what was saved keeps its fast ways of
   * reading and fetching; the next write of each page is noticed.
   */
  restore(state: TlbState): void {
    this.turn = state.turn;
    this.last = state.last;
    this.inUse = state.banks.length;
    const last = Math.max(this.made.length, this.inUse) - 1;
    for (let i = 0; i <= last; i++) {
      const bank = this.bank(i);
      const saved = state.banks[i] ?? UNUSED;
      bank.key = saved.key;
      if (!bank.data.restore(saved.data)) bank.disarmWrites();
      bank.fetch.restore(saved.fetch);
      this.onEvict(bank);
    }
  }

  /** Takes the fast way of writing away everywhere: the next write of each page is noticed. */
  protectAll(): void {
    for (const bank of this.made) bank.disarmWrites();
  }

  /** Takes the fast way of writing to one page of RAM away. @param page linear-memory offset >> 12 */
  protectPage(page: number, phys: PhysicalMemory): void {
    const physical = phys.physicalPageOf(page);
    for (const bank of this.made) {
      const { data } = bank;
      data.each((e) => {
        if (data.page[e] === physical) bank.disarmWrite(e);
      });
    }
  }
}
