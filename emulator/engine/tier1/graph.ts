/**
 * Finds what a region is made of: from one hot instruction forward, over branches, direct calls and the places that calls return
 * to, as far as pages are known to be executable here, up to a limit.
 */
import type { Expr, LiftedInstruction, Statement } from '../../ir/ir.ts';

/** Instructions of a region at the most. */
export const MAX_REGION_INSTRUCTIONS = 1200;

/** A basic block of a region. Addresses are low halves, unsigned; all blocks share the high half. */
export interface RegionBlock {
  readonly number: number;
  readonly pc: number;
  readonly instructions: readonly LiftedInstruction[];
  /** Where control may enter from outside. */
  entry: boolean;
  /** Blocks that control reaches from here without leaving compiled code. */
  readonly successors: number[];
}

export interface RegionGraph {
  readonly pcHi: number;
  readonly blocks: readonly RegionBlock[];
  /** Block by pc. */
  readonly at: ReadonlyMap<number, RegionBlock>;
  readonly instructions: number;
}

/** Gives the lifted instruction at an address, or undefined where the page is not known to be executable or readable. */
export type InstructionSource = (pc: number) => LiftedInstruction | undefined;

const samePage = (a: number, b: number): boolean => a >>> 12 === b >>> 12;

/** Where a statement that ends a block may lead. */
function targetsOf(last: Statement): readonly bigint[] {
  if (last.kind === 'branch') return [last.taken, last.otherwise];
  return last.kind === 'goto' ? [last.target] : [];
}

/** True if the instruction leaves its successor's address in a register: a call, so control will come back. */
function isCall(instruction: LiftedInstruction, next: bigint): boolean {
  return instruction.statements.some((s) => s.kind === 'set' && isConstant(s.value, next));
}

const isConstant = (e: Expr, value: bigint): boolean => e.kind === 'imm' && BigInt.asUintN(64, e.value) === value;

/** True if tier 0 has to do this instruction. */
export function needsTier0(instruction: LiftedInstruction): boolean {
  return instruction.statements.some((s) => s.kind === 'system' || s.kind === 'storeExclusive');
}

/** Builds the graph from a hot instruction. Blocks are numbered by address; undefined if nothing can be compiled. */
export function findRegion(hotPc: number, pcHi: number, source: InstructionSource): RegionGraph | undefined {
  const seen = new Map<number, LiftedInstruction>();
  const leaders = new Set<number>([hotPc]);
  const entries = new Set<number>([hotPc]);
  const work = [hotPc];
  const high = BigInt(pcHi >>> 0) << 32n;
  const lead = (pc: number, entry: boolean): void => {
    if (entry) entries.add(pc);
    if (leaders.has(pc)) return;
    leaders.add(pc);
    work.push(pc);
  };
  while (work.length > 0 && seen.size < MAX_REGION_INSTRUCTIONS) {
    for (let pc = work.pop() as number; !seen.has(pc); ) {
      const instruction = source(pc);
      if (!instruction) break;
      seen.set(pc, instruction);
      const next = (pc + instruction.length) >>> 0;
      if (needsTier0(instruction)) {
        if (!instruction.ends) lead(next, true);
        break;
      }
      if (instruction.ends) {
        const last = instruction.statements[instruction.statements.length - 1];
        if (isCall(instruction, high + BigInt(next))) lead(next, true);
        for (const target of targetsOf(last)) {
          if (BigInt.asUintN(64, target) >> 32n !== high >> 32n) continue;
          const lo = Number(BigInt.asUintN(32, target));
          lead(lo, !samePage(pc, lo));
        }
        break;
      }
      if (!samePage(pc, next)) {
        lead(next, true);
        break;
      }
      pc = next;
    }
  }
  return cut(seen, leaders, entries, pcHi);
}

/** Cuts the instructions found into blocks at the leaders, and links them. */
function cut(
  seen: ReadonlyMap<number, LiftedInstruction>,
  leaders: ReadonlySet<number>,
  entries: ReadonlySet<number>,
  pcHi: number,
): RegionGraph | undefined {
  const starts = [...leaders]
    .filter((pc) => seen.has(pc) && !needsTier0(seen.get(pc) as LiftedInstruction))
    .sort((a, b) => a - b);
  if (starts.length === 0) return undefined;
  const at = new Map<number, RegionBlock>();
  const blocks: RegionBlock[] = [];
  let total = 0;
  for (const start of starts) {
    const instructions: LiftedInstruction[] = [];
    for (let pc = start; ; ) {
      const instruction = seen.get(pc);
      if (!instruction || needsTier0(instruction)) break;
      instructions.push(instruction);
      const next = (pc + instruction.length) >>> 0;
      if (instruction.ends || leaders.has(next) || !samePage(pc, next)) break;
      pc = next;
    }
    const block = {
      number: blocks.length,
      pc: start,
      instructions,
      entry: entries.has(start),
      successors: [] as number[],
    };
    total += instructions.length;
    blocks.push(block);
    at.set(start, block);
  }
  for (const block of blocks) {
    for (const target of localTargets(block)) {
      const to = at.get(target);
      if (to && !block.successors.includes(to.number)) block.successors.push(to.number);
    }
  }
  return { pcHi, blocks, at, instructions: total };
}

/** Address behind a block's last instruction. */
export const endOf = (block: RegionBlock): number =>
  block.instructions.reduce((pc, instruction) => pc + instruction.length, block.pc) >>> 0;

/** Targets on the block's own page, which may be reached without a look-up. */
function localTargets(block: RegionBlock): number[] {
  const lastInstruction = block.instructions[block.instructions.length - 1];
  const end = endOf(block);
  if (!lastInstruction.ends) return samePage(block.pc, end) ? [end] : [];
  const last = lastInstruction.statements[lastInstruction.statements.length - 1];
  return targetsOf(last)
    .map((target) => Number(BigInt.asUintN(32, target)))
    .filter((target) => samePage(block.pc, target));
}
