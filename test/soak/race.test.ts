import { expect, test } from 'vitest';
import { runAll } from '../../campaign/pool.ts';
import { scenarioNamed } from '../../scenarios/catalogue.ts';
import { override } from '../../scenarios/override.ts';
import { soakSeed } from '../support/soak-seed.ts';

/** `RW_RACE_SEEDS` takes another number, to look at one race for longer or shorter. */
const SEEDS = Number(process.env.RW_RACE_SEEDS ?? 1_000);
/** Two cores, as in continuous integration; a run is the same on any number. */
const JOBS = 2;
const ATTACK = 'arm64.race.walk-toctou';

/** How many of the seeds end with each verdict; every run must end in order, and the attack must reach its effect. */
async function verdicts(ablations: readonly string[]): Promise<Readonly<Record<string, number>>> {
  const system = ['tvmi', ...ablations].join(' with ');
  const first = soakSeed(`${ATTACK} under ${system}`);
  const seeds = Array.from({ length: SEEDS }, (_, index) => first + index);
  const started = performance.now();
  const runs = seeds.map((seed) => override(scenarioNamed(ATTACK), { system: 'tvmi', ablations, seed }));
  const outcomes = await runAll(runs, { jobs: JOBS });
  const count: Record<string, number> = {};
  for (const { result } of outcomes) {
    const verdict = `${result.end} ${result.effect} ${result.detection}`;
    count[verdict] = (count[verdict] ?? 0) + 1;
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(
    `${ATTACK} under ${system}: seeds ${first} to ${first + SEEDS - 1}: ${JSON.stringify(count)}, ${seconds} s`,
  );
  return count;
}

test('a second CPU that races the walk is detected by the whole system in every interleaving', async () => {
  expect(await verdicts([])).toEqual({ 'power-off succeeded detected': SEEDS });
});

test('the naive agent, which lets the other CPUs run on, loses in some interleavings, and the number is above zero', async () => {
  const { 'power-off succeeded missed': lost = 0, 'power-off succeeded detected': won = 0 } = await verdicts([
    'no-hold',
  ]);
  expect(lost).toBeGreaterThan(0);
  expect(lost + won).toBe(SEEDS);
});
