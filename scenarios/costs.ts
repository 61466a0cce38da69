/** Workloads with and without monitors, by the period of the secure timer: which runs a comparison of costs is made of. */

import { scenarioNamed } from './catalogue.ts';
import { Failure } from './errors.ts';
import { override } from './override.ts';
import { type Scenario, scenarioSchema } from './schema.ts';

/** What is compared; the names are taken as they are. */
export interface CostSelection {
  /** Systems, without `none`. */
  readonly systems: readonly string[];
  /** Ids of scenarios without an attack. */
  readonly workloads: readonly string[];
  /** Of the secure timer, in ticks of the generic counter. */
  readonly periods: readonly number[];
  /** Each is a run of its own. */
  readonly seeds: readonly number[];
  /** Units of work, see the scenario schema. */
  readonly rounds: number;
}

/** One run of a comparison. */
export interface CostPoint {
  readonly workload: string;
  /** `none` for the runs that the others are compared with. */
  readonly system: string;
  /** null without a monitor: nobody uses the secure timer. */
  readonly period: number | null;
  readonly seed: number;
  readonly scenario: Scenario;
}

/** Guests end a run by finishing their work, so its time must not be up before; and nothing runs away unnoticed. */
const UNLIMITED = { runTicks: 1_000_000, limits: { instructions: 20_000_000_000 } } as const;

function pointOf(workload: string, system: string, period: number | null, seed: number, rounds: number): CostPoint {
  const monitor = system === 'none' ? { noMonitor: true } : { system };
  const scenario = {
    ...override(scenarioNamed(workload), { ...monitor, seed }),
    ...UNLIMITED,
    ...(period === null ? {} : { secureTimerPeriod: period }),
    workloadRounds: rounds,
  };
  const parsed = scenarioSchema.safeParse(scenario);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    throw new Failure('usage', `${path.join('.')}: ${message.replace(/^(Invalid input|Too \w+): /, '')}`);
  }
  return { workload, system, period, seed, scenario: parsed.data };
}

/** The runs of a comparison: for each workload and seed one without a monitor, then each system with each period. */
export function planCosts({ systems, workloads, periods, seeds, rounds }: CostSelection): CostPoint[] {
  return workloads.flatMap((workload) =>
    seeds.flatMap((seed) => [
      pointOf(workload, 'none', null, seed, rounds),
      ...systems.flatMap((system) => periods.map((period) => pointOf(workload, system, period, seed, rounds))),
    ]),
  );
}
