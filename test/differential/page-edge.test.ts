import { expect, it } from 'vitest';
import { a64 } from '../../emulator/boards/a64-words.ts';
import { lockstep } from './machine-state.ts';
import { CODE_BASE, ENTRY, REGISTER_COUNT } from './stream.ts';
import { EXECUTOR_NAMES } from './subjects.ts';
import { ALIAS_BITS, createWorld, type WorldProgram } from './world.ts';

const b = (words: number): number => (0x14000000 | (words & 0x3ffffff)) >>> 0;
const cbnz = (register: number, words: number): number => (0xb5000000 | ((words & 0x7ffff) << 5) | register) >>> 0;
const br = (register: number): number => (0xd61f0000 | (register << 5)) >>> 0;
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
  code.push(a64.add(5, 5, 1), AND_X4_X5_7, cbnz(4, 2), br(10));
  code.push(b(-code.length));
  code.push(...Array<number>(DETOUR - code.length).fill(a64.add(1, 1, 1)), br(11));
  const registers = new BigUint64Array(REGISTER_COUNT);
  registers[11] = ENTRY;
  registers[10] = (ENTRY + BigInt(4 * DETOUR)) ^ (1n << BigInt(ALIAS_BITS[1]));
  const pages = Array<'write'>(16).fill('write');
  return {
    seed: 1,
    code,
    registers: [registers],
    dataSeed: 1,
    pages,
    el: 1,
    hcr: 0n,
    sctlr: 0x00c50820n,
    period: 60_000,
  };
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
