/** Whole images that the oracle, tier 0 and tier 1 must carry out alike, for slices of several lengths. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createVirt, type VirtBoard } from '../../emulator/boards/virt.ts';
import { scenarioRom } from '../support/scenario-rom.ts';
import { type BoardSubject, boardSubject, resumedSubject } from './board-subject.ts';
import { lockstep } from './machine-state.ts';
import { EXECUTOR_NAMES } from './subjects.ts';

/** Length of a slice, and how many instructions are run in such slices. */
export type Slices = readonly (readonly [slice: number, instructions: number])[];

/** In slices shorter than this there is hardly room for compiled code: it has to leave before it begins. */
const ROOM = 1000;

function expectEqual(subjects: readonly BoardSubject[], slice: number, instructions: number): void {
  expect(lockstep(subjects, slice, instructions)).toEqual([]);
  const { counter } = subjects.at(-1)!;
  expect(counter.compiled).toBeGreaterThan(0);
  if (slice >= ROOM) expect(counter.entries).toBeGreaterThan(100);
}

/** A VMM, its two guests and both worlds, where the guests are at work and the VMM's attack is near. */
function atWork(cpus: number): VirtBoard {
  const { rom } = scenarioRom('arm64.vttbr.swap', { cpus });
  const board = createVirt({ images: { bios: rom }, cpus, seed: 3 });
  board.machine.run({ maxInstructions: 5_000_000 });
  return board;
}

/** Tests that every boundary of slices finds all executors in the same state. */
export function imageCases(conformance: Slices, tvmi: Slices): void {
  describe('at every boundary of slices, the oracle, tier 0 and tier 1 are in the same state', () => {
    const bios = new Uint8Array(readFileSync('dist/firmware/conformance-arm64.bin'));
    it.each(conformance)('on the conformance image: slices of %i, %i instructions', (slice, instructions) => {
      const subjects = EXECUTOR_NAMES.map((name) => boardSubject(name, { images: { bios } }));
      expectEqual(subjects, slice, instructions);
    });

    const moments = new Map<number, VirtBoard>();
    const rows = [1, 2].flatMap((cpus) => tvmi.map(([slice, count]) => [cpus, slice, count] as const));
    it.each(rows)('on a VMM under tvmi with %i CPUs: slices of %i, %i instructions', (cpus, slice, instructions) => {
      const moment = moments.get(cpus) ?? atWork(cpus);
      moments.set(cpus, moment);
      expectEqual(
        EXECUTOR_NAMES.map((name) => resumedSubject(name, moment)),
        slice,
        instructions,
      );
    });
  });
}
