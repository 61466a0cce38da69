/**
 * Tier 1: which code is hot, its compilation, and what becomes of compiled functions when their code changes. Nothing here is
 * visible to the guest: a region does exactly what tier 0 would do, so when and whether it is compiled only changes speed.
 */
import type { PhysicalMemory } from '../../memory/physical.ts';
import { ModuleWriter } from '../../wasm/module.ts';
import type { CodeStore } from '../code-store.ts';
import { handlerOf } from '../tier0/handlers.ts';
import { REGION_TYPE, TABLE_SLOTS, type Tier0 } from '../tier0/interpreter.ts';
import { regionBody } from './emit.ts';
import { findRegion, MAX_REGION_INSTRUCTIONS, type RegionGraph } from './graph.ts';
import { Imports } from './imports.ts';
import { Neighbourhood, type Sample } from './neighbourhood.ts';
import { type Region, RegionStore } from './region-store.ts';

const REGION_HANDLER = handlerOf('region');

/** When code is compiled. */
export interface Tuning {
  /** Instructions between two looks at where a CPU is. */
  readonly interval: number;
  /** Instructions that, as far as samples tell, ran in one stretch of code, which make it hot: soon after the start. */
  readonly hot: number;
  /** The same later on: what was hot for a moment has less and less of a future as the program goes on. */
  readonly hotLater: number;
  /**
   * Instructions that, as far as samples tell, ran in the area around a hot place, which make it worth a region: soon after the
   * start, and at the most. A region takes in what is around, and its host's compiler takes milliseconds.
   */
  readonly busy: number;
  readonly busyLater: number;
  /** Hot places that wait before a module is made of them: a module costs much the same whatever it holds. */
  readonly batch: number;
  /** Samples after which a smaller batch is compiled all the same. */
  readonly patience: number;
  /** Instructions that must have run for each that is compiled. */
  readonly price: number;
  /** Instructions that may be compiled before any has run; below zero, so many times the price must have run before the first. */
  readonly credit: number;
  /**
   * Instructions that run for each that was compiled, one function after the other, before compiled code is entered. Meanwhile the
   * host optimises it: its baseline code is slower than tier 0.
   */
  readonly rest: number;
  /** Instructions without a loop that are worth the way in and out. */
  readonly shortest: number;
  /** Losses to changes of its code after which a page stays in tier 0. */
  readonly changes: number;
  /** Instructions of all compiled functions at the most; beyond, the one that ran the longest ago goes. */
  readonly room: number;
}

export const TUNING: Tuning = {
  interval: 16_384,
  hot: 100_000,
  hotLater: 400_000,
  busy: 4_000_000,
  busyLater: 10_000_000,
  batch: 4,
  patience: 4,
  price: 1000,
  credit: 500,
  rest: 1000,
  shortest: 32,
  changes: 8,
  // About 30 MiB of the host's code.
  room: 150_000,
};

/** Bytes of a stretch. */
const STRETCH = 256;
/** Bytes of an area: a few times what a region takes in. */
const AREA = 16_384;
/** Stretches whose heat is remembered. */
const STRETCHES = 1 << 16;
/** Hot places that may wait. */
const MOST_WAITING = 64;
/** How many times as hot a place must be each time after nothing could be made of it. */
const PERSEVERANCE = 4;
const MOST_CREDIT = 5_000;
/** What each instruction that was compiled adds to the price of another one. */
const DEARER = 0.05;
/** Share of all that ran that makes a place hot, between the two bounds of the tuning. */
const HOT_SHARE = 1 / 500;
/** Share of all that ran that makes an area busy, between the two bounds of the tuning. */
const BUSY_SHARE = 1 / 10;
/** How often a region may grow by what runs beside it; after that, what is new gets a region of its own. */
const GENERATIONS = 4;

/** A region that is about to be compiled. */
interface Candidate {
  readonly graph: RegionGraph;
  readonly sample: Sample;
  readonly around: Neighbourhood;
  readonly region: Region;
  readonly absorbed: readonly Region[];
}

/** A compiled function that is not entered yet. */
interface Resting {
  readonly candidate: Candidate;
  readonly compiled: unknown;
  /** Instructions that must have run since the start. */
  readonly until: number;
}

export class Regions {
  private readonly code: CodeStore;
  private readonly tier0: Tier0;
  private readonly phys: PhysicalMemory;
  private readonly memory: WebAssembly.Memory;
  private readonly store: RegionStore;
  /** Instructions that ran, as far as samples tell, by stretch and by area. */
  private readonly heat = new Map<number, number>();
  private readonly areas = new Map<number, number>();
  /** The heat that a stretch must have that was refused before. */
  private readonly refused = new Map<number, number>();
  private readonly waiting = new Map<number, Sample>();
  private patience = 0;
  private credit: number;
  /** Instructions that ran since the start. */
  private ran = 0;
  /** In the order in which they will be entered. */
  private readonly resting: Resting[] = [];
  private rested = 0;
  readonly tuning: Tuning;
  /** Functions compiled since the start, and their instructions. */
  compiled = 0;
  instructions = 0;
  /** Instructions of the functions that live. */
  get held(): number {
    return this.store.held;
  }

  /** What stands in the table for a compiled function. Tests put a counter around each. */
  wrap: (compiled: unknown) => unknown = (compiled) => compiled;

  constructor(
    code: CodeStore,
    tier0: Tier0,
    phys: PhysicalMemory,
    memory: WebAssembly.Memory,
    tuning: Tuning = TUNING,
  ) {
    this.tuning = tuning;
    this.code = code;
    this.tier0 = tier0;
    this.phys = phys;
    this.memory = memory;
    this.credit = tuning.credit;
    this.store = new RegionStore(code, TABLE_SLOTS, tuning, (slot) => tier0.table.set(slot, null));
    code.derived = {
      invalidate: (offset, size) => {
        this.store.invalidate(offset, size);
        for (let key = stretchOf(offset); key <= stretchOf(offset + size - 1); key++) this.refused.delete(key);
      },
      clear: () => {
        this.store.clear();
        this.cool();
      },
    };
  }

  /**
   * Notes where a CPU was found at the end of a stretch of instructions. Only at instruction boundaries.
   * @param ran instructions since the last sample
   * @returns true if the place is compiled already, so that there is little to learn here
   */
  sample(sample: Sample, ran: number): boolean {
    const price = this.tuning.price + this.instructions * DEARER;
    this.credit = Math.min(this.credit + ran / price, Math.max(this.tuning.credit, MOST_CREDIT));
    this.ran += ran;
    this.wake();
    const covered = this.isCompiled(sample);
    const key = stretchOf(sample.offset);
    if (this.heat.size > STRETCHES) this.cool();
    const heat = (this.heat.get(key) ?? 0) + ran;
    this.heat.set(key, heat);
    const isBusy = this.warm(areaOf(sample.offset), ran) >= this.busy;
    if (covered) this.store.use(sample.offset);
    else if (isBusy && heat >= (this.refused.get(key) ?? this.hot) && this.waiting.size < MOST_WAITING)
      this.waiting.set(key, sample);
    if (this.waiting.size === 0) return covered;
    if (this.waiting.size < this.tuning.batch && ++this.patience < this.tuning.patience) return covered;
    if (this.credit < 0) return covered;
    this.patience = 0;
    const heatOf = (key: number): number => this.heat.get(key) ?? 0;
    const samples = [...this.waiting].sort(([a], [b]) => heatOf(b) - heatOf(a)).map(([, waiting]) => waiting);
    this.waiting.clear();
    this.compile(samples);
    return covered;
  }

  /** How hot a place must be by now. */
  private get hot(): number {
    const { hot, hotLater } = this.tuning;
    return Math.min(Math.max(hot, this.ran * HOT_SHARE), hotLater);
  }

  /** How much must have run in the area around it by now. */
  private get busy(): number {
    const { busy, busyLater } = this.tuning;
    return Math.min(Math.max(busy, this.ran * BUSY_SHARE), busyLater);
  }

  /** @returns the instructions that ran in an area, these included */
  private warm(area: number, ran: number): number {
    const heat = (this.areas.get(area) ?? 0) + ran;
    this.areas.set(area, heat);
    return heat;
  }

  private cool(): void {
    this.heat.clear();
    this.areas.clear();
    this.refused.clear();
  }

  /** Nothing could be made of a place. */
  private refuse(sample: Sample): void {
    const key = stretchOf(sample.offset);
    this.heat.set(key, 0);
    this.refused.set(key, (this.refused.get(key) ?? this.hot) * PERSEVERANCE);
  }

  private isCompiled({ offset, pcLo, pcHi, mode }: Sample): boolean {
    const page = this.code.pageOf(offset, pcLo, pcHi, mode);
    return page !== undefined && page.compiled[(pcLo & 0xfff) >> 2] !== 0;
  }

  private compile(samples: readonly Sample[]): void {
    if (!this.code.arena.roomy) return;
    const candidates: Candidate[] = [];
    for (const sample of samples) {
      if (this.credit < 0) break;
      if (this.isCompiled(sample)) continue;
      const fresh = new Set(candidates.map((c) => c.region));
      const candidate = this.store.isRestless(sample.offset) ? undefined : this.find(sample, fresh);
      if (candidate) candidates.push(candidate);
      else this.refuse(sample);
    }
    if (candidates.length === 0) return;
    const functions = this.instantiate(candidates);
    this.rested = Math.max(this.rested, this.ran);
    for (const [i, candidate] of candidates.entries()) {
      this.rested += candidate.graph.instructions * this.tuning.rest;
      this.resting.push({ candidate, compiled: functions[i], until: this.rested });
    }
    this.wake();
  }

  /** Lets functions be entered that have rested long enough. */
  private wake(): void {
    const { resting } = this;
    let awake = 0;
    for (; awake < resting.length && resting[awake].until <= this.ran; awake++) {
      const { candidate, compiled } = resting[awake];
      this.install(candidate, compiled);
    }
    resting.splice(0, awake);
  }

  /** @param fresh regions of the same batch, which are left alone */
  private find(sample: Sample, fresh: ReadonlySet<Region>): Candidate | undefined {
    const isWarm = (offset: number): boolean => this.heat.has(stretchOf(offset));
    const around = new Neighbourhood(sample, this.code, this.phys, isWarm);
    const touched = new Map<Region, boolean>();
    let room = MAX_REGION_INSTRUCTIONS / 2;
    let joins: number[] | undefined;
    /** A region that is met is taken in as a whole, or it is a border. */
    const isBorder = (pc: number): boolean => {
      if (!around.isCompiled(pc)) return false;
      return this.store.at(around.offsetOf(pc), around.pageOf(pc)).some((region) => {
        const known = touched.get(region);
        if (known !== undefined) return known;
        const border = fresh.has(region) || region.generation >= GENERATIONS || region.size > room;
        touched.set(region, border);
        if (border) return true;
        room -= region.size;
        joins = [...(joins ?? []), ...region.blocks.map((b) => (b.page.vaLo >>> 0) + b.word * 4)];
        return false;
      });
    };
    const graph = findRegion(around.seeds(isBorder), sample.pcHi, {
      instruction: (pc) => (isBorder(pc) ? undefined : around.instruction(pc)),
      follows: (pc) => around.follows(pc),
      branches: (pc) => around.adoptDetour(pc),
      joins: () => {
        const all = joins;
        joins = undefined;
        return all;
      },
    });
    if (!graph || this.isShort(graph)) return undefined;
    const absorbed = touched.size > 0 ? this.within(graph, around, [...touched.keys()]) : [];
    const generation = 1 + Math.max(0, ...absorbed.map((r) => r.generation));
    this.credit -= graph.instructions;
    const region = this.regionOf(graph, sample, around, generation);
    this.store.add(region);
    return { graph, sample, around, region, absorbed };
  }

  /** Those of some regions that lie within a new one as a whole. */
  private within(graph: RegionGraph, around: Neighbourhood, regions: readonly Region[]): Region[] {
    const inside = new Set<number>();
    for (const { pc, instructions } of graph.blocks) {
      const first = around.offsetOf(pc);
      for (let i = 0; i < instructions.length; i++) inside.add(first + i * 4);
    }
    return regions.filter((r) => r.ranges.every((range) => isWithin(range, inside)));
  }

  private isShort(graph: RegionGraph): boolean {
    return graph.checks.size === 0 && Math.max(...graph.needs.values()) < this.tuning.shortest;
  }

  private regionOf(graph: RegionGraph, sample: Sample, around: Neighbourhood, generation: number): Region {
    const ranges = graph.blocks.map((block) => {
      const bytes = block.instructions.length * 4;
      const first = block.entry ? this.recordOf(sample, around, block.pc) : 0;
      // What changes the block of tier 0 that leads here takes the region along.
      const led = first === 0 ? 0 : this.code.arena.length(first) * 4;
      return { offset: around.offsetOf(block.pc), bytes: Math.max(bytes, led) };
    });
    const blocks = graph.blocks.flatMap((block) => {
      const page = around.pageOf(block.pc);
      return page ? [{ page, word: (block.pc & 0xfff) >> 2, count: block.instructions.length }] : [];
    });
    return { slot: this.store.slot(), records: [], ranges, blocks, generation, size: graph.instructions, used: 0 };
  }

  private instantiate(candidates: readonly Candidate[]): unknown[] {
    const imports = new Imports();
    const bodies = candidates.map(({ graph, region, around }) =>
      regionBody(graph, region.slot, imports, (pc) => around.pageOf(pc)?.number ?? -1),
    );
    const m = new ModuleWriter();
    m.importMemory('e', 'm');
    imports.declare(m);
    for (const [i, body] of bodies.entries()) m.exportFunction(`f${i}`, m.addFunction(REGION_TYPE, body));
    const module = new WebAssembly.Module(m.bytes());
    const instance = new WebAssembly.Instance(module, { e: { m: this.memory }, t: this.tier0.exports });
    return candidates.map((_, i) => instance.exports[`f${i}`]);
  }

  /** The first record of tier 0's block at an address. */
  private recordOf(sample: Sample, around: Neighbourhood, pc: number): number {
    return this.code.block(around.offsetOf(pc), pc | 0, sample.pcHi, sample.mode, sample.lift);
  }

  private install({ graph, sample, around, region, absorbed }: Candidate, compiled: unknown): void {
    if (!this.store.has(region)) return;
    const { arena } = this.code;
    for (const old of absorbed) this.store.drop(old);
    if (!arena.roomy) {
      this.store.drop(region);
      return;
    }
    this.tier0.table.set(region.slot, this.wrap(compiled));
    for (const [number, need] of graph.needs) {
      const record = this.recordOf(sample, around, graph.blocks[number].pc);
      // Where regions overlap, the older one keeps its entries.
      if (arena.regionOf(record) !== 0) continue;
      arena.setRegion(record, REGION_HANDLER, region.slot, number, need);
      region.records.push(record);
    }
    this.compiled++;
    this.instructions += graph.instructions;
  }
}

const stretchOf = (offset: number): number => Math.floor(offset / STRETCH);
const areaOf = (offset: number): number => Math.floor(offset / AREA);

function isWithin(range: { readonly offset: number; readonly bytes: number }, inside: ReadonlySet<number>): boolean {
  for (let at = range.offset; at < range.offset + range.bytes; at += 4) if (!inside.has(at)) return false;
  return true;
}
