/**
 * All translated code of a machine, by the page it came from. A page of code is known by its place in RAM, its virtual
 * address and its mode; the blocks of one such page may be linked to each other, because whoever runs one of them has
 * passed the fetch check of the page. Between pages, control goes through the jump cache.
 */
import { addressOf } from '../ir/address.ts';
import { PageFlag, type PhysicalMemory } from '../memory/physical.ts';
import { CodePage } from './code-page.ts';
import { linkOf, throughOf } from './flow.ts';
import type { CodeArena } from './tier0/arena.ts';
import { BlockSource, type Lift } from './tier0/block-source.ts';
import { Lowering } from './tier0/lower.ts';
import { MAX_BLOCK_INSTRUCTIONS } from './tier0/records.ts';

export { type Block, CodePage } from './code-page.ts';
export type { Lift } from './tier0/block-source.ts';

/** What was made from translated code elsewhere, and goes when the code changes. */
export interface DerivedCode {
  /** Bytes of a page that holds translated code change. */
  invalidate(offset: number, size: number): void;
  /** All translated code is dropped. */
  clear(): void;
}

/** Addresses that control came from. */
const NOWHERE: readonly number[] = [];

export class CodeStore {
  readonly arena: CodeArena;
  private readonly phys: PhysicalMemory;
  private readonly lowering: Lowering;
  private readonly source = new BlockSource();
  private readonly pages = new Map<number, CodePage[]>();
  /** Blocks by the address that they lead or, for calls, return to: low halves, as int32. */
  private readonly ways = new Map<number, number[]>();
  private pageCount = 0;
  /** Slots in which calls left the address behind them. */
  private readonly links = new Set<number>();
  derived: DerivedCode | undefined;
  /** A RAM page (linear-memory offset >> 12) now holds translated code: nobody may write it the fast way. */
  onNewPage: (page: number) => void = () => {};
  /** Everything was dropped: jump caches must be emptied. */
  onFlush: () => void = () => {};
  /** Blocks translated since the start. */
  translated = 0;

  constructor(arena: CodeArena, phys: PhysicalMemory) {
    this.arena = arena;
    this.phys = phys;
    this.lowering = new Lowering(arena);
  }

  /**
   * The block that begins at a pc, translated if need be.
   * @param offset place of the instruction in linear memory
   * @returns address of its first record
   */
  block(offset: number, pcLo: number, pcHi: number, mode: number, lift: Lift): number {
    if (this.arena.full) this.flush();
    const page = this.page(offset, pcLo, pcHi, mode);
    const word = (pcLo & 0xfff) >> 2;
    const known = page.records[word];
    if (known !== 0 && this.arena.isTranslated(known)) return known;
    const record = this.translate(page, offset, pcLo, pcHi, MAX_BLOCK_INSTRUCTIONS, lift);
    this.note(page, pcLo, pcHi);
    // Read again: the block may lead to itself.
    const stub = page.records[word];
    if (stub !== 0) this.arena.redirect(stub, record);
    page.records[word] = record;
    return record;
  }

  /** A block of the one instruction at a pc. */
  step(offset: number, pcLo: number, pcHi: number, mode: number, lift: Lift): number {
    if (this.arena.full) this.flush();
    const page = this.page(offset, pcLo, pcHi, mode);
    const word = (pcLo & 0xfff) >> 2;
    const known = page.steps.get(word);
    if (known !== undefined) return known;
    const record = this.translate(page, offset, pcLo, pcHi, 1, lift);
    page.steps.set(word, record);
    return record;
  }

  /**
   * Drops what was translated from bytes that change.
   * @returns true if anything was dropped
   */
  invalidate(offset: number, size: number): boolean {
    const pages = this.pages.get(offset >>> 12);
    if (!pages) return false;
    this.derived?.invalidate(offset, size);
    const first = (offset & 0xfff) >> 2;
    const last = ((offset & 0xfff) + size - 1) >> 2;
    let dropped = false;
    for (const page of pages) {
      let hit = false;
      for (let word = first; word <= last; word++) hit ||= page.covered[word] !== 0;
      if (hit) {
        this.drop(page, first, last);
        dropped = true;
      }
    }
    return dropped;
  }

  /** The translated code around an instruction, if there is any. */
  pageOf(offset: number, pcLo: number, pcHi: number, mode: number): CodePage | undefined {
    const vaLo = pcLo & ~0xfff;
    return this.pages.get(offset >>> 12)?.find((p) => p.vaLo === vaLo && p.vaHi === pcHi && p.mode === mode);
  }

  /** Where blocks begin that once led to an address or, if they are calls, would return there; low halves of addresses, int32. */
  waysTo(pcLo: number): readonly number[] {
    return this.ways.get(pcLo | 0) ?? NOWHERE;
  }

  /** Drops everything. */
  flush(): void {
    this.derived?.clear();
    this.pages.clear();
    this.ways.clear();
    this.arena.clear();
    this.lowering.forget();
    this.onFlush();
  }

  private drop(page: CodePage, first: number, last: number): void {
    const { arena } = this;
    const { records, covered } = page;
    let low = first;
    let high = last + 1;
    const earliest = Math.max(first - MAX_BLOCK_INSTRUCTIONS + 1, 0);
    for (let word = earliest; word <= last; word++) {
      const record = records[word];
      if (record === 0 || !arena.isTranslated(record)) continue;
      const end = word + arena.length(record);
      if (end <= first) continue;
      arena.drop(record);
      page.blocks[word] = undefined;
      low = Math.min(low, word);
      high = Math.max(high, end);
    }
    for (let word = first; word <= last; word++) {
      const step = page.steps.get(word);
      if (step === undefined) continue;
      arena.drop(step);
      page.steps.delete(word);
    }
    // What is left may still cover some of it.
    covered.fill(0, low, high);
    for (let word = Math.max(low - MAX_BLOCK_INSTRUCTIONS + 1, 0); word < high; word++) {
      const record = records[word];
      if (record !== 0 && arena.isTranslated(record)) covered.fill(1, word, word + arena.length(record));
      if (page.steps.has(word)) covered[word] = 1;
    }
  }

  /** The page of translated code around an instruction, made if need be. */
  page(offset: number, pcLo: number, pcHi: number, mode: number): CodePage {
    const index = offset >>> 12;
    const vaLo = pcLo & ~0xfff;
    let list = this.pages.get(index);
    if (!list) {
      list = [];
      this.pages.set(index, list);
      if (!(this.phys.pageFlags[index] & PageFlag.code)) {
        this.phys.pageFlags[index] |= PageFlag.code;
        this.onNewPage(index);
      }
    }
    for (const page of list) if (page.vaLo === vaLo && page.vaHi === pcHi && page.mode === mode) return page;
    const page = new CodePage(++this.pageCount, vaLo, pcHi, mode);
    list.push(page);
    return page;
  }

  /** @returns address of the first record */
  private translate(page: CodePage, offset: number, pcLo: number, pcHi: number, most: number, lift: Lift): number {
    const { arena, source, lowering } = this;
    const room = Math.min(most, (4096 - (pcLo & 0xfff)) >> 2);
    source.begin(this.phys.words, offset >> 2, room, pcLo, pcHi, page.mode, lift);
    const record = arena.beginBlock(pcLo, pcHi);
    lowering.begin();
    let count = 0;
    while (count < room && !source.ended(count)) {
      arena.instruction = count;
      count += lowering.instruction(source, count);
    }
    source.count = arena.instruction = count;
    if (!source.ended(count)) lowering.goto(addressOf(pcLo, pcHi) + BigInt(count * 4));
    arena.pairUp(record);
    arena.finish(record, count);
    const { sites, targets } = arena;
    for (let i = 0; i < sites.length; i++) {
      const word = (targets[i] & 0xfff) >> 2;
      if (page.records[word] === 0) page.records[word] = arena.stub(targets[i], pcHi);
      arena.setLink(sites[i], page.records[word]);
    }
    const word = (pcLo & 0xfff) >> 2;
    page.covered.fill(1, word, word + count);
    this.translated++;
    return record;
  }

  /** Remembers where the block that was translated last leads. */
  private note(page: CodePage, pcLo: number, pcHi: number): void {
    const { source, lowering } = this;
    const pc = pcLo >>> 0;
    const { count } = source;
    const end = (pc + count * 4) >>> 0;
    let link = -1;
    let through = -1;
    if (source.ended(count)) {
      const last = source.instruction(count - 1);
      link = linkOf(last, addressOf(pcLo, pcHi) + BigInt(count * 4));
      through = throughOf(last);
    }
    const isCall = link >= 0;
    if (isCall) this.links.add(link);
    const isIndirect = through >= 0 && !isCall && !this.links.has(through);
    const targets = lowering.leads.map(unsigned);
    page.blocks[(pc & 0xfff) >> 2] = { pc, end, targets, isCall, isIndirect };
    for (const to of lowering.leads) this.noteWay(pcLo, to);
    if (isCall) this.noteWay(pcLo, end | 0);
  }

  private noteWay(from: number, to: number): void {
    const known = this.ways.get(to);
    if (known === undefined) this.ways.set(to, [from]);
    else if (!known.includes(from)) known.push(from);
  }
}

const unsigned = (x: number): number => x >>> 0;
