import { expect, test } from 'vitest';
import { runAll } from '../../campaign/pool.ts';
import { scenarioNamed } from '../../scenarios/catalogue.ts';
import { WORKLOADS } from '../../scenarios/config.ts';
import { override } from '../../scenarios/override.ts';
import type { Scenario } from '../../scenarios/schema.ts';
import { Random } from '../differential/random.ts';
import { soakSeed } from '../support/soak-seed.ts';

const SEEDS = 1_000;
/** Two cores, as in continuous integration; a run is the same on any number. */
const JOBS = 2;

/** A short but whole run: each workload in turn, on one CPU and on two, with timers that never keep the same step. */
function benign(system: string, seed: number): Scenario {
  const random = new Random(seed);
  const between = (low: number, high: number) => low + random.below(high - low);
  return {
    ...override(scenarioNamed(`benign.${WORKLOADS[seed % WORKLOADS.length]}`), {
      system,
      seed,
      cpus: 1 + (Math.floor(seed / WORKLOADS.length) % 2),
    }),
    workloadRounds: 1,
    vmmTickPeriod: between(3_000, 6_000),
    guestTickPeriod: between(1_500, 3_000),
    secureTimerPeriod: between(8_000, 20_000),
  };
}

test.each(['tvmi', 'hostvmi'])(
  '1,000 seeds of benign workloads under %s: no alarm, and an orderly end',
  async (system) => {
    const first = soakSeed(`benign workloads under ${system}`);
    const seeds = Array.from({ length: SEEDS }, (_, index) => first + index);
    const started = performance.now();
    const outcomes = await runAll(
      seeds.map((seed) => benign(system, seed)),
      { jobs: JOBS },
    );
    const wrong = outcomes.flatMap(({ result }) =>
      result.agrees && result.unimplemented.length === 0
        ? []
        : [{ seed: result.seed, end: result.end, alarms: result.alarms.map(({ id, cause }) => `${id} ${cause}`) }],
    );
    const silent = `${SEEDS - wrong.length} of ${SEEDS} silent`;
    const instructions = outcomes.reduce((sum, { result }) => sum + result.counts.instructions, 0);
    const seconds = Math.round((performance.now() - started) / 1000);
    console.log(
      `${system}: seeds ${first} to ${first + SEEDS - 1}: ${silent}, ${instructions} instructions, ${seconds} s`,
    );
    expect(wrong).toEqual([]);
  },
);
