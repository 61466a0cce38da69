import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { linesOf } from '../../peers/driver.ts';
import { qemu } from '../../peers/qemu.ts';
import { acceptedLines, asManual, deviations, differences, SETUPS } from '../conformance/transcript.ts';

const IMAGE = new URL('../../dist/firmware/conformance-arm64.bin', import.meta.url);

/** `CONFORMANCE_ACCEPT=1` writes the transcript anew: read the difference before committing it. */
const ACCEPT = process.env.CONFORMANCE_ACCEPT === '1';

test.each(SETUPS)('QEMU prints the transcript of $name but for its departures from the manual', async (setup) => {
  const image = readFileSync(IMAGE);
  const run = await qemu.run({ board: 'virt', kind: 'bios', image, cpus: setup.cpus });
  expect(run).toMatchObject({ why: 'exit', exitCode: 0 });
  const groups = new Set(linesOf(run.serial[0]).flatMap((text) => (text.startsWith('# ') ? [text.split(' ')[1]] : [])));
  const rows = deviations().filter((row) => groups.has(row.group) || (row.group === '*' && setup.cpus === 1));
  const { lines, idle } = asManual(linesOf(run.serial[0]), rows);
  if (ACCEPT) writeFileSync(setup.transcript, `${lines.join('\n')}\n`);
  expect(lines.at(-1)).toBe('# end');
  expect(idle.map((row) => `no line needs ${row.qemu}`)).toEqual([]);
  expect(differences(lines, acceptedLines(setup))).toEqual([]);
});
