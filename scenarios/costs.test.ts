import { expect, test } from 'vitest';
import { planCosts } from './costs.ts';

const selection = { systems: ['tvmi'], workloads: ['benign.copy'], periods: [1000, 2000], seeds: [1, 2], rounds: 8 };

test('each seed has one run without a monitor and one for each period with it', () => {
  const points = planCosts(selection);
  expect(points.map(({ system, period, seed }) => [system, period, seed])).toEqual([
    ['none', null, 1],
    ['tvmi', 1000, 1],
    ['tvmi', 2000, 1],
    ['none', null, 2],
    ['tvmi', 1000, 2],
    ['tvmi', 2000, 2],
  ]);
});

test('all runs of a comparison are given the same work', () => {
  for (const { scenario, system, period, seed } of planCosts(selection)) {
    expect(scenario).toMatchObject({ workload: 'copy', workloadRounds: 8, monitor: system, seed, runTicks: 1_000_000 });
    if (period !== null) expect(scenario.secureTimerPeriod).toBe(period);
  }
});

test.each([{ periods: [3] }, { rounds: 0 }])('%j is a usage error that names the field', (wrong) => {
  expect(() => planCosts({ ...selection, ...wrong })).toThrow(/^(secureTimerPeriod|workloadRounds): expected number/);
});
