import { expect, it } from 'vitest';
import { a64 } from '../../emulator/boards/a64-words.ts';
import { lockstep } from './machine-state.ts';
import { CODE_BASE, ENTRY } from './stream.ts';
import { EXECUTOR_NAMES } from './subjects.ts';
import { ALIAS_BITS, createWorld, plainWorld, type WorldProgram } from './world.ts';

/** AND X4, X5, #7 */
const AND_X4_X5_7 = 0x924008a4;
/** Words from the start to the end of its page. */
const TO_EDGE = (0x1000 - Number(ENTRY - CODE_BASE)) / 4;
/** How far into the second page the loop goes, and where the way by the alias stands there. */
const BEHIND = 4;
const DETOUR = TO_EDGE + 16;

/**
 * A loop that runs over the end of a page without a branch, and at times goes back to its start by an alias that displaces the second
 * page from the fetch TLB.
 */
function program(): WorldProgram {
  const code = Array<number>(TO_EDGE + BEHIND).fill(a64.add(0, 0, 1));
  code.push(a64.add(5, 5, 1), AND_X4_X5_7, a64.cbnz(4, 2), a64.br(10));
  code.push(a64.b(-code.length));
  code.push(...Array<number>(DETOUR - code.length).fill(a64.add(1, 1, 1)), a64.br(11));
  const alias = 1n << BigInt(ALIAS_BITS[1]);
  return plainWorld(code, { 10: (ENTRY + BigInt(4 * DETOUR)) ^ alias, 11: ENTRY });
}

it.each([7, 1000, 1_000_000])(
  'compiled code that runs over the end of a page asks whether the next page is still in the fetch TLB: slices of %i',
  (slice) => {
    const worlds = EXECUTOR_NAMES.map((name) => createWorld(name, 1));
    for (const world of worlds) world.load(program());
    const instructions = 20_000;
    expect(lockstep(worlds, slice, instructions)).toEqual([]);
    const rounds = Math.floor(instructions / (8 * (TO_EDGE + BEHIND + 5)));
    for (const { counts, machine } of worlds) {
      // Two refills in eight rounds: the alias displaces the loop's second page, and back.
      expect(counts.snapshot(machine.instructions)['tlb.refill.fetch']).toBeGreaterThanOrEqual(2 * rounds);
    }
    if (slice >= 1000) expect(worlds.at(-1)!.counter.entries).toBeGreaterThan(20);
  },
);
