/**
 * What tier 0 knows about the code around a hot place: which instructions have run, what leads to a block and where it leads. A
 * region is made of that, so code that never ran costs nothing.
 */
import type { LiftedInstruction } from '../../ir/ir.ts';
import type { PhysicalMemory } from '../../memory/physical.ts';
import { EntryFlag, type TlbBank } from '../../memory/tlb.ts';
import type { CodePage, CodeStore, Lift } from '../code-store.ts';

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

/** Instructions that are looked at backward, and those of a callee that is small enough to be taken in unasked. */
const MOST_BEHIND = 800;
const SMALL_CALLEE = 48;

interface Block {
  readonly pc: number;
  readonly end: number;
  readonly targets: readonly number[];
  readonly isCall: boolean;
  readonly isIndirect: boolean;
}

interface View {
  /** Linear-memory offset of the page, or -1 where the context has no fetch translation of it. */
  readonly offset: number;
  readonly page: CodePage | undefined;
  blocks: Block[] | undefined;
}

/** The code that a context sees. Addresses are low halves, unsigned. */
export class Neighbourhood {
  private readonly sample: Sample;
  private readonly code: CodeStore;
  private readonly phys: PhysicalMemory;
  private readonly isWarm: (offset: number) => boolean;
  private readonly views = new Map<number, View>();

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

  /** The instruction at an address, lifted, if tier 0 has translated it. */
  instruction(pc: number): LiftedInstruction | undefined {
    const { offset, page } = this.view(pc);
    if (!page || page.covered[(pc & 0xfff) >> 2] === 0) return undefined;
    const { lift, mode, pcHi } = this.sample;
    return lift(this.phys.words[(offset + (pc & 0xfff)) >> 2] >>> 0, pc | 0, pcHi, mode);
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

  /** Where to begin: the block around the sample, and what leads there: its function, and its callers if they are warm. */
  seeds(): number[] {
    const pc = this.sample.pcLo >>> 0;
    const seen = new Set<number>();
    const work: Block[] = this.around(pc);
    let size = 0;
    for (const block of work) {
      if (seen.has(block.pc)) continue;
      seen.add(block.pc);
      size += (block.end - block.pc) >>> 2;
      if (size > MOST_BEHIND) break;
      work.push(...this.before(block));
    }
    const found = [...seen, ...this.orphans([...seen])];
    // Tier 0 may begin a block anywhere: what lies within another one is no place to cut.
    return found.filter((at) => !this.blocksOn(at).some((b) => b.pc < at && at < b.end));
  }

  /** What no known edge leads to among the blocks found: where jumps through registers go, if there are any. */
  private orphans(found: readonly number[]): number[] {
    const blocks = found.flatMap((pc) => this.startingAt(pc));
    if (!blocks.some((b) => b.isIndirect)) return [];
    const low = Math.min(...found);
    const high = Math.max(...blocks.map((b) => b.end));
    const orphans: number[] = [];
    for (let page = low >>> 12; page <= high >>> 12; page++) {
      for (const block of this.blocksOn(page << 12)) {
        if (block.pc >= low && block.pc < high && this.before(block).length === 0) orphans.push(block.pc);
      }
    }
    return orphans;
  }

  private before(block: Block): Block[] {
    const found: Block[] = [];
    for (const other of this.blocksOn(block.pc)) {
      const leads = other.targets.includes(block.pc);
      const returns = other.isCall && other.end === block.pc;
      const contains = other.pc < block.pc && block.pc < other.end;
      if (returns || contains || (leads && (!other.isCall || this.isWarm(this.offsetOf(other.pc))))) found.push(other);
    }
    for (const pc of this.code.waysTo(block.pc)) {
      for (const other of this.startingAt(pc)) {
        if (!other.targets.includes(block.pc)) continue;
        if (!other.isCall || this.isWarm(this.offsetOf(pc))) found.push(other);
      }
    }
    return found;
  }

  private around(pc: number): Block[] {
    const exact = this.startingAt(pc);
    return exact.length > 0 ? exact : this.blocksOn(pc).filter((b) => b.pc < pc && pc < b.end);
  }

  private startingAt(pc: number): Block[] {
    return this.blocksOn(pc).filter((b) => b.pc === pc);
  }

  private blocksOn(pc: number): Block[] {
    const view = this.view(pc);
    view.blocks ??= this.read(pc, view.page);
    return view.blocks;
  }

  private read(pc: number, page: CodePage | undefined): Block[] {
    if (!page) return [];
    const high = BigInt(this.sample.pcHi >>> 0);
    const base = (pc & ~0xfff) >>> 0;
    const blocks: Block[] = [];
    for (const [word, { count, flow }] of page.targets) {
      if (count === 0) continue;
      const start = base + word * 4;
      blocks.push({
        pc: start,
        end: (start + count * 4) >>> 0,
        targets: flow.targets.filter((t) => t >> 32n === high).map((t) => Number(BigInt.asUintN(32, t))),
        isCall: flow.link >= 0,
        isIndirect: flow.through >= 0 && flow.link < 0,
      });
    }
    return blocks;
  }

  private view(pc: number): View {
    const number = pc >>> 12;
    const known = this.views.get(number);
    if (known) return known;
    const { bank, pcHi, mode, offset: sampled, pcLo } = this.sample;
    let offset = sampled & ~0xfff;
    if (number !== (pcLo >>> 0) >>> 12) {
      const { fetch } = bank;
      const entry = fetch.lookup(pc | 0, pcHi);
      const secure = entry >= 0 && (fetch.flags[entry] & EntryFlag.secure) !== 0;
      offset = entry < 0 ? -1 : this.phys.ramFor(fetch.page[entry] * 4096, false, { secure, cpu: 0 });
    }
    const page = offset < 0 ? undefined : this.code.pageOf(offset, pc | 0, pcHi, mode);
    const view: View = { offset, page, blocks: undefined };
    this.views.set(number, view);
    return view;
  }
}
