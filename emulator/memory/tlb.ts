import type { PhysicalMemory } from './physical.ts';

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
export const FETCH_ENTRIES = 1024;
/** Entries of a bank's jump cache: pc i64, record address i32, and 4 bytes for the compiled tier. */
export const JUMP_ENTRIES = 4096;
export const JUMP_ENTRY_BYTES = 16;
export const BANK_BYTES = TLB_ENTRIES * TLB_ENTRY_BYTES + JUMP_ENTRIES * JUMP_ENTRY_BYTES;

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

/** One of a bank's architectural halves: parallel arrays indexed by entry. */
class EntryTable {
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
  private maxSpan = 12;
  private readonly mask: number;
  private readonly onDrop: (entry: number) => void;

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
    if (this.flags[e] !== 0) this.onDrop(e);
    else {
      this.position[e] = this.usedCount;
      this.used[this.usedCount++] = e;
    }
    this.tagLo[e] = vaLo & ~0xfff;
    this.tagHi[e] = vaHi;
    this.page[e] = page;
    this.flags[e] = flags | EntryFlag.valid;
    this.span[e] = span;
    if (span > this.maxSpan) this.maxSpan = span;
    return e;
  }

  /** Drops entries whose flags, under `mask`, equal `value`; all of them by default. */
  flush(mask = 0, value = 0): void {
    let kept = 0;
    for (let i = 0; i < this.usedCount; i++) {
      const e = this.used[i];
      if ((this.flags[e] & mask) === value) {
        this.onDrop(e);
        this.flags[e] = 0;
      } else this.keep(e, kept++);
    }
    this.usedCount = kept;
    if (kept === 0) this.maxSpan = 12;
  }

  /** Drops what translates a virtual address, the whole block where it came from a block descriptor. */
  flushAddress(vaLo: number, vaHi: number, mask = 0, value = 0): void {
    if (this.maxSpan === 12) {
      const e = this.lookup(vaLo, vaHi);
      if (e < 0 || (this.flags[e] & mask) !== value) return;
      this.onDrop(e);
      this.flags[e] = 0;
      this.keep(this.used[--this.usedCount], this.position[e]);
      return;
    }
    let kept = 0;
    for (let i = 0; i < this.usedCount; i++) {
      const e = this.used[i];
      if ((this.flags[e] & mask) === value && this.covers(e, vaLo, vaHi)) {
        this.onDrop(e);
        this.flags[e] = 0;
      } else this.keep(e, kept++);
    }
    this.usedCount = kept;
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

  /** All entries in use, to be put back by {@link restore}. */
  save(): TableState {
    const used = this.used.slice(0, this.usedCount);
    const pick = <T>(from: (e: number) => T): T[] => Array.from(used, from);
    return {
      tagLo: pick((e) => this.tagLo[e]),
      tagHi: pick((e) => this.tagHi[e]),
      page: pick((e) => this.page[e]),
      flags: pick((e) => this.flags[e]),
      span: pick((e) => this.span[e]),
    };
  }

  /** Goes back to a saved table; every fast half is gone. */
  restore(state: TableState): void {
    this.flush();
    for (let i = 0; i < state.page.length; i++) {
      this.insert(state.tagLo[i], state.tagHi[i], state.page[i], state.flags[i], state.span[i]);
    }
  }

  /** Calls `visit` for each entry in use. */
  each(visit: (entry: number) => void): void {
    for (let i = 0; i < this.usedCount; i++) visit(this.used[i]);
  }
}

/** What tells translation contexts apart. The meaning of the numbers is the instruction set's. */
export interface ContextKey {
  /** Translation regime. */
  readonly regime: number;
  readonly asid: number;
  readonly vmid: number;
  /** Everything else that entries or translated code depend on: privilege, enables, alignment checks. */
  readonly mode: number;
}

/** The translations of one context. */
export class TlbBank {
  readonly index: number;
  /** Byte offset of the fast entries in linear memory. */
  readonly base: number;
  /** Byte offset of the jump cache. */
  readonly jumpBase: number;
  key: ContextKey = { regime: -1, asid: 0, vmid: 0, mode: 0 };
  readonly data: EntryTable;
  readonly fetch: EntryTable;
  private readonly words: Int32Array;
  private readonly tags: BigInt64Array;

  constructor(buffer: ArrayBuffer, base: number, index: number) {
    this.index = index;
    this.base = base;
    this.jumpBase = base + TLB_ENTRIES * TLB_ENTRY_BYTES;
    this.words = new Int32Array(buffer);
    this.tags = new BigInt64Array(buffer, base, BANK_BYTES / 8);
    this.data = new EntryTable(TLB_ENTRIES, (e) => this.disarm(e));
    this.fetch = new EntryTable(FETCH_ENTRIES, (e) => this.forgetJumps(this.fetch.pageLo(e)));
    for (let e = 0; e < TLB_ENTRIES; e++) this.disarm(e);
    this.forgetAllJumps();
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
    const i = (this.jumpBase + (((pcLo >>> 2) & (JUMP_ENTRIES - 1)) << 4)) >> 2;
    return this.words[i] === pcLo && this.words[i + 1] === pcHi ? this.words[i + 2] : 0;
  }

  setJump(pcLo: number, pcHi: number, record: number): void {
    const i = (this.jumpBase + (((pcLo >>> 2) & (JUMP_ENTRIES - 1)) << 4)) >> 2;
    this.words[i] = pcLo;
    this.words[i + 1] = pcHi;
    this.words[i + 2] = record;
  }

  /** Drops the jump-cache entries of one virtual page. */
  forgetJumps(pageLo: number): void {
    const first = (pageLo >>> 2) & (JUMP_ENTRIES - 1);
    for (let k = first; k < first + 1024; k++) this.emptyJump(k);
  }

  forgetAllJumps(): void {
    for (let k = 0; k < JUMP_ENTRIES; k++) this.emptyJump(k);
  }

  /** An empty entry holds a pc that belongs at another place, so no pc ever matches it, and no record. */
  private emptyJump(entry: number): void {
    const i = (this.jumpBase >> 2) + entry * 4;
    this.words[i] = (entry ^ 1) << 2;
    this.words[i + 2] = 0;
  }

  /** The fast part as 64-bit words, for tests. */
  get fastTags(): BigInt64Array {
    return this.tags;
  }
}

/** What a CPU's banks hold. */
export interface TlbState {
  readonly turn: number;
  readonly last: number;
  readonly banks: readonly { readonly key: ContextKey; readonly data: TableState; readonly fetch: TableState }[];
}

/** All banks of one CPU. */
export class Tlb {
  readonly banks: readonly TlbBank[];
  private turn = 0;
  private last = -1;
  /** The bank was taken from another context: whoever remembered it must forget it. */
  onEvict: (bank: TlbBank) => void = () => {};

  /**
   * @param base byte offset in linear memory of `count` banks of {@link BANK_BYTES}
   */
  constructor(buffer: ArrayBuffer, base: number, count: number) {
    this.banks = Array.from({ length: count }, (_, i) => new TlbBank(buffer, base + i * BANK_BYTES, i));
  }

  /** The bank of a context. A context that has none takes the bank that was given away the longest ago, emptied. */
  select(regime: number, asid: number, vmid: number, mode: number): TlbBank {
    for (const bank of this.banks) {
      const k = bank.key;
      if (k.regime === regime && k.asid === asid && k.vmid === vmid && k.mode === mode) {
        this.last = bank.index;
        return bank;
      }
    }
    // The bank that was asked for last is in use beside this one (privileged and unprivileged accesses).
    if (this.turn === this.last) this.turn = (this.turn + 1) % this.banks.length;
    const bank = this.banks[this.turn];
    this.last = this.turn;
    this.turn = (this.turn + 1) % this.banks.length;
    bank.flush();
    bank.key = { regime, asid, vmid, mode };
    this.onEvict(bank);
    return bank;
  }

  disarmAll(): void {
    for (const bank of this.banks) bank.disarmAll();
  }

  forgetJumps(): void {
    for (const bank of this.banks) bank.forgetAllJumps();
  }

  /** All banks' contexts and translations. */
  save(): TlbState {
    return {
      turn: this.turn,
      last: this.last,
      banks: this.banks.map((bank) => ({ key: bank.key, data: bank.data.save(), fetch: bank.fetch.save() })),
    };
  }

  /** Goes back to saved banks. Whoever remembered a bank must forget it. */
  restore(state: TlbState): void {
    this.turn = state.turn;
    this.last = state.last;
    this.banks.forEach((bank, i) => {
      const saved = state.banks[i];
      bank.key = saved.key;
      bank.data.restore(saved.data);
      bank.fetch.restore(saved.fetch);
      this.onEvict(bank);
    });
  }

  /** Takes the fast way of writing away everywhere: the next write of each page is noticed. */
  protectAll(): void {
    for (const bank of this.banks) bank.data.each((e) => bank.disarmWrite(e));
  }

  /** Takes the fast way of writing to one page of RAM away. @param page linear-memory offset >> 12 */
  protectPage(page: number, phys: PhysicalMemory): void {
    for (const bank of this.banks) {
      bank.data.each((e) => {
        if (phys.offsetOf(bank.data.page[e] * 4096) >>> 12 === page) bank.disarmWrite(e);
      });
    }
  }
}
