/**
 * What tier 0 knows about the code around a hot place: which instructions have run, what leads to a block and where it leads. A
 * region is made of that, so code that never ran costs nothing.
 */
import type { LiftedInstruction } from '../../ir/ir.ts';
import type { PhysicalMemory } from '../../memory/physical.ts';
import { EntryFlag, type TlbBank } from '../../memory/tlb.ts';
import type { Block, CodePage, CodeStore, Lift } from '../code-store.ts';
import { nearFlowOf } from '../flow.ts';
import { MAX_BLOCK_INSTRUCTIONS } from '../tier0/records.ts';
import { needsTier0 } from './graph.ts';

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

/** Instructions that are looked at backward, of a callee that is taken in unasked, of a detour. */
const MOST_BEHIND = 800;
const SMALL_CALLEE = 48;
const LONGEST_DETOUR = 16;

interface View {
  /** Page number of the virtual address's low half. */
  readonly number: number;
  /** Linear-memory offset of the page, or -1 where the context has no fetch translation of it. */
  readonly offset: number;
  readonly page: CodePage | undefined;
}

/** The code that a context sees. Addresses are low halves, unsigned. */
export class Neighbourhood {
  private readonly sample: Sample;
  private readonly code: CodeStore;
  private readonly phys: PhysicalMemory;
  private readonly isWarm: (offset: number) => boolean;
  private readonly views = new Map<number, View>();
  /** The view that was asked for last: most questions are about the same page as the one before. */
  private recent: View = { number: -1, offset: -1, page: undefined };
  private readonly adopted = new Set<number>();

  /** @param isWarm whether time was spent near an instruction */
  constructor(sample: Sample, code: CodeStore, phys: PhysicalMemory, isWarm: (offset: number) => boolean) {
    this.sample = sample;
    this.code = code;
    this.phys = phys;
    this.isWarm = isWarm;
  }

  /** Linear-memory offset of an instruction, or -1. */
  offsetOf(pc: number): number {
    const { offset } = this.view(pc);
    return offset < 0 ? -1 : offset + (pc & 0xfff);
  }

  /** The translated code of the instruction's page. */
  pageOf(pc: number): CodePage | undefined {
    return this.view(pc).page;
  }

  /** The instruction at an address, lifted, if tier 0 has translated it or it is part of a detour. */
  instruction(pc: number): LiftedInstruction | undefined {
    return this.hasRun(pc) || this.adopted.has(pc) ? this.read(pc) : undefined;
  }

  /** Whether an instruction is part of a compiled function. */
  isCompiled(pc: number): boolean {
    const { page } = this.view(pc);
    return page !== undefined && page.compiled[(pc & 0xfff) >> 2] !== 0;
  }

  private hasRun(pc: number): boolean {
    const { page } = this.view(pc);
    return page !== undefined && page.covered[(pc & 0xfff) >> 2] !== 0;
  }

  private read(pc: number): LiftedInstruction | undefined {
    const { offset } = this.view(pc);
    const { lift, mode, pcHi } = this.sample;
    return offset < 0 ? undefined : lift(this.phys.words[(offset + (pc & 0xfff)) >> 2] >>> 0, pc | 0, pcHi, mode);
  }

  /**
   * Looks where a branch that has only gone the other way so far would lead: a few instructions that come back to code that has run
   * are worth having, for control that leaves a region in the middle comes back only at an entry.
   */
  adoptDetour(pc: number): void {
    if (this.hasRun(pc) || this.adopted.has(pc)) return;
    const found = new Set<number>();
    if (!this.leadsBack(pc, found)) return;
    for (const at of found) this.adopted.add(at);
  }

  private leadsBack(from: number, found: Set<number>): boolean {
    for (let pc = from; !this.hasRun(pc) && !found.has(pc); ) {
      const instruction = found.size < LONGEST_DETOUR ? this.read(pc) : undefined;
      if (!instruction || needsTier0(instruction)) return false;
      found.add(pc);
      const next = (pc + instruction.length) >>> 0;
      if (!instruction.ends) {
        pc = next;
        continue;
      }
      const { link, targets, isBranch } = nearFlowOf(instruction, pc, this.sample.pcHi);
      if (link >= 0 || targets.length < (isBranch ? 2 : 1)) return false;
      return targets.every((target) => this.leadsBack(target, found));
    }
    return true;
  }

  /** True if a callee is worth being taken into its caller's region: time is spent there, or it is small. */
  follows(pc: number): boolean {
    const offset = this.offsetOf(pc);
    if (offset < 0) return false;
    if (this.isWarm(offset)) return true;
    const seen = new Set<Block>();
    const work = this.startingAt(pc);
    let size = 0;
    for (const block of work) {
      if (seen.has(block)) continue;
      seen.add(block);
      size += (block.end - block.pc) >>> 2;
      if (size > SMALL_CALLEE) return false;
      for (const target of block.isCall ? [block.end] : block.targets) work.push(...this.startingAt(target));
    }
    return size > 0;
  }

  /**
   * Where to begin: the block around the sample, and what leads there: its function, and its callers if they are warm.
   * @param stops whether the region must not reach the block at an address
   */
  seeds(stops: (pc: number) => boolean): number[] {
    const seen = new Set<number>();
    const work = this.around(this.sample.pcLo >>> 0);
    let size = 0;
    for (const block of work) {
      if (seen.has(block.pc) || stops(block.pc)) continue;
      seen.add(block.pc);
      size += (block.end - block.pc) >>> 2;
      if (size > MOST_BEHIND) break;
      work.push(...this.before(block));
    }
    if (seen.size === 0) return [this.sample.pcLo >>> 0];
    for (const pc of this.orphans([...seen])) if (!stops(pc)) seen.add(pc);
    // Tier 0 may begin a block anywhere: what lies within another one is no place to cut.
    return [...seen].filter((at) => !this.containing(at).some((block) => seen.has(block.pc)));
  }

  /** What no known edge leads to among the blocks found: where jumps through registers go, if there are any. */
  private orphans(found: readonly number[]): number[] {
    const blocks = found.flatMap((pc) => this.startingAt(pc));
    if (!blocks.some((b) => b.isIndirect)) return [];
    const low = Math.min(...found);
    const high = Math.max(...blocks.map((b) => b.end));
    const orphans: number[] = [];
    for (let page = low >>> 12; page <= high >>> 12; page++) {
      for (const block of this.view((page << 12) >>> 0).page?.blocks ?? []) {
        if (block && block.pc >= low && block.pc < high && this.before(block).length === 0) orphans.push(block.pc);
      }
    }
    return orphans;
  }

  /** Blocks that lead to one: those that call it only if they are warm, or the only ones. */
  private before(block: Block): Block[] {
    const { pc } = block;
    const known = this.code.waysTo(pc).flatMap((from) => this.startingAt(from >>> 0));
    const leadsHere = known.filter((other) => other.targets.includes(pc) || (other.isCall && other.end === pc));
    const all = [...leadsHere, ...this.containing(pc)];
    const isCaller = (other: Block): boolean => other.isCall && other.end !== pc;
    const isOnly = all.filter(isCaller).length === 1;
    return all.filter((other) => !isCaller(other) || isOnly || this.isWarm(this.offsetOf(other.pc)));
  }

  private around(pc: number): Block[] {
    const containing = this.containing(pc);
    return containing.length > 0 ? containing : this.startingAt(pc);
  }

  private startingAt(pc: number): Block[] {
    const block = this.view(pc).page?.blocks[(pc & 0xfff) >> 2];
    return block ? [block] : [];
  }

  /** Blocks that an instruction stands in the middle of. */
  private containing(pc: number): Block[] {
    const { page } = this.view(pc);
    const word = (pc & 0xfff) >> 2;
    const found: Block[] = [];
    if (page?.covered[word - 1] !== 1) return found;
    const { blocks } = page;
    for (let at = Math.max(word - MAX_BLOCK_INSTRUCTIONS + 1, 0); at < word; at++) {
      const block = blocks[at];
      if (block && pc < block.end) found.push(block);
    }
    return found;
  }

  private view(pc: number): View {
    const number = pc >>> 12;
    if (this.recent.number === number) return this.recent;
    this.recent = this.views.get(number) ?? this.look(pc, number);
    return this.recent;
  }

  private look(pc: number, number: number): View {
    const { bank, pcHi, mode, offset: sampled, pcLo } = this.sample;
    let offset = sampled & ~0xfff;
    if (number !== (pcLo >>> 0) >>> 12) {
      const { fetch } = bank;
      const entry = fetch.lookup(pc | 0, pcHi);
      const secure = entry >= 0 && (fetch.flags[entry] & EntryFlag.secure) !== 0;
      offset = entry < 0 ? -1 : this.phys.ramFor(fetch.page[entry] * 4096, false, { secure, cpu: 0 });
    }
    const page = offset < 0 ? undefined : this.code.pageOf(offset, pc | 0, pcHi, mode);
    const view: View = { number, offset, page };
    this.views.set(number, view);
    return view;
  }
}
