/** Which kind of lazy flags stands at the beginning of each block of a region, where that is the same on all ways to it. */
import type { FlagKindName } from '../../ir/ir.ts';
import type { RegionBlock } from './graph.ts';

export type KnownKind = FlagKindName | 'packed' | 'unknown';

/** The kind that a block leaves behind, or undefined if it sets no flags. */
function kindAfter(block: RegionBlock): KnownKind | undefined {
  let kind: KnownKind | undefined;
  for (const { statements } of block.instructions) {
    for (const s of statements) {
      if (s.kind === 'flags') kind = s.flags;
      else if (s.kind === 'setFlags') kind = 'packed';
    }
  }
  return kind;
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
