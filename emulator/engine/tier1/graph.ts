/**
 * Finds what a region is made of: from the seeds forward, over branches, direct calls and the places that calls return to, as
 * far as the source of instructions goes, up to a limit; and how control may pass between its blocks.
 */
import type { LiftedInstruction } from '../../ir/ir.ts';
import { type NearFlow, nearFlowOf } from '../flow.ts';
import { blocksOf, eachLoop, type Item, type Loop, structure } from './structure.ts';

/** Instructions of a region at the most. */
export const MAX_REGION_INSTRUCTIONS = 1200;
/** Places that a return is compared with at the most. */
const MAX_RETURNS = 4;

/** A basic block of a region. Addresses are low halves, unsigned; all blocks share the high half. */
export interface RegionBlock {
  readonly number: number;
  readonly pc: number;
  /** Address behind the last instruction. */
  readonly end: number;
  readonly instructions: readonly LiftedInstruction[];
  /** Where control goes from the last instruction. */
  readonly flow: NearFlow;
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
  /** Places that belong to the region because of the last instruction that was asked for, if there are any. */
  joins(): readonly number[] | undefined;
}

const samePage = (a: number, b: number): boolean => a >>> 12 === b >>> 12;

/** True if tier 0 has to do this instruction. */
export function needsTier0({ statements }: LiftedInstruction): boolean {
  for (const { kind } of statements)
    if (kind === 'system' || kind === 'switch' || kind === 'storeExclusive') return true;
  return false;
}

/** An instruction that was found, and where control goes from it if that was asked. */
interface Found {
  readonly instruction: LiftedInstruction;
  flow: NearFlow | undefined;
}

/** Builds the graph. Blocks are numbered by address; undefined if nothing can be compiled. */
export function findRegion(seeds: readonly number[], pcHi: number, source: CodeSource): RegionGraph | undefined {
  const seen = new Map<number, Found>();
  const leaders = new Set<number>(seeds);
  const entries = new Set<number>();
  const work = [...seeds];
  const lead = (pc: number): void => {
    if (leaders.has(pc)) return;
    leaders.add(pc);
    work.push(pc);
  };
  for (let i = 0; i < work.length && seen.size < MAX_REGION_INSTRUCTIONS; i++) {
    for (let pc = work[i]; !seen.has(pc); ) {
      const instruction = source.instruction(pc);
      const joins = source.joins();
      if (joins) for (const joined of joins) lead(joined);
      if (!instruction) break;
      const next = (pc + instruction.length) >>> 0;
      if (needsTier0(instruction)) {
        if (!instruction.ends) {
          lead(next);
          entries.add(next);
        }
        break;
      }
      const found: Found = { instruction, flow: undefined };
      seen.set(pc, found);
      if (instruction.ends || !samePage(pc, next)) {
        const flow = nearFlowOf(instruction, pc, pcHi);
        found.flow = flow;
        const isCall = flow.link >= 0;
        if (isCall) {
          lead(next);
          entries.add(next);
        }
        for (const target of flow.targets) {
          if (isCall) {
            if (!source.follows(target)) continue;
            entries.add(target);
          } else if (flow.isBranch) source.branches(target);
          lead(target);
        }
        break;
      }
      pc = next;
    }
  }
  const { blocks, at, instructions } = cut(seen, leaders, entries, pcHi);
  if (blocks.length === 0) return undefined;
  const reached = link(blocks, at);
  for (const block of blocks) if (!reached.has(block.number)) block.entry = true;
  return { pcHi, blocks, at, instructions, ...arrange(blocks) };
}

/** Cuts the instructions found into blocks at the leaders. */
function cut(
  seen: ReadonlyMap<number, Found>,
  leaders: ReadonlySet<number>,
  entries: ReadonlySet<number>,
  pcHi: number,
): { blocks: RegionBlock[]; at: Map<number, RegionBlock>; instructions: number } {
  const starts = [...leaders].filter((pc) => seen.has(pc)).sort((a, b) => a - b);
  const at = new Map<number, RegionBlock>();
  const blocks: RegionBlock[] = [];
  let total = 0;
  for (const pc of starts) {
    const instructions: LiftedInstruction[] = [];
    let found = seen.get(pc) as Found;
    let last = pc;
    for (let here = pc; ; here = (here + found.instruction.length) >>> 0) {
      const other = seen.get(here);
      if (!other || (here !== pc && leaders.has(here)) || !samePage(pc, here)) break;
      found = other;
      last = here;
      instructions.push(found.instruction);
      if (found.instruction.ends) break;
    }
    const end = (last + found.instruction.length) >>> 0;
    const flow = found.flow ?? nearFlowOf(found.instruction, last, pcHi);
    const number = blocks.length;
    const block = { number, pc, end, instructions, flow, entry: entries.has(pc), successors: [], returns: [] };
    total += instructions.length;
    blocks.push(block);
    at.set(pc, block);
  }
  return { blocks, at, instructions: total };
}

/** Draws the edges; returns the blocks that one leads to. */
function link(blocks: readonly RegionBlock[], at: ReadonlyMap<number, RegionBlock>): Set<number> {
  const reached = new Set<number>();
  const draw = (from: RegionBlock, to: RegionBlock): void => {
    reached.add(to.number);
    if (!from.successors.includes(to.number)) from.successors.push(to.number);
  };
  const calls = new Map<RegionBlock, RegionBlock[]>();
  for (const block of blocks) {
    for (const target of block.flow.targets) {
      const to = at.get(target);
      if (!to) continue;
      draw(block, to);
      if (block.flow.link < 0) continue;
      const callers = calls.get(to);
      if (callers) callers.push(block);
      else calls.set(to, [block]);
    }
  }
  for (const [callee, callers] of calls) {
    const body = new Set([callee]);
    for (const { flow, end } of body) {
      for (const next of flow.link >= 0 ? [end] : flow.targets) {
        const to = at.get(next);
        if (to) body.add(to);
      }
    }
    const links = new Set(callers.map((b) => b.flow.link));
    for (const block of body) {
      if (block.flow.link >= 0 || !links.has(block.flow.through)) continue;
      for (const caller of callers) {
        const to = at.get(caller.end);
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
  const entered = (): Set<number> => new Set(blocks.filter((b) => b.entry).map((b) => b.number));
  let items = structure(successors, entered());
  let heads = headsOf(items);
  const others = [...heads].filter((head) => !blocks[head].entry);
  if (others.length > 0) {
    for (const head of others) blocks[head].entry = true;
    items = structure(successors, entered());
    heads = headsOf(items);
  }
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

function headsOf(items: readonly Item[]): Set<number> {
  const heads = new Set<number>();
  eachLoop(items, (loop) => {
    for (const head of loop.heads) heads.add(head);
  });
  return heads;
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
): Int32Array {
  const paths = new Int32Array(blocks.length).fill(-1);
  const stack: number[] = [];
  for (const root of blocks) {
    stack.push(root.number);
    while (stack.length > 0) {
      const at = stack[stack.length - 1];
      const height = stack.length;
      let longest = 0;
      if (paths[at] < 0) {
        for (const s of blocks[at].successors) {
          if (heads.has(s) && !past.get(at)?.has(s)) continue;
          if (paths[s] < 0) stack.push(s);
          else if (paths[s] > longest) longest = paths[s];
        }
        // What follows comes first.
        if (stack.length > height) continue;
        paths[at] = blocks[at].instructions.length + longest;
      }
      stack.pop();
    }
  }
  return paths;
}
