import { describe, expect, it } from 'vitest';
import { a64 } from '../../emulator/boards/a64-words.ts';
import { lockstep } from './machine-state.ts';
import { EXECUTOR_NAMES } from './subjects.ts';
import { createWorld, moveRegister, plainWorld, type WorldProgram } from './world.ts';

const adr = (register: number, words: number): number => (0x10000000 | ((words & 0x7ffff) << 5) | register) >>> 0;
/** EOR W3, W3, #(1 << 10): turns over bit 0 of an ADD's immediate. */
const FLIP = 0x52160063;
const SUB_X5 = 0xd10004a5;
const DSB = 0xd5033b9f;
const ISB = 0xd5033fdf;

/**
 * A hot loop of a few rounds; behind it, once in a while, an instruction in the loop's middle becomes another one. What was compiled
 * from the loop is hot by then, and entered again at its top, which did not change.
 */
function program(clean: readonly number[]): WorldProgram {
  const loop = [
    ...Array<number>(6).fill(a64.add(0, 0, 1)), // 1
    a64.cbnz(6, 2), // 7: the changing instruction stands in a block of its own
    a64.add(7, 7, 1),
    a64.add(0, 0, 2), // 9: becomes add x0, x0, #3, and back
    ...Array<number>(4).fill(a64.add(1, 1, 1)),
    SUB_X5,
    a64.cbnz(5, -14),
  ];
  const change = [adr(2, 9 - 18), a64.ldr(3, 2), FLIP, a64.str(3, 2), ...clean];
  const head = [a64.movz(5, 60)];
  const tail = [moveRegister('mrs', 'CNTVCT_EL0', 4), 0x92400884]; // and x4, x4, #7
  const code = [...head, ...loop, ...tail];
  const back = code.length + 1 + change.length;
  code.push(a64.cbnz(4, change.length + 1), ...change.map((w) => w >>> 0), a64.b(-back));
  return plainWorld(code, { 6: 1n });
}

describe('compiled code whose middle is written over runs as what it has become', () => {
  const worlds = EXECUTOR_NAMES.map((name) => createWorld(name, 1));
  const [, , tier1] = worlds;
  it.each([
    [1, 4_000],
    [7, 40_000],
    [1000, 100_000],
    [1_000_000, 200_000],
  ])('in slices of %i', (slice, instructions) => {
    for (const clean of [[], [0xd50b7b22, DSB, 0xd50b7522, DSB, ISB]]) {
      for (const world of worlds) world.load(program(clean));
      const before = [tier1!.counter.entries, tier1!.codeWrites()];
      expect(lockstep(worlds, slice, instructions)).toEqual([]);
      if (slice >= 1000) {
        expect(tier1!.counter.entries - before[0]!).toBeGreaterThan(20);
        expect(tier1!.codeWrites() - before[1]!).toBeGreaterThan(5);
      }
    }
  });
});
