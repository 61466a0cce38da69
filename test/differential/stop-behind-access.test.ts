import { expect, it } from 'vitest';
import { a64 } from '../../emulator/boards/a64-words.ts';
import { lockstep } from './machine-state.ts';
import { DATA_BASE, ENTRY } from './stream.ts';
import { EXECUTOR_NAMES } from './subjects.ts';
import { createWorld, DEVICE, plainWorld } from './world.ts';

/** ADR X8, to the device: its address is a constant that translation knows. */
const offset = Number(DATA_BASE - ENTRY) + DEVICE + 0x48;
const ADR_X8 = (0x10000008 | ((offset & 3) << 29) | (((offset >> 2) & 0x7ffff) << 5)) >>> 0;
/** STP X2, X0, [X8], #-0x1c8; SUB X8, X8, #1 */
const STORE = 0xa8a38102;
const SUB_X8 = 0xd1000508;

it.each([1, 7, 1000, 1_000_000])(
  'where a device raises an interrupt, the CPU stops behind the store, writeback done, the next constant not: slices of %i',
  (slice) => {
    const worlds = EXECUTOR_NAMES.map((name) => createWorld(name, 1));
    const code = [ADR_X8, STORE, SUB_X8, a64.add(2, 2, 3), a64.b(-4)];
    for (const world of worlds) world.load(plainWorld(code, { 0: 5n, 2: 7n }));
    expect(lockstep(worlds, slice, 4_000)).toEqual([]);
    for (const { counts, machine } of worlds)
      expect(counts.snapshot(machine.instructions)['exception.irq.el1']).toBeGreaterThan(5);
  },
);
