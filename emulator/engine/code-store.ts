/**
 * All translated code of a machine, by the page it came from. A page of code is known by its place in RAM, its virtual
 * address and its mode; the blocks of one such page may be linked to each other, because whoever runs one of them has
 * passed the fetch check of the page. Between pages, control goes through the jump cache.
 */
import type { LiftedInstruction } from '../ir/ir.ts';
import { PageFlag, type PhysicalMemory } from '../memory/physical.ts';
import { flowOf } from './flow.ts';
import type { CodeArena } from './tier0/arena.ts';
import { Lowering } from './tier0/lower.ts';
import { MAX_BLOCK_INSTRUCTIONS } from './tier0/records.ts';

/** Lifts one instruction, see {@link Core.lift}. */
export type Lift = (word: number, pcLo: number, pcHi: number, mode: number) => LiftedInstruction;

/** Where a translated block stands and where control goes from it. Addresses are low halves, unsigned. */
export interface Block {
  readonly pc: number;
  readonly end: number;
  readonly targets: readonly number[];
  readonly isCall: boolean;
  /** Ends in a jump through a register that is neither a call nor, as far as calls were seen, a return. */
  readonly isIndirect: boolean;
}

/** A place that links may lead to, translated or not. */
interface Target {
  /** Address behind the header. */
  record: number;
  /** Instructions covered, 0 while not translated. */
  count: number;
  /** Fields that hold links to this place. */
  readonly sites: number[];
}

const WORDS_PER_PAGE = 1024;

/** What was made from translated code elsewhere, and goes when the code changes. */
export interface DerivedCode {
  /** Bytes of a page that holds translated code change. */
  invalidate(offset: number, size: number): void;
  /** All translated code is dropped. */
  clear(): void;
}

/** The translated code of one page of RAM, for one virtual address and mode. */
export class CodePage {
  /** Tells pages apart: not 0, never used twice. */
  readonly number: number;
  readonly vaLo: number;
  readonly vaHi: number;
  readonly mode: number;
  /** By index of the instruction word within the page. */
  readonly targets = new Map<number, Target>();
  /** Blocks of one instruction, for exact stops. */
  readonly steps = new Map<number, number>();
  /** 1 where an instruction word is part of some translation. */
  readonly covered = new Uint8Array(WORDS_PER_PAGE);
  /** Translated blocks, by the index of their first instruction word. */
  readonly blocks: (Block | undefined)[] = [];
  /** Blocks of this page by the address that they lead or, for calls, return to; dropped ones are still among them. */
  readonly before = new Map<number, Block[]>();
  /** How many compiled functions an instruction word is part of. */
  readonly compiled = new Uint8Array(WORDS_PER_PAGE);

  constructor(number: number, vaLo: number, vaHi: number, mode: number) {
    this.number = number;
    this.vaLo = vaLo;
    this.vaHi = vaHi;
    this.mode = mode;
  }
}

export class CodeStore {
  readonly arena: CodeArena;
  private readonly phys: PhysicalMemory;
  private readonly lowering: Lowering;
  private readonly pages = new Map<number, CodePage[]>();
  /** Callers and other ways in from other pages: blocks by the address that they lead to, all as low halves. */
  private readonly faraway = new Map<number, Set<number>>();
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
    const target = this.target(page, pcLo, pcHi);
    if (target.count > 0) return target.record;
    const { record, count, last } = this.translate(page, offset, pcLo, pcHi, MAX_BLOCK_INSTRUCTIONS, lift);
    target.record = record;
    target.count = count;
    this.note(page, pcLo >>> 0, count, last);
    for (const site of target.sites) this.arena.setLink(site, record);
    return record;
  }

  /** A block of the one instruction at a pc. */
  step(offset: number, pcLo: number, pcHi: number, mode: number, lift: Lift): number {
    if (this.arena.full) this.flush();
    const page = this.page(offset, pcLo, pcHi, mode);
    const word = (pcLo & 0xfff) >> 2;
    const known = page.steps.get(word);
    if (known !== undefined) return known;
    const { record } = this.translate(page, offset, pcLo, pcHi, 1, lift);
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

  /** Where blocks on other pages begin that once led to an address; low halves of addresses, unsigned. */
  waysTo(pcLo: number): Iterable<number> {
    return this.faraway.get(pcLo >>> 0) ?? [];
  }

  /** Drops everything. */
  flush(): void {
    this.derived?.clear();
    this.pages.clear();
    this.faraway.clear();
    this.arena.clear();
    this.onFlush();
  }

  private drop(page: CodePage, first: number, last: number): void {
    for (const [word, target] of page.targets) {
      if (target.count > 0 && word <= last && word + target.count > first) {
        this.arena.drop(target.record);
        target.count = 0;
        page.blocks[word] = undefined;
      }
    }
    for (let word = first; word <= last; word++) {
      const step = page.steps.get(word);
      if (step === undefined) continue;
      this.arena.drop(step);
      page.steps.delete(word);
    }
    page.covered.fill(0);
    for (const [word, target] of page.targets) page.covered.fill(1, word, word + target.count);
    for (const word of page.steps.keys()) page.covered[word] = 1;
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

  private target(page: CodePage, pcLo: number, pcHi: number): Target {
    const word = (pcLo & 0xfff) >> 2;
    let target = page.targets.get(word);
    if (!target) {
      target = { record: this.arena.stub(pcLo, pcHi), count: 0, sites: [] };
      page.targets.set(word, target);
    }
    return target;
  }

  private translate(
    page: CodePage,
    offset: number,
    pcLo: number,
    pcHi: number,
    most: number,
    lift: Lift,
  ): { record: number; count: number; last: LiftedInstruction } {
    const lifted: LiftedInstruction[] = [];
    const room = Math.min(most, (4096 - (pcLo & 0xfff)) >> 2);
    const words = this.phys.words;
    for (let i = 0; i < room; i++) {
      const instruction = lift(words[(offset >> 2) + i] >>> 0, (pcLo + i * 4) | 0, pcHi, page.mode);
      lifted.push(instruction);
      if (instruction.ends) break;
    }
    const count = lifted.length;
    const arena = this.arena;
    const record = arena.beginBlock(pcLo, pcHi);
    this.lowering.reset();
    for (let i = 0; i < count; ) {
      arena.instruction = i;
      i += this.lowering.instruction(lifted, i);
    }
    arena.instruction = count;
    if (!lifted[count - 1].ends) this.lowering.goto((BigInt(pcHi) << 32n) + BigInt(pcLo >>> 0) + BigInt(count * 4));
    arena.pairUp(record);
    arena.finish(record, count);
    const pending = arena.pending;
    for (const { site, target } of pending) {
      const lo = Number(BigInt.asIntN(32, target));
      const to = this.target(page, lo, pcHi);
      to.sites.push(site);
      arena.setLink(site, to.record);
    }
    const word = (pcLo & 0xfff) >> 2;
    page.covered.fill(1, word, word + count);
    this.translated++;
    return { record, count, last: lifted[count - 1] };
  }

  /** Remembers where a block leads. */
  private note(page: CodePage, pc: number, count: number, last: LiftedInstruction): void {
    const high = BigInt(page.vaHi >>> 0);
    const end = (pc + count * 4) >>> 0;
    const flow = flowOf(last, (high << 32n) + BigInt(pc + count * 4));
    const targets = flow.targets.filter((t) => t >> 32n === high).map((t) => Number(BigInt.asUintN(32, t)));
    const isCall = flow.link >= 0;
    if (isCall) this.links.add(flow.link);
    const isIndirect = flow.through >= 0 && !isCall && !this.links.has(flow.through);
    const block: Block = { pc, end, targets, isCall, isIndirect };
    page.blocks[(pc & 0xfff) >> 2] = block;
    for (const to of isCall ? [...targets, end] : targets) {
      if (to >>> 12 === pc >>> 12) {
        const known = page.before.get(to) ?? [];
        const old = known.findIndex((b) => b.pc === pc);
        known[old < 0 ? known.length : old] = block;
        page.before.set(to, known);
        continue;
      }
      const ways = this.faraway.get(to);
      if (ways) ways.add(pc);
      else this.faraway.set(to, new Set([pc]));
    }
  }
}
