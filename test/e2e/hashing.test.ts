import { expect, test } from 'vitest';
import { compose } from '../../scenarios/compose.ts';
import { FirmwareStore } from '../../scenarios/images.ts';
import { runOf } from './runs.ts';

const BLOCK = 64;
/** Blocks of a message, with its padding (FIPS 180-4, 5.1.1). */
const blocks = (bytes: number) => Math.ceil((bytes + 9) / BLOCK);
const MAC_COLUMNS = 65;
const CONFIG_BYTES = 128;
/** The ROM's directory: a header and an entry for each stage. */
const directoryBytes = (stages: number) => 16 + 128 * stages;
/** HMAC's two key blocks, made once; and the secret from which the distances of polls are drawn, with its outer hash. */
const ONCE = 2 + 2;

test.each(['benign.copy', 'benign.pipe'])(
  'the bytes hashed in %s follow from the sizes of what was measured and the lengths of the reports that left',
  async (id) => {
    const { counts, work, serial, configuration } = await runOf(id);
    const { images } = compose(configuration, new FirmwareStore());
    const stages = ['vmm', 'guest', 'guest1', 'agent'].map((role) => images.get(role)!.bytes.length);
    const measured = [...stages, CONFIG_BYTES];
    const boot = [...measured, directoryBytes(measured.length)].reduce((sum, bytes) => sum + blocks(bytes), ONCE);
    const reports = serial.uart1.reduce((sum, line) => sum + blocks(line.length - MAC_COLUMNS) + 1, 0);
    expect(counts['hash.sha256']).toBe((boot + reports) * BLOCK);
    expect(work!.counts['hash.sha256']).toBeLessThan(reports * BLOCK);
  },
);

test('nothing is hashed where nobody measures or reports', async () => {
  const { counts } = await runOf('benign.copy', { noMonitor: true });
  expect(counts['hash.sha256']).toBeUndefined();
});
