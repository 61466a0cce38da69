/** Which kind of lazy flags stands at the beginning of each block of a region, where that is the same on all ways to it. */
import type { FlagKindName } from '../../ir/ir.ts';
import type { RegionBlock } from './graph.ts';

export type KnownKind = FlagKindName | 'packed' | 'unknown';

/** The kind that a block leaves behind, or undefined if it sets no flags. */
function kindAfter(block: RegionBlock): KnownKind | undefined {
  for (let i = block.instructions.length - 1; i >= 0; i--) {
    const { statements } = block.instructions[i];
    for (let k = statements.length - 1; k >= 0; k--) {
      const s = statements[k];
      if (s.kind === 'flags') return s.flags;
      if (s.kind === 'setFlags') return 'packed';
    }
  }
  return undefined;
}

/** @returns by block number; whoever enters from outside may bring any kind */
export function flagKinds(blocks: readonly RegionBlock[]): KnownKind[] {
  const before = blocks.map((b): KnownKind | undefined => (b.entry ? 'unknown' : undefined));
  const own = blocks.map(kindAfter);
  const work = blocks.map((b) => b.number);
  for (const number of work) {
    const after = own[number] ?? before[number];
    if (after === undefined) continue;
    for (const to of blocks[number].successors) {
      const old = before[to];
      const met = old === undefined || old === after ? after : 'unknown';
      if (met === old) continue;
      before[to] = met;
      work.push(to);
    }
  }
  return before.map((kind) => kind ?? 'unknown');
}
