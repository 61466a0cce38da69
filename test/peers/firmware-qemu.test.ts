/** Our firmware, unmodified, on QEMU's `virt`: the same cases as on our machine, and the same lines. */
import { beforeAll, describe, expect, test } from 'vitest';
import { ours } from '../../peers/ours.ts';
import { qemu } from '../../peers/qemu.ts';
import { WORKLOADS } from '../../scenarios/config.ts';
import { firmwareCases } from '../support/firmware-cases.ts';
import { bootLines, buildPlain, plainRom } from '../support/firmware-rom.ts';

/** Lines that name a device which QEMU lacks say so: `<speaker>: ours: …`. */
const shared = (lines: string[]) => lines.filter((line) => !/^\w+: ours:/.test(line));

describe('the plain firmware on QEMU', () => firmwareCases(qemu));

describe('the same ROM on QEMU and on our machine', () => {
  beforeAll(buildPlain, 240_000);

  test('the lines left out are the ones about the TZC, which QEMU lacks', async () => {
    const rom = plainRom({});
    expect((await bootLines(qemu, rom)).filter((line) => / ours:/.test(line))).toEqual([
      'el3: ours: no TZC, secure carve-out is open',
    ]);
  });

  test.each(WORKLOADS)('workload %s prints the same lines on both, one after the other', async (workload) => {
    const rom = plainRom({ workload });
    const lines = shared(await bootLines(ours, rom));
    expect(lines.filter((line) => line.startsWith('g1: pid ')).length).toBeGreaterThanOrEqual(4);
    expect(lines).toEqual(shared(await bootLines(qemu, rom)));
  });

  test('with two CPUs too', async () => {
    const rom = plainRom({ cpus: 2 });
    expect(shared(await bootLines(ours, rom, 2))).toEqual(shared(await bootLines(qemu, rom, 2)));
  });
});
