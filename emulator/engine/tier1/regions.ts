/**
 * Tier 1: which code is hot, its compilation, and what becomes of compiled functions when their code changes. Nothing here is
 * visible to the guest: a region does exactly what tier 0 would do, so when and whether it is compiled only changes speed.
 */
import { HELPERS, type HelperName } from '../../ir/helpers.ts';
import type { LiftedInstruction } from '../../ir/ir.ts';
import type { PhysicalMemory } from '../../memory/physical.ts';
import { EntryFlag, type TlbBank } from '../../memory/tlb.ts';
import { ModuleWriter } from '../../wasm/module.ts';
import { ValueType } from '../../wasm/opcodes.ts';
import type { CodeStore, CompiledRegion, Lift } from '../code-store.ts';
import { REGION_TYPE, TABLE_SLOTS, type Tier0 } from '../tier0/interpreter.ts';
import { HANDLER_BY_KEY } from '../tier0/shapes.ts';
import { type Imports, regionBody } from './emit.ts';
import { endOf, findRegion, type RegionGraph } from './graph.ts';

const { i32, i64 } = ValueType;
const REGION_HANDLER = HANDLER_BY_KEY.get('region')!.number;

/** When code is compiled. */
export interface Tuning {
  /** Instructions between two looks at where a CPU is. */
  readonly interval: number;
  /** Samples in one stretch of code that make it hot. */
  readonly hot: number;
  /** Hot places that wait before a module is made of them: a module costs much the same whatever it holds. */
  readonly batch: number;
  /** Samples after which a smaller batch is compiled all the same. */
  readonly patience: number;
}

export const TUNING: Tuning = { interval: 16_384, hot: 2, batch: 4, patience: 4 };

/** How many times as often a compiled place must be found to be compiled again, with an entry there. */
const REENTRY = 4;

/** Bytes of a stretch. */
const STRETCH = 256;

/** A place where time was spent. */
export interface Sample {
  /** Linear-memory offset of the instruction. */
  readonly offset: number;
  readonly pcLo: number;
  readonly pcHi: number;
  readonly mode: number;
  /** The context it ran in. */
  readonly bank: TlbBank;
  readonly lift: Lift;
}

interface Candidate {
  readonly graph: RegionGraph;
  readonly sample: Sample;
  readonly offsetOf: (pc: number) => number;
  readonly slot: number;
}

export class Regions {
  private readonly code: CodeStore;
  private readonly tier0: Tier0;
  private readonly phys: PhysicalMemory;
  private readonly memory: WebAssembly.Memory;
  private readonly heat = new Map<number, number>();
  private readonly waiting: Sample[] = [];
  private patience = 0;
  private readonly free: number[] = [];
  private readonly live: CompiledRegion[] = [];
  readonly tuning: Tuning;
  /** Functions compiled since the start. */
  compiled = 0;

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
    for (let slot = TABLE_SLOTS - 1; slot > 0; slot--) this.free.push(slot);
    code.onRegionDropped = (region) => this.dropped(region);
  }

  /**
   * Notes where a CPU was found at the end of a stretch of instructions. Only at instruction boundaries.
   * @returns true if the place is compiled already, so that there is little to learn here
   */
  sample(sample: Sample): boolean {
    const covered = this.code.isCompiled(sample.offset);
    const key = Math.floor(sample.offset / STRETCH);
    const heat = (this.heat.get(key) ?? 0) + 1;
    this.heat.set(key, heat);
    // Compiled code is left where its budget ends, and tier 0 goes on until it meets an entry: a place that is found
    // again and again although it is compiled wants an entry of its own.
    if (heat >= (covered ? this.tuning.hot * REENTRY : this.tuning.hot)) {
      this.heat.delete(key);
      if (!this.waiting.some((w) => w.offset === sample.offset && w.pcLo === sample.pcLo)) this.waiting.push(sample);
    }
    if (this.waiting.length === 0) return covered;
    if (this.waiting.length < this.tuning.batch && ++this.patience < this.tuning.patience) return covered;
    this.patience = 0;
    this.compile(this.waiting.splice(0));
    return covered;
  }

  private compile(samples: readonly Sample[]): void {
    if (!this.code.arena.roomy) return;
    const candidates: Candidate[] = [];
    for (const sample of samples) {
      if (this.code.hasRegion(sample.offset, sample.pcLo, sample.pcHi, sample.mode)) continue;
      const candidate = this.find(sample);
      if (candidate) candidates.push(candidate);
    }
    if (candidates.length === 0) return;
    const functions = this.instantiate(candidates);
    for (const [i, candidate] of candidates.entries()) this.install(candidate, functions[i]);
  }

  private find(sample: Sample): Candidate | undefined {
    const offsetOf = this.pageFinder(sample);
    const words = this.phys.words;
    const source = (pc: number): LiftedInstruction | undefined => {
      const offset = offsetOf(pc);
      return offset < 0 ? undefined : sample.lift(words[offset >> 2] >>> 0, pc | 0, sample.pcHi, sample.mode);
    };
    const graph = findRegion(sample.pcLo >>> 0, sample.pcHi, source);
    if (!graph) return undefined;
    if (this.free.length === 0) this.code.dropRegion(this.live[0]);
    return { graph, sample, offsetOf, slot: this.free.pop() as number };
  }

  /** Linear-memory offset of an instruction, or -1 where the context has no fetch translation of its page. */
  private pageFinder(sample: Sample): (pc: number) => number {
    const pages = new Map<number, number>([[(sample.pcLo >>> 0) >>> 12, sample.offset & ~0xfff]]);
    const { fetch } = sample.bank;
    return (pc) => {
      const page = pc >>> 12;
      let offset = pages.get(page);
      if (offset === undefined) {
        const entry = fetch.lookup(pc | 0, sample.pcHi);
        const secure = entry >= 0 && (fetch.flags[entry] & EntryFlag.secure) !== 0;
        offset = entry < 0 ? -1 : this.phys.ramFor(fetch.page[entry] * 4096, false, { secure, cpu: 0 });
        pages.set(page, offset);
      }
      return offset < 0 ? -1 : offset + (pc & 0xfff);
    };
  }

  private instantiate(candidates: readonly Candidate[]): unknown[] {
    const m = new ModuleWriter();
    m.importMemory('e', 'm');
    const enterType = { parameters: [i32, i32], results: [i32] };
    const run = m.importFunction('t', 'run', enterType);
    const enter = m.importFunction('t', 'enter', enterType);
    const pack = m.importFunction('t', 'pack', { parameters: [i32, i64, i64, i32], results: [i32] });
    const helpers = new Map<HelperName, number>();
    for (const name of Object.keys(HELPERS) as HelperName[])
      helpers.set(name, m.importFunction('t', name, HELPERS[name].type));
    const imports: Imports = { run, enter, pack, helpers };
    candidates.forEach((candidate, i) => {
      m.exportFunction(`f${i}`, m.addFunction(REGION_TYPE, regionBody(candidate.graph, candidate.slot, imports)));
    });
    const module = new WebAssembly.Module(m.bytes());
    const instance = new WebAssembly.Instance(module, { e: { m: this.memory }, t: this.tier0.exports });
    return candidates.map((_, i) => instance.exports[`f${i}`]);
  }

  private install(candidate: Candidate, compiled: unknown): void {
    const { graph, sample, offsetOf, slot } = candidate;
    this.tier0.table.set(slot, compiled);
    const region: CompiledRegion = { slot, records: [], ranges: [] };
    for (const block of graph.blocks) {
      const offset = offsetOf(block.pc);
      region.ranges.push({ offset, bytes: (endOf(block) - block.pc) >>> 0 });
      if (!block.entry) continue;
      const record = this.code.block(offset, block.pc | 0, graph.pcHi, sample.mode, sample.lift);
      this.code.arena.setRegion(record, REGION_HANDLER, slot, block.number, graph.instructions);
      region.records.push(record);
    }
    this.code.addRegion(region);
    this.live.push(region);
    this.compiled++;
  }

  private dropped(region: CompiledRegion): void {
    const i = this.live.indexOf(region);
    if (i >= 0) this.live.splice(i, 1);
    this.tier0.table.set(region.slot, null);
    this.free.push(region.slot);
  }
}
