import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { linesOf } from '../../peers/driver.ts';
import { ours } from '../../peers/ours.ts';
import { acceptedLines, differences, SETUPS } from './transcript.ts';

const IMAGE = new URL('../../dist/firmware/conformance-arm64.bin', import.meta.url);

/** The full image takes its time on a busy machine. */
const TIMEOUT = 300_000;

test.each(SETUPS)('our machine prints the accepted transcript of $name', { timeout: TIMEOUT }, async (setup) => {
  const image = readFileSync(IMAGE);
  const { cpus } = setup;
  const run = await ours.run({ board: 'virt', kind: 'bios', image, cpus, maxInstructions: 500e6, timeout: TIMEOUT });
  expect(differences(linesOf(run.serial[0]), acceptedLines(setup))).toEqual([]);
  expect(run).toMatchObject({ why: 'exit', exitCode: 0 });
});

test('whatever the order of the turns of two CPUs, the transcript is the same', { timeout: TIMEOUT }, async () => {
  const image = readFileSync(IMAGE);
  for (const seed of [1, 2, 3]) {
    const run = await ours.run({ board: 'virt', kind: 'bios', image, cpus: 2, seed, maxInstructions: 50e6 });
    expect(differences(linesOf(run.serial[0]), acceptedLines(SETUPS[1]))).toEqual([]);
  }
});
