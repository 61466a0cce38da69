import { expect, it } from 'vitest';
import { liftA64 } from '../../arm64/lift/index.ts';
import { findRegion } from './graph.ts';
import { blocksOf, eachLoop } from './structure.ts';

const ADD_X0 = 0x91000400; // add x0, x0, #1
const branch = (words: number): number => (0x14000000 | (words & 0x3ffffff)) >>> 0;
const cbnz = (register: number, words: number): number => (0xb5000000 | ((words & 0x7ffff) << 5) | register) >>> 0;
const stretch = (last: number): number[] => [...Array<number>(9).fill(ADD_X0), last];

/** A loop of three stretches that is entered at each of them, so that all three are its heads. */
const LOOP = [
  cbnz(2, 3),
  cbnz(3, 12),
  branch(21),
  ...stretch(branch(1)),
  ...stretch(branch(1)),
  ...stretch(cbnz(1, -29)),
];

it('a look at the budget covers what runs until the next one, also where control passes a head without coming by the top', () => {
  const graph = findRegion([0], 0, {
    instruction: (pc) => (pc / 4 < LOOP.length ? liftA64(LOOP[pc / 4]!, pc, 0, 0) : undefined),
    follows: () => false,
    branches: () => {},
    joins: () => undefined,
  })!;
  eachLoop(graph.items, (loop) => {
    expect(loop.heads).toHaveLength(3);
    const places = [...loop.heads]
      .sort((a, b) => a - b)
      .map((head) => loop.body.findIndex((item) => blocksOf(item).has(head)));
    const isForward = places.map((place, i) => places[(i + 1) % 3]! > place);
    // At least one of the three edges leads forward: two stretches run between two looks, or all three.
    const longest = isForward.some((forward, i) => forward && isForward[(i + 1) % 3]) ? 30 : 20;
    expect(graph.checks.get(loop)).toBe(longest);
    for (const head of loop.heads) expect(graph.needs.get(head)).toBe(longest);
  });
});
