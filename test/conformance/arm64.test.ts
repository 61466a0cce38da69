import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { linesOf } from '../../peers/driver.ts';
import { ours } from '../../peers/ours.ts';
import { acceptedLines, differences } from './transcript.ts';

const IMAGE = new URL('../../dist/firmware/conformance-arm64.bin', import.meta.url);

test('our machine prints the accepted transcript, line by line', { timeout: 300_000 }, async () => {
  const image = readFileSync(IMAGE);
  const run = await ours.run({ board: 'virt', kind: 'bios', image, maxInstructions: 500_000_000, timeout: 300_000 });
  expect(differences(linesOf(run.serial[0]), acceptedLines())).toEqual([]);
  expect(run).toMatchObject({ why: 'exit', exitCode: 0 });
});
