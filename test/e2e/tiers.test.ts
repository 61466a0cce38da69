import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createVirt, type VirtBoard } from '../../emulator/boards/virt.ts';
import { fingerprint } from '../support/fingerprint.ts';

const IMAGE = new Uint8Array(readFileSync('dist/firmware/conformance-arm64.bin'));
const boot = (tier1: boolean): VirtBoard => createVirt({ images: { bios: IMAGE }, tier1 });

/** Runs in slices of one length; what may not differ at each of the checkpoints. */
function prints(board: VirtBoard, slice: number, checkpoint: number, count: number): string[] {
  const seen: string[] = [];
  for (let i = 0; i < count; i++) {
    for (let done = 0; done < checkpoint; done += slice)
      board.machine.run({ maxInstructions: Math.min(slice, checkpoint - done) });
    seen.push(fingerprint(board, 0));
  }
  return seen;
}

describe('the conformance image is in the same state at every checkpoint', () => {
  it('in tier 0 for slices of 1, 7 and 1000 instructions as in one', () => {
    const expected = prints(boot(false), 1_000_000, 20_000, 3);
    for (const slice of [1, 7, 1000]) expect(prints(boot(false), slice, 20_000, 3)).toEqual(expected);
  });

  it('in tier 1 as in tier 0, for slices of 1000 and 1,000,000 instructions', () => {
    const expected = prints(boot(false), 1_000_000, 700_000, 3);
    for (const slice of [1000, 1_000_000]) expect(prints(boot(true), slice, 700_000, 3)).toEqual(expected);
  });
});
