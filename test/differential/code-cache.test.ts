import { expect, it } from 'vitest';
import { a64 } from '../../emulator/boards/a64-words.ts';
import { lockstep } from './machine-state.ts';
import { EAGER } from './subjects.ts';
import { createWorld, plainWorld, type WorldProgram } from './world.ts';

const FUNCTIONS = 24;
const BODY = 60;
const ROUNDS = 40;
/** Fewer instructions than the program has: a third of it at a time. */
const ROOM = 500;

/** Loops one after another, each hot for a while, over and over. */
function program(): WorldProgram {
  const code: number[] = [];
  for (let i = 0; i < FUNCTIONS; i++) {
    const body = Array.from({ length: BODY }, (_, k) => a64.add((i + k) % 4, (i + k + 1) % 4, (7 * i + k) % 4096));
    code.push(a64.movz(5, ROUNDS), ...body, 0xd10004a5, a64.cbnz(5, -(BODY + 1)));
  }
  code.push(a64.b(-code.length));
  return plainWorld(code);
}

it.each([1000, 1_000_000])(
  'a program with more hot code than there is room for goes on rightly, and the compiled code stays within its room: slices of %i',
  (slice) => {
    const tier0 = createWorld('tier 0', 1);
    const tier1 = createWorld('tier 1', 1, { ...EAGER, room: ROOM });
    for (const world of [tier0, tier1]) world.load(program());
    for (let i = 0; i < 3; i++) {
      expect(lockstep([tier0, tier1], slice, 150_000)).toEqual([]);
      expect(tier1.machine.regions!.held).toBeLessThanOrEqual(ROOM);
    }
    // Whoever was dropped is compiled again when it is hot again.
    expect(tier1.machine.regions!.instructions).toBeGreaterThan(2 * ROOM);
    expect(tier1.counter.entries).toBeGreaterThan(20);
  },
);
