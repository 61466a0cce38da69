/**
 * All translated code of a machine, by the page it came from. A page of code is known by its place in RAM, its virtual
 * address and its mode; the blocks of one such page may be linked to each other, because whoever runs one of them has
 * passed the fetch check of the page. Between pages, control goes through the jump cache.
 */
import type { LiftedInstruction } from '../ir/ir.ts';
import { PageFlag, type PhysicalMemory } from '../memory/physical.ts';
import type { CodeArena } from './tier0/arena.ts';
import { Lowering } from './tier0/lower.ts';
import { MAX_BLOCK_INSTRUCTIONS } from './tier0/records.ts';

/** Lifts one instruction, see {@link Core.lift}. */
export type Lift = (word: number, pcLo: number, pcHi: number, mode: number) => LiftedInstruction;

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

/** A compiled function and what it was made from. */
export interface CompiledRegion {
  readonly slot: number;
  /** Blocks that continue in it. */
  readonly records: number[];
  /** Stretches of linear memory that its instructions came from; none crosses a page. */
  readonly ranges: { readonly offset: number; readonly bytes: number }[];
}

class CodePage {
  readonly vaLo: number;
  readonly vaHi: number;
  readonly mode: number;
  /** By index of the instruction word within the page. */
  readonly targets = new Map<number, Target>();
  /** Blocks of one instruction, for exact stops. */
  readonly steps = new Map<number, number>();
  /** 1 where an instruction word is part of some translation. */
  readonly covered = new Uint8Array(WORDS_PER_PAGE);

  constructor(vaLo: number, vaHi: number, mode: number) {
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
  /** Compiled functions by RAM page. */
  private readonly regions = new Map<number, Set<CompiledRegion>>();
  /** A compiled function must not be entered any more. */
  onRegionDropped: (region: CompiledRegion) => void = () => {};
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
    const { record, count } = this.translate(page, offset, pcLo, pcHi, MAX_BLOCK_INSTRUCTIONS, lift);
    target.record = record;
    target.count = count;
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
    for (const region of this.regions.get(offset >>> 12) ?? []) {
      if (region.ranges.some((r) => r.offset < offset + size && offset < r.offset + r.bytes)) this.dropRegion(region);
    }
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

  /** True if the block at a pc continues in a compiled function. */
  hasRegion(offset: number, pcLo: number, pcHi: number, mode: number): boolean {
    const page = this.pages
      .get(offset >>> 12)
      ?.find((p) => p.vaLo === (pcLo & ~0xfff) && p.vaHi === pcHi && p.mode === mode);
    const target = page?.targets.get((pcLo & 0xfff) >> 2);
    return target !== undefined && target.count > 0 && this.arena.regionOf(target.record) !== 0;
  }

  /** True if a compiled function was made from the instruction at a place in linear memory. */
  isCompiled(offset: number): boolean {
    for (const region of this.regions.get(offset >>> 12) ?? []) {
      if (region.ranges.some((r) => offset >= r.offset && offset < r.offset + r.bytes)) return true;
    }
    return false;
  }

  /** Registers a compiled function, so that it goes when its code changes. */
  addRegion(region: CompiledRegion): void {
    for (const { offset } of region.ranges) {
      const page = offset >>> 12;
      let set = this.regions.get(page);
      if (!set) {
        set = new Set();
        this.regions.set(page, set);
      }
      set.add(region);
    }
  }

  /** Takes a compiled function out of use. */
  dropRegion(region: CompiledRegion): void {
    for (const record of region.records)
      if (this.arena.regionOf(record) === region.slot) this.arena.clearRegion(record);
    for (const { offset } of region.ranges) this.regions.get(offset >>> 12)?.delete(region);
    this.onRegionDropped(region);
  }

  /** Drops everything. */
  flush(): void {
    for (const region of new Set([...this.regions.values()].flatMap((set) => [...set]))) this.dropRegion(region);
    this.regions.clear();
    this.pages.clear();
    this.arena.clear();
    this.onFlush();
  }

  private drop(page: CodePage, first: number, last: number): void {
    for (const [word, target] of page.targets) {
      if (target.count > 0 && word <= last && word + target.count > first) {
        this.arena.drop(target.record);
        target.count = 0;
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

  private page(offset: number, pcLo: number, pcHi: number, mode: number): CodePage {
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
    const page = new CodePage(vaLo, pcHi, mode);
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
  ): { record: number; count: number } {
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
    return { record, count };
  }
}
