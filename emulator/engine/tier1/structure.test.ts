import fc from 'fast-check';
import { expect, it } from 'vitest';
import { blocksOf, type Item, structure } from './structure.ts';

/** Every edge of the graph must be expressible: forward in a list, or back to the head of a loop around it. */
function checkEdges(
  items: readonly Item[],
  successors: readonly (readonly number[])[],
  around: ReadonlySet<number>,
): void {
  items.forEach((item, i) => {
    const here = blocksOf(item);
    const later = new Set(items.slice(i + 1).flatMap((x) => [...blocksOf(x)]));
    const own = item.kind === 'loop' ? new Set(item.heads) : new Set<number>();
    const reachable = new Set([...around, ...later]);
    for (const from of here) {
      for (const to of successors[from]) {
        if (here.has(to) && item.kind === 'loop') continue;
        if (item.kind === 'block' || !here.has(to)) expect(reachable.has(to) || !inside.has(to)).toBe(true);
      }
    }
    if (item.kind === 'loop') checkEdges(item.body, successors, new Set([...reachable, ...own]));
  });
}

let inside = new Set<number>();

it('every edge leads forward or to the head of a loop around it, for any graph and any entries', () => {
  fc.assert(
    fc.property(
      fc
        .integer({ min: 1, max: 12 })
        .chain((n) =>
          fc.tuple(
            fc.array(fc.array(fc.integer({ min: 0, max: n - 1 }), { maxLength: 3 }), { minLength: n, maxLength: n }),
            fc.array(fc.integer({ min: 0, max: n - 1 }), { minLength: 1, maxLength: 3 }),
          ),
        ),
      ([successors, entries]) => {
        inside = new Set(successors.keys());
        const items = structure(successors, new Set(entries));
        expect(items.flatMap((x) => [...blocksOf(x)]).sort((a, b) => a - b)).toEqual([...successors.keys()]);
        checkEdges(items, successors, new Set());
        for (const item of items) {
          if (item.kind === 'loop')
            for (const e of entries) if (item.blocks.has(e)) expect([...item.heads, ...item.sides]).toContain(e);
        }
      },
    ),
    { numRuns: 500 },
  );
});

it('an entry in the middle of an inner loop leaves that loop and the one around it their single heads', () => {
  // 0 -> outer head 1 -> inner head 2 -> 3 -> 2, 3 -> 4 -> 1, 4 -> 5; entries 0, 2 and 3
  const items = structure([[1], [2], [3], [2, 4], [1, 5], []], new Set([0, 2, 3]));
  const outer = items[1];
  if (outer.kind !== 'loop') throw new Error('no outer loop');
  expect([outer.heads, outer.sides]).toEqual([[1], [2, 3]]);
  const inner = outer.body.find((x) => x.kind === 'loop');
  expect(inner).toMatchObject({ heads: [2], sides: [3] });
});

it('a simple loop has one head, and its body holds the rest', () => {
  const items = structure([[1], [2, 3], [1], []], new Set([0]));
  expect(items.map((x) => (x.kind === 'loop' ? x.heads : x.block))).toEqual([0, [1], 3]);
});
