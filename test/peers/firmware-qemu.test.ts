/**
 * Our firmware, unmodified, on QEMU's `virt`: the plain build boots two guests to power off and prints what it should.
 * Checksums of the workloads are computed here a second time, from their definition.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { qemu } from '../../peers/qemu.ts';
import { packBundle } from '../../scenarios/bundle.ts';
import { DEFAULT_RUN_CONFIG, encodeConfig, type RunConfig, WORKLOADS } from '../../scenarios/config.ts';
import { buildFirmware } from '../../tools/build-firmware.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
const bin = (name: string) => readFileSync(join(PROJECT, 'dist/firmware', `${name}.bin`));

/** QEMU's counter runs in real time, so a busy host sees many ticks: the end by run_ticks must be far away. */
const QEMU_RUN_CONFIG: RunConfig = { ...DEFAULT_RUN_CONFIG, runTicks: 1_000_000 };

function rom(config: Partial<RunConfig>): Uint8Array {
  const guest = bin('guest');
  return packBundle(bin('el3-plain'), [
    { name: 'config', kind: 'configuration', bytes: encodeConfig({ ...QEMU_RUN_CONFIG, ...config }) },
    { name: 'vmm', kind: 'vmm', bytes: bin('vmm-plain'), load: 0x4010_0000n, entry: 0x4010_0000n },
    { name: 'guest0', kind: 'guestKernel', bytes: guest, load: 0x4208_0000n, entry: 0x4008_0000n },
    { name: 'guest1', kind: 'guestKernel', bytes: guest, load: 0x4308_0000n, entry: 0x4008_0000n },
  ]);
}

async function boot(config: Partial<RunConfig>, cpus = 1): Promise<string[]> {
  const run = await qemu.run({ board: 'virt', image: rom({ ...config, cpus }), kind: 'bios', cpus, timeout: 30_000 });
  expect(run.why).toBe('exit');
  return run.serial[0].replaceAll('\r', '').trimEnd().split('\n');
}

const MASK = (1n << 64n) - 1n;
const mix = (hash: bigint, value: bigint) => ((hash ^ value) * 0x100000001b3n) & MASK;
const START = 0xcbf29ce484222325n;

/** The pipe workload by its definition: FNV-1a over the bytes of xorshift64. */
function pipeChecksum(seed: bigint, rounds: number): string {
  let state = seed | 1n;
  let hash = START;
  for (let i = 0; i < rounds * 512; i++) {
    state = (state ^ (state << 13n)) & MASK;
    state ^= state >> 7n;
    state = (state ^ (state << 17n)) & MASK;
    hash = mix(hash, state & 0xffn);
  }
  return hash.toString(16).padStart(16, '0');
}

/** The page-fault workload: fresh pages read as zero, then as what was stored. */
function faultChecksum(seed: bigint, rounds: number): string {
  let hash = START;
  for (let i = 0; i < rounds * 8; i++) hash = mix(mix(hash, 0n), seed + BigInt(i % 8));
  return hash.toString(16).padStart(16, '0');
}

beforeAll(() => buildFirmware(PROJECT, ['el3-plain', 'vmm-plain', 'guest']), 120_000);

describe('the plain firmware on QEMU', () => {
  test('boots from EL3 to both guests and powers off', async () => {
    const lines = await boot({});
    expect(lines.slice(0, 8)).toEqual([
      'el3: plain firmware',
      'el3: ours: no TZC, secure carve-out is open',
      'el3: loaded vmm',
      'el3: loaded guest0',
      'el3: loaded guest1',
      'el3: entering EL2',
      'vmm: plain build',
      'vmm: 2 guests start',
    ]);
    expect(lines).toContain('g0: fifo ok, exchange ok');
    expect(lines).toContain('g1: message 1');
    expect(lines.slice(-3)).toEqual([
      'vmm: check: kernel text of guest 0 is sound',
      'vmm: power off',
      'el3: power off',
    ]);
  });

  test.each(WORKLOADS)('workload %s ends in both guests with the same checksums', async (workload) => {
    const lines = await boot({ workload });
    const of = (guest: number) => lines.filter((line) => line.startsWith(`g${guest}: `)).map((line) => line.slice(4));
    expect(of(0)).toContain(`workload ${workload}`);
    expect(of(0).filter((line) => line.startsWith('pid ')).length).toBeGreaterThanOrEqual(4);
    expect(of(1).filter((line) => !line.startsWith('message '))).toEqual(of(0));
  });

  test('every byte goes through the pipes once and in order, and fresh pages are empty', async () => {
    const lines = await boot({ workload: 'mixed', seed: 7n, workloadRounds: 3 });
    expect(lines).toContain(`g0: pid 5 writer ${pipeChecksum(11n, 3)}`);
    expect(lines).toContain(`g0: pid 6 reader ${pipeChecksum(11n, 3)}`);
    expect(lines).toContain(`g0: pid 4 pagefault ${faultChecksum(10n, 3)}`);
  });

  test('prints the same lines whatever the timer periods', async () => {
    const [slow, fast] = [await boot({}), await boot({ vmmTickPeriod: 1500, guestTickPeriod: 1000 })];
    expect(fast).toEqual(slow);
  });

  test('with two CPUs, the second one runs guest 1, and the lines stay the same', async () => {
    const [one, two] = [await boot({}), await boot({}, 2)];
    expect(two.filter((line) => line !== 'vmm: CPU 1 is up')).toEqual(one);
    expect(two).toContain('vmm: CPU 1 is up');
  });

  test('ends at run_ticks although the guests still run', async () => {
    const lines = await boot({ runTicks: 3, workloadRounds: 1_000_000 });
    expect(lines.at(-1)).toBe('el3: power off');
    expect(lines.some((line) => line.includes('shut down'))).toBe(false);
  });

  test('stops with one line where the ROM holds no VMM', async () => {
    const image = packBundle(bin('el3-plain'), [
      { name: 'config', kind: 'configuration', bytes: encodeConfig(DEFAULT_RUN_CONFIG) },
    ]);
    const run = await qemu.run({ board: 'virt', image, kind: 'bios', timeout: 30_000 });
    expect(run.serial[0]).toContain('el3: stopped: the bundle has no VMM');
    expect(run.why).toBe('exit');
  });
});
