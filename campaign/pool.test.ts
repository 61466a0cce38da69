import { expect, test } from 'vitest';
import { scenarioNamed } from '../scenarios/catalogue.ts';
import type { Failure } from '../scenarios/errors.ts';
import { FirmwareStore } from '../scenarios/images.ts';
import { override } from '../scenarios/override.ts';
import { resultLine } from '../scenarios/result.ts';
import { runScenario } from '../scenarios/run.ts';
import { runAll } from './pool.ts';

const scenarios = [
  override(scenarioNamed('arm64.vttbr.swap'), {}),
  override(scenarioNamed('arm64.vttbr.swap'), { noMonitor: true }),
  override(scenarioNamed('benign.compute'), { noMonitor: true, seed: 7 }),
];

test('runs in threads give the lines and steps of single runs, byte for byte, in the order of the scenarios', async () => {
  const counts: number[] = [];
  const pooled = await runAll(scenarios, { jobs: 2, onDone: (done) => counts.push(done) });
  const store = new FirmwareStore();
  for (const [index, scenario] of scenarios.entries()) {
    expect(resultLine(pooled[index].result)).toBe(resultLine(await runScenario(scenario, { store })));
  }
  expect(pooled).toEqual(await runAll(scenarios, { jobs: 1 }));
  expect(counts).toEqual([1, 2, 3]);
});

test('steps come in the order of their times', async () => {
  const [{ events }] = await runAll(scenarios.slice(0, 1), { jobs: 1 });
  const times = events.map(({ time }) => time);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(events.at(-1)!.kind).toBe('end');
});

test('a run that cannot be made fails the whole with its own failure, from a thread as from here', async () => {
  const broken = { ...scenarios[2], attack: 'guest.syscall.hook', monitor: 'no-such-system' };
  for (const jobs of [1, 2]) {
    const failure = await runAll([scenarios[2], broken], { jobs }).catch((error: Failure) => error);
    expect(failure).toMatchObject({ name: 'Failure', kind: 'usage' });
  }
});
