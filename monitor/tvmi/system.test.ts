import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TVMI_ABLATIONS } from '../../scenarios/config.ts';
import { QUIET_IDS } from './report.ts';
import { tvmi } from './system.ts';

const EL3 = 'monitor/tvmi/firmware/el3';
/** What the agent finds, by the name that its reports give. */
const FINDINGS = 'firmware/vmi/findings.c';

/** Ids in the firmware's source: what is passed to `report` and `deny`, and what tables of alarms hold. */
function idsInFirmware(): Set<string> {
  const files = readdirSync(EL3).filter((file) => file.endsWith('.c'));
  const text = [...files.map((file) => join(EL3, file)), FINDINGS].map((file) => readFileSync(file, 'utf8')).join('\n');
  const calls = text.matchAll(/(?:report\("(?:el3|agent)", |deny\()"([a-z0-9.-]+)"/g);
  const tables = text.matchAll(/"((?:el2|guest|secure-call|secure-memory|boot|agent)\.[a-z0-9.-]+)"/g);
  return new Set([...calls, ...tables].map((match) => match[1]!));
}

describe("tvmi's descriptor", () => {
  it('names every alarm that the firmware raises, and no other', () => {
    const raised = [...idsInFirmware()].filter((id) => !QUIET_IDS.has(id)).sort();
    expect(tvmi.alarms.map((alarm) => alarm.id).sort()).toEqual(raised);
  });

  it('names every secure call that the firmware answers, by its identifier', () => {
    const own = readFileSync('firmware/lib/include/rw/tvmi_smc.h', 'utf8');
    const base = Number(/#define RW_SMC_BASE (0x[0-9a-f]+)u/.exec(own)![1]);
    const calls = [...own.matchAll(/#define RW_SMC_(\w+) \(RW_SMC_BASE \+ (\d+)\)/g)];
    const exchange = readFileSync('monitor/tvmi/firmware/include/tvmi/exchange.h', 'utf8');
    const done = [...exchange.matchAll(/#define TVMI_SMC_(\w+) (0x[0-9a-f]+)u/g)];
    expect(tvmi.secureCalls.map(({ id, name }) => [name, id])).toEqual([
      ...calls.map(([, name, offset]) => [name, base + Number(offset)]),
      ...done.map(([, name, id]) => [name, Number(id)]),
    ]);
  });

  it("names the ablations of the run configuration, by their bits' order", () => {
    expect(tvmi.ablations.map((ablation) => [ablation.name, ablation.bit])).toEqual(
      TVMI_ABLATIONS.map((name, bit) => [name, bit]),
    );
  });

  it('has an image in the build for each that it needs', () => {
    const images = readFileSync('tools/images.ts', 'utf8');
    for (const name of Object.values(tvmi.images)) expect(images).toContain(`name: '${name}'`);
  });
});
