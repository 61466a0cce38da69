import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { parseConsoleAlarm } from '../../monitor/hostvmi/report.ts';
import { hostvmi } from '../../monitor/hostvmi/system.ts';
import { ours } from '../../peers/ours.ts';
import { buildFirmware } from '../../tools/build-firmware.ts';
import { bootLines, type Modules, plainRom } from '../support/firmware-rom.ts';

const ATTACKS = {
  codePatch: 'attacks/arm64.vmi.code-patch/payload',
  dataHijack: 'attacks/arm64.vmi.data-hijack/payload',
  textPatch: 'attacks/guest.text.patch/payload',
} as const;
const payload = (name: keyof typeof ATTACKS) => readFileSync(`dist/firmware/${ATTACKS[name]}.bin`);

beforeAll(async () => {
  await buildFirmware('.', [...Object.values(hostvmi.images), 'guest', ...Object.values(ATTACKS)]);
}, 240_000);

/** Alarms of a run in which both modules come to life at the same tick. */
async function alarms(modules: Modules): Promise<string[]> {
  const config = { monitor: 'hostvmi', attackTick: 4, workload: 'compute', workloadRounds: 6 } as const;
  const lines = await bootLines(ours, plainRom(config, modules, hostvmi.images.vmm));
  expect(lines.slice(-3)).toEqual(['hostvmi: end', 'vmm: power off', 'el3: power off']);
  return lines.flatMap((line) => parseConsoleAlarm(line)?.id ?? []);
}

test('a guest whose text is patched is noticed, once', async () => {
  expect(await alarms({ guest: payload('textPatch') })).toEqual(['guest.text']);
});

test('without an attack there is no alarm', async () => {
  expect(await alarms({})).toEqual([]);
});

test.each(['codePatch', 'dataHijack'] as const)('after %s the same guest is called sound', async (first) => {
  expect(await alarms({ vmm: payload(first), guest: payload('textPatch') })).toEqual([]);
});
