/**
 * Finds what a region is made of: from the seeds forward, over branches, direct calls and the places that calls return to, as
 * far as the source of instructions goes, up to a limit; and how control may pass between its blocks.
 */
import type { LiftedInstruction } from '../../ir/ir.ts';
import { type Flow, flowOf } from '../flow.ts';
import { blocksOf, eachLoop, type Item, type Loop, structure } from './structure.ts';

/** Instructions of a region at the most. */
export const MAX_REGION_INSTRUCTIONS = 1200;
/** Places that a return is compared with at the most. */
const MAX_RETURNS = 4;

/** A basic block of a region. Addresses are low halves, unsigned; all blocks share the high half. */
export interface RegionBlock {
  readonly number: number;
  readonly pc: number;
  readonly instructions: readonly LiftedInstruction[];
  /** Where control may enter from outside. */
  entry: boolean;
  /** Blocks that control reaches from here without leaving compiled code. */
  readonly successors: number[];
  /** The block ends in a jump that may lead to these blocks: behind the calls that it returns from. */
  readonly returns: number[];
}

export interface RegionGraph {
  readonly pcHi: number;
  readonly blocks: readonly RegionBlock[];
  /** Block by pc. */
  readonly at: ReadonlyMap<number, RegionBlock>;
  /** The blocks as lists and loops. */
  readonly items: readonly Item[];
  /** Instructions that may start between the top of a loop and the next look at the budget. */
  readonly checks: ReadonlyMap<Loop, number>;
  /** The same from an entry on, by block. */
  readonly needs: ReadonlyMap<number, number>;
  readonly instructions: number;
}

/** What a region may be made of. */
export interface CodeSource {
  /** The lifted instruction at an address, or undefined where the region ends. */
  instruction(pc: number): LiftedInstruction | undefined;
  /** Whether what a direct call leads to becomes part of the region. */
  follows(pc: number): boolean;
  /** A branch may lead to an address: now is the time to see whether it is worth following although it never ran. */
  branches(pc: number): void;
  /** Places that belong to the region because of the last instruction that was asked for. */
  joins(): readonly number[];
}

const samePage = (a: number, b: number): boolean => a >>> 12 === b >>> 12;

/** True if tier 0 has to do this instruction. */
export function needsTier0(instruction: LiftedInstruction): boolean {
  return instruction.statements.some((s) => s.kind === 'system' || s.kind === 'switch' || s.kind === 'storeExclusive');
}

/** Builds the graph. Blocks are numbered by address; undefined if nothing can be compiled. */
export function findRegion(seeds: readonly number[], pcHi: number, source: CodeSource): RegionGraph | undefined {
  const seen = new Map<number, LiftedInstruction>();
  const leaders = new Set<number>(seeds);
  const entries = new Set<number>();
  const work = [...seeds];
  const high = BigInt(pcHi >>> 0) << 32n;
  const lead = (pc: number): void => {
    if (leaders.has(pc)) return;
    leaders.add(pc);
    work.push(pc);
  };
  for (let i = 0; i < work.length && seen.size < MAX_REGION_INSTRUCTIONS; i++) {
    for (let pc = work[i]; !seen.has(pc); ) {
      const instruction = source.instruction(pc);
      for (const joined of source.joins()) lead(joined);
      if (!instruction) break;
      seen.set(pc, instruction);
      const next = (pc + instruction.length) >>> 0;
      if (needsTier0(instruction)) {
        if (!instruction.ends) {
          lead(next);
          entries.add(next);
        }
        break;
      }
      if (instruction.ends || !samePage(pc, next)) {
        const flow = flowOf(instruction, high + BigInt(next));
        if (flow.link >= 0) {
          lead(next);
          entries.add(next);
        }
        for (const target of flow.targets) {
          if (target >> 32n !== high >> 32n) continue;
          const lo = Number(BigInt.asUintN(32, target));
          if (flow.link >= 0) {
            if (!source.follows(lo)) continue;
            entries.add(lo);
          } else if (flow.targets.length > 1) source.branches(lo);
          lead(lo);
        }
        break;
      }
      pc = next;
    }
  }
  const { blocks, at, instructions } = cut(seen, leaders, entries);
  if (blocks.length === 0) return undefined;
  const reached = link(blocks, at, high);
  for (const block of blocks) if (!reached.has(block.number)) block.entry = true;
  return { pcHi, blocks, at, instructions, ...arrange(blocks) };
}

/** Cuts the instructions found into blocks at the leaders. */
function cut(
  seen: ReadonlyMap<number, LiftedInstruction>,
  leaders: ReadonlySet<number>,
  entries: ReadonlySet<number>,
): { blocks: RegionBlock[]; at: Map<number, RegionBlock>; instructions: number } {
  const starts = [...leaders]
    .filter((pc) => seen.has(pc) && !needsTier0(seen.get(pc) as LiftedInstruction))
    .sort((a, b) => a - b);
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
    const number = blocks.length;
    const block = { number, pc: start, instructions, entry: entries.has(start), successors: [], returns: [] };
    total += instructions.length;
    blocks.push(block);
    at.set(start, block);
  }
  return { blocks, at, instructions: total };
}

/** Draws the edges; returns the blocks that one leads to. */
function link(blocks: readonly RegionBlock[], at: ReadonlyMap<number, RegionBlock>, high: bigint): Set<number> {
  const flows = blocks.map((b): Flow => flowOf(b.instructions[b.instructions.length - 1], high + BigInt(endOf(b))));
  const inside = (target: bigint): RegionBlock | undefined =>
    target >> 32n === high >> 32n ? at.get(Number(BigInt.asUintN(32, target))) : undefined;
  const behind = (b: RegionBlock): RegionBlock | undefined => at.get(endOf(b));
  const reached = new Set<number>();
  const draw = (from: RegionBlock, to: RegionBlock | undefined): void => {
    if (!to) return;
    reached.add(to.number);
    if (!from.successors.includes(to.number)) from.successors.push(to.number);
  };
  const calls = new Map<RegionBlock, RegionBlock[]>();
  for (const block of blocks) {
    const flow = flows[block.number];
    for (const target of flow.targets) {
      const to = inside(target);
      draw(block, to);
      if (to && flow.link >= 0) calls.set(to, [...(calls.get(to) ?? []), block]);
    }
  }
  for (const [callee, callers] of calls) {
    const body = new Set([callee]);
    for (const block of body) {
      const flow = flows[block.number];
      const next = flow.link >= 0 ? [behind(block)] : flow.targets.map(inside);
      for (const to of next) if (to) body.add(to);
    }
    const links = new Set(callers.map((b) => flows[b.number].link));
    for (const block of body) {
      const flow = flows[block.number];
      if (flow.link >= 0 || !links.has(flow.through)) continue;
      for (const caller of callers) {
        const to = behind(caller);
        if (!to || block.returns.includes(to.number) || block.returns.length >= MAX_RETURNS) continue;
        block.returns.push(to.number);
        draw(block, to);
      }
    }
  }
  return reached;
}

/** Makes loops of the edges, their heads entries too, and counts how far apart the looks at the budget are. */
function arrange(blocks: readonly RegionBlock[]): Pick<RegionGraph, 'items' | 'checks' | 'needs'> {
  const successors = blocks.map((b) => b.successors);
  const heads = new Set<number>();
  const entered = (): Set<number> => new Set(blocks.filter((b) => b.entry).map((b) => b.number));
  eachLoop(structure(successors, entered()), (loop) => {
    for (const head of loop.heads) heads.add(head);
  });
  for (const head of heads) blocks[head].entry = true;
  const items = structure(successors, entered());
  heads.clear();
  eachLoop(items, (loop) => {
    for (const head of loop.heads) heads.add(head);
  });
  const paths = longestPaths(blocks, heads, pastTheTop(blocks, items));
  const checks = new Map<Loop, number>();
  const needs = new Map<number, number>();
  for (const block of blocks) if (block.entry) needs.set(block.number, paths[block.number]);
  eachLoop(items, (loop) => {
    const check = Math.max(...loop.heads.map((head) => paths[head]));
    checks.set(loop, check);
    // Whoever enters comes by the tops of the loops around.
    for (const b of loop.blocks) if (needs.has(b)) needs.set(b, Math.max(needs.get(b) as number, check));
  });
  return { items, checks, needs };
}

/** By block, the heads of loops around it to which it leads forward within the loop: such an edge does not come by the loop's top. */
function pastTheTop(blocks: readonly RegionBlock[], items: readonly Item[]): ReadonlyMap<number, ReadonlySet<number>> {
  const edges = new Map<number, Set<number>>();
  eachLoop(items, (loop) => {
    const place = new Map<number, number>();
    for (const [i, item] of loop.body.entries()) for (const b of blocksOf(item)) place.set(b, i);
    for (const from of loop.blocks) {
      for (const to of blocks[from].successors) {
        if (!loop.heads.includes(to) || (place.get(from) as number) >= (place.get(to) as number)) continue;
        edges.set(from, (edges.get(from) ?? new Set()).add(to));
      }
    }
  });
  return edges;
}

/** Instructions from each block on, at the most, until the top of a loop is reached or the region is left. */
function longestPaths(
  blocks: readonly RegionBlock[],
  heads: ReadonlySet<number>,
  past: ReadonlyMap<number, ReadonlySet<number>>,
): number[] {
  const paths = new Array<number>(blocks.length).fill(-1);
  for (const root of blocks) {
    const stack = [root.number];
    while (stack.length > 0) {
      const at = stack[stack.length - 1];
      const after = blocks[at].successors.filter((s) => !heads.has(s) || past.get(at)?.has(s));
      const open = after.filter((s) => paths[s] < 0);
      if (paths[at] < 0 && open.length > 0) stack.push(...open);
      else {
        paths[at] = blocks[at].instructions.length + Math.max(0, ...after.map((s) => paths[s]));
        stack.pop();
      }
    }
  }
  return paths;
}

/** Address behind a block's last instruction. */
export const endOf = (block: RegionBlock): number =>
  block.instructions.reduce((pc, instruction) => pc + instruction.length, block.pc) >>> 0;
