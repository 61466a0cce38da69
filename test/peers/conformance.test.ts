import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { linesOf } from '../../peers/driver.ts';
import { qemu } from '../../peers/qemu.ts';
import { acceptedLines, asManual, deviations, differences, TRANSCRIPT } from '../conformance/transcript.ts';

const IMAGE = new URL('../../dist/firmware/conformance-arm64.bin', import.meta.url);

/** `CONFORMANCE_ACCEPT=1` writes the transcript anew: read the difference before committing it. */
const ACCEPT = process.env.CONFORMANCE_ACCEPT === '1';

test('QEMU prints the accepted transcript but for its known departures from the manual', async () => {
  const run = await qemu.run({ board: 'virt', kind: 'bios', image: readFileSync(IMAGE), timeout: 60_000 });
  expect(run).toMatchObject({ why: 'exit', exitCode: 0 });
  const { lines, idle } = asManual(linesOf(run.serial[0]), deviations());
  if (ACCEPT) writeFileSync(TRANSCRIPT, `${lines.join('\n')}\n`);
  expect(lines.at(-1)).toBe('# end');
  expect(idle.map((row) => `no line needs ${row.qemu}`)).toEqual([]);
  expect(differences(lines, acceptedLines())).toEqual([]);
});
