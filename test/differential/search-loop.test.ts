import { expect, it } from 'vitest';
import { a64 } from '../../emulator/boards/a64-words.ts';
import { lockstep } from './machine-state.ts';
import { DATA_BASE } from './stream.ts';
import { EXECUTOR_NAMES } from './subjects.ts';
import { ALIAS_BITS, createWorld, type PageKind, plainWorld, type WorldProgram } from './world.ts';

/** LDRB, LDRH, LDR (W), LDR (X) of register 4 from [X0]. */
const LOADS = { 1: 0x39400004, 2: 0x79400004, 4: 0xb9400004, 8: 0xf9400004 } as const;
/** EOR X3, X4, X3, ROR #7 */
const FOLD = 0xcac31c83;
/** ADD X0, X0, X1; EOR X0, X0, X6; SUB X2, X2, #1 */
const STEP = [0x8b010000, 0xca060000, 0xd1000442] as const;
/** MOV X0, X10; EOR X6, X6, X11 */
const AGAIN = [0xaa0a03e0, 0xca0b00c6] as const;
/** Strides below 8192 from the first page on, AND X1, X1, #0x1fff; and below 16 over the end of a page that another kind of page follows. */
const STRIDES = {
  far: { mask: 0x92403021, start: DATA_BASE },
  near: { mask: 0x92400c21, start: DATA_BASE + 0x1fd8n },
} as const;
const PAGES: readonly PageKind[] = ['write', 'read', 'none', 'write', 'device', 'write', 'idle', 'read'];

/**
 * A loop whose only access is a load, over pages of all kinds; in each other round, each other load goes by an alias of the data, from
 * where linear memory is another distance away.
 */
function program(size: keyof typeof LOADS, stride: keyof typeof STRIDES): WorldProgram {
  const { mask, start } = STRIDES[stride];
  const loop = [LOADS[size], FOLD, ...STEP];
  const code = [a64.add(1, 1, 411), mask, ...AGAIN, a64.movz(2, 7), ...loop, a64.cbnz(2, -loop.length)];
  code.push(a64.b(-code.length));
  const world = plainWorld(code, { 10: start, 11: 1n << BigInt(ALIAS_BITS[0]) });
  return { ...world, pages: [...PAGES, ...PAGES] };
}

const CASES = ([1, 2, 4, 8] as const).flatMap((size) =>
  (['near', 'far'] as const).map((stride) => [size, stride] as const),
);

it.each(CASES)(
  'a search goes by the TLB entry of its last load only for an aligned load on the same page: %i bytes, %s',
  (size, stride) => {
    const worlds = EXECUTOR_NAMES.map((name) => createWorld(name, 1));
    for (const world of worlds) world.load(program(size, stride));
    expect(lockstep(worlds, 1000, 20_000)).toEqual([]);
    expect(worlds.at(-1)!.counter.entries).toBeGreaterThan(20);
  },
);
