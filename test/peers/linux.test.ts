/**
 * Debian's arm64 kernel, unmodified, to a shell on the serial line: by our command line and under QEMU's TCG, with one CPU and with
 * two. Prints how long both took; what is held is that both come to the same end, not how fast.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootOurs, bootQemu, COMMANDS, type LinuxBoot } from './linux/boot.ts';
import { characterDevice, directory, initramfs, link, program } from './linux/initramfs.ts';
import { linuxFiles } from './linux/packages.ts';

const INIT = `#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sys /sys
/bin/busybox mount -t devtmpfs dev /dev
exec /bin/busybox setsid /bin/busybox cttyhack /bin/busybox sh
`;
const TOOLS = ['sh', 'uname', 'cat', 'ls', 'echo', 'poweroff'];
const CONSOLE = [5, 1] as const;

const folder = process.env.RINGWARDEN_LINUX ?? mkdtempSync(join(tmpdir(), 'ringwarden-linux-'));
let images: Omit<LinuxBoot, 'cpus'>;
let version: string;

beforeAll(() => {
  const files = linuxFiles(folder);
  version = files.version;
  const initrd = join(folder, 'initrd.cpio');
  const keys = join(folder, 'keys');
  const content = initramfs([
    ...['bin', 'dev', 'proc', 'sys'].map(directory),
    characterDevice('dev/console', ...CONSOLE),
    program('bin/busybox', readFileSync(files.busybox)),
    ...TOOLS.map((name) => link(`bin/${name}`, 'busybox')),
    program('init', INIT),
  ]);
  writeFileSync(initrd, content);
  writeFileSync(keys, COMMANDS);
  images = { kernel: files.kernel, initrd, keys };
}, 600_000);
afterAll(() => {
  if (process.env.RINGWARDEN_LINUX === undefined) rmSync(folder, { recursive: true, force: true });
}, 60_000);

/** What the shell answered: from the first answer to the last, without terminal control and kernel messages. */
function answers(text: string): string[] {
  const lines = text.replaceAll('\r', '').split('\n');
  const first = lines.findIndex((line) => line.startsWith('Linux '));
  const last = lines.indexOf('done');
  return first < 0 ? [] : lines.slice(first, last + 1).filter((line) => !line.startsWith('['));
}

describe('Debian Linux comes to a shell and answers there', () => {
  test.each([1, 2])('with %i CPUs', async (cpus) => {
    const ours = await bootOurs({ ...images, cpus });
    const qemu = await bootQemu({ ...images, cpus });
    const compared = (what: string, a: number, b: number): string =>
      `${what} ${a.toFixed(1)} s, QEMU ${b.toFixed(1)} s, ratio ${(a / b).toFixed(2)}`;
    console.log(
      `${version}, ${cpus} CPUs, to the prompt: ${compared('wall', ours.prompt, qemu.prompt)}; ` +
        compared('CPU time', ours.cpuSeconds, qemu.cpuSeconds),
    );
    expect(ours.complaints).toBe('');
    expect(answers(ours.text).filter((line) => line.startsWith('processor'))).toHaveLength(cpus);
    expect(answers(ours.text)).toEqual(answers(qemu.text));
    expect(ours.end).toBeGreaterThan(ours.prompt);
  });
});
