import { describe, expect, test } from 'vitest';
import { WORKLOADS } from '../../scenarios/config.ts';
import type { RunEvent } from '../../scenarios/events.ts';
import { guestSums } from '../../scenarios/guest-sums.ts';
import { resultLine } from '../../scenarios/result.ts';
import { runScenario } from '../../scenarios/run.ts';
import { rows } from './attacks.ts';
import { runOf } from './runs.ts';

test.each(rows((id) => id.startsWith('guest.')))('$name', async ({ id, overrides, effect, detections }) => {
  const result = await runOf(id, overrides);
  expect([result.end, result.effect]).toEqual(['power-off', effect]);
  expect(detections).toContain(result.detection);
  expect(result.unimplemented).toEqual([]);
});

test.each(WORKLOADS)('the workload %s runs silently under tvmi, to its orderly end', async (workload) => {
  const result = await runOf(`benign.${workload}`);
  expect(result).toMatchObject({ end: 'power-off', effect: null, detection: 'silent', agrees: true });
  expect(result.serial.uart0.join('\n')).toMatch(/vmm: power off\nel3: power off$/);
  expect(result.serial.uart1.at(-1)).toMatch(/ el3 bye /);
});

test.each(WORKLOADS)('the workload %s runs silently under hostvmi, to its orderly end', async (workload) => {
  const result = await runOf(`benign.${workload}`, { system: 'hostvmi' });
  expect(result).toMatchObject({ end: 'power-off', effect: null, detection: 'silent', agrees: true });
  expect(result.serial.uart0.join('\n')).toMatch(/hostvmi: end\nvmm: power off\nel3: power off$/);
});

test.each([
  [2, 'tvmi'],
  [4, 'tvmi'],
  [2, 'hostvmi'],
])('on %i CPUs, all are up before a guest runs, and %s stays silent', async (cpus, system) => {
  const result = await runOf('benign.null-syscall', { cpus, system });
  expect(result).toMatchObject({ end: 'power-off', detection: 'silent', agrees: true });
  const lines = result.serial.uart0;
  const start = lines.indexOf('vmm: 2 guests start');
  expect(lines.filter((line) => /CPU \d is up/.test(line))).toHaveLength(cpus - 1);
  expect(lines.findLastIndex((line) => /CPU \d is up/.test(line))).toBeLessThan(start);
});

describe('a run is a function of its inputs', () => {
  test('the same scenario gives the same line, byte for byte', async () => {
    const first = await runOf('guest.syscall.hook');
    expect(resultLine(await runOf('guest.syscall.hook'))).toBe(resultLine(first));
  });

  test('a result line holds all that is needed to run it again', async () => {
    const first = await runOf('arm64.vttbr.swap', { ablations: ['no-smc-rewrite'], seed: 7 });
    const again = JSON.parse(resultLine(first));
    expect(resultLine(await runScenario(again.configuration, {}))).toBe(resultLine(first));
  });

  test('another seed gives another course of events, and the same verdict', async () => {
    const events: RunEvent[][] = [[], []];
    const one = await runOf('arm64.vttbr.swap', { seed: 1, variant: 'smc' }, events[0]);
    const two = await runOf('arm64.vttbr.swap', { seed: 2, variant: 'smc' }, events[1]);
    expect(two.run).not.toBe(one.run);
    expect(two.counts.instructions).not.toBe(one.counts.instructions);
    expect(events[1].map((event) => event.time)).not.toEqual(events[0].map((event) => event.time));
    expect([two.effect, two.detection]).toEqual([one.effect, one.detection]);
  });
});

test('the steps of a run come in the order of time, from reset to power-off', async () => {
  const events: RunEvent[] = [];
  const result = await runOf('arm64.hcr.clear-vm', { variant: 'smc' }, events);
  const times = events.map((event) => event.time);
  expect([...times].sort((a, b) => a - b)).toEqual(times);
  expect(events.map((event) => event.kind)).toEqual(expect.arrayContaining(['machine', 'attack', 'alarm', 'end']));
  const hostile = events.find((event) => event.text.startsWith('first hostile instruction'))!;
  expect(result.latency?.instructions).toBe(result.alarms[0].instruction - hostile.time);
});

test('an endless run stops at its limit and does not agree', async () => {
  const result = await runOf('benign.compute', { maxInstructions: 3_000_000 });
  expect(result).toMatchObject({ end: 'limit', agrees: false });
  expect(result.counts.instructions).toBe(3_000_000);
});

test("the guests' work is part of a run, is the same work under a monitor, and is none where their time was up", async () => {
  const alone = await runOf('benign.pipe', { noMonitor: true });
  const watched = await runOf('benign.pipe', { system: 'tvmi' });
  for (const { work, counts } of [alone, watched]) {
    expect(work!.instructions).toBeLessThan(counts.instructions);
    expect(work!.counts['exception.svc.el1']).toBeGreaterThan(0);
  }
  expect(alone.work!.counts['exception.smc.el3']).toBeUndefined();
  expect(watched.work!.counts['exception.smc.el3']).toBeGreaterThan(0);
  expect(guestSums(watched)).toEqual(guestSums(alone));
  const cut = await runScenario({ ...alone.configuration, runTicks: 12 }, {});
  expect(cut.end).toBe('power-off');
  expect(cut.work).toBeNull();
});
