import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeSnapshot } from '../emulator/boards/snapshot-file.ts';
import { resumeVirt } from '../emulator/boards/virt.ts';
import { engineId } from '../scenarios/engine-id.ts';
import { commandLine, type Ran, scratchFolder } from '../test/support/command-line.ts';
import { fingerprint } from '../test/support/fingerprint.ts';
import { scenarioRom } from '../test/support/scenario-rom.ts';

const boot = (...argv: readonly (string | number)[]): Promise<Ran> => commandLine('boot', ...argv);

/** Instructions of the whole run. */
const END = 12_000_000;
const MOMENT = 5_123_457;

const stateIn = (path: string): string =>
  fingerprint(resumeVirt(decodeSnapshot(new Uint8Array(readFileSync(path)), engineId())), 0);

const { path: folder, file: write } = scratchFolder();
const file = join(folder, 'moment.snapshot');
let rom: string;
beforeAll(async () => {
  rom = write('rom.bin', scenarioRom('arm64.vttbr.swap', { cpus: 2 }).rom);
  const taken = await boot('--bios', rom, '--cpus', 2, '--snapshot', file, '--snapshot-at', MOMENT);
  expect(taken.err).toBe('');
});

describe('a run that goes on from a snapshot', () => {
  test('sends what the whole run sends behind that moment, and ends as it ends', async () => {
    const limit = ['--max-instructions', END] as const;
    const whole = await boot('--bios', rom, '--cpus', 2, ...limit);
    const first = await boot('--bios', rom, '--cpus', 2, '--max-instructions', MOMENT);
    const second = await boot('--from-snapshot', file, ...limit);
    expect(first.out.length).toBeGreaterThan(0);
    expect(second.out.length).toBeGreaterThan(0);
    expect(first.out + second.out).toBe(whole.out);
    expect([second.code, second.err]).toEqual([whole.code, whole.err]);
  });

  test('is at any later moment in the state of the whole run', async () => {
    const [one, two] = [join(folder, 'one'), join(folder, 'two')];
    const at = ['--snapshot-at', MOMENT + 100_000, '--max-instructions', MOMENT + 100_000] as const;
    await boot('--bios', rom, '--cpus', 2, '--snapshot', one, ...at);
    await boot('--from-snapshot', file, '--snapshot', two, ...at);
    expect(stateIn(two)).toBe(stateIn(one));
  });

  test('goes another way where another seed is given, and the same way again', async () => {
    // Long enough that both CPUs have something to do at once.
    const at = ['--snapshot-at', MOMENT + 1_000_000, '--max-instructions', MOMENT + 1_000_000] as const;
    const child = async (name: string, ...argv: string[]): Promise<string> => {
      const path = join(folder, name);
      await boot('--from-snapshot', file, '--snapshot', path, ...at, ...argv);
      return stateIn(path);
    };
    const parent = await child('parent');
    const five = await child('five', '--seed', '5');
    expect(five).not.toBe(parent);
    expect(await child('again', '--seed', '5')).toBe(five);
  });
});

describe('one sentence and its exit code', () => {
  const damaged = (change: (bytes: Buffer) => Uint8Array): string => {
    const path = join(folder, 'damaged');
    writeFileSync(path, change(readFileSync(file)));
    return path;
  };

  test.each<[string, (bytes: Buffer) => Uint8Array, RegExp]>([
    ['a truncated snapshot', (bytes) => bytes.subarray(0, bytes.length - 100), /truncated/],
    ['an empty file', () => new Uint8Array(), /truncated/],
    [
      'a snapshot of another version',
      (b) => Buffer.from(b.toString('latin1').replace('2', '1'), 'latin1'),
      /version 1/,
    ],
    ['a file that is no snapshot', () => Buffer.from('hello\n'), /not a ringwarden snapshot/],
  ])('%s', async (_name, change, message) => {
    const result = await boot('--from-snapshot', damaged(change));
    expect(result).toMatchObject({ code: 65, out: '' });
    expect(result.err).toMatch(/^ringwarden: [^\n]+damaged: [^\n]+\n$/);
    expect(result.err).toMatch(message);
  });

  test.each([
    ['other memory', ['--memory', '256M'], 65, '128 MiB of RAM, not of 256 MiB'],
    ['another number of CPUs', ['--cpus', '4'], 65, 'of 2 CPUs, not of 4 CPUs'],
    ['another board', ['--board', 'pc'], 69, 'the board pc'],
    ['an image beside it', ['--bios', 'x'], 64, 'leave --bios out'],
    ['a moment that is over', ['--snapshot-at', '5', '--snapshot', 'x'], 64, 'lies before'],
    ['a file without a moment', ['--snapshot', 'x'], 64, 'takes both'],
    ['another engine', ['--engine', 'qemu'], 64, '--from-snapshot goes with our own engine alone'],
  ])('%s', async (_name, argv, code, message) => {
    const result = await boot('--from-snapshot', file, ...argv);
    expect(result).toMatchObject({ code, out: '' });
    expect(result.err).toContain(message);
    expect(result.err.split('\n')).toHaveLength(2);
  });

  test('a moment that never comes', async () => {
    const result = await boot('--from-snapshot', file, '--snapshot', join(folder, 'never'), '--snapshot-at', 10 ** 12);
    expect(result.code).toBe(64);
    expect(result.err).toMatch(/no snapshot was taken: the machine stopped after \d+ instructions/);
  });
});
