/** What a monitor costs the guests: the same work with and without it, priced. */
import { BOUNDS, type Bound, type CostProfile, columnOf } from '../emulator/cost/profiles.ts';
import type { CostPoint } from '../scenarios/costs.ts';
import { guestSums } from '../scenarios/guest-sums.ts';
import type { Result } from '../scenarios/result.ts';

/** A run of a comparison and what came of it. */
export interface Measured {
  readonly point: CostPoint;
  readonly result: Result;
}

/** Cycles with the monitor over cycles without, less one: 0.5 is half as much again. Over seeds. */
export interface Spread {
  readonly mean: number;
  readonly min: number;
  readonly max: number;
}

export interface Overhead {
  readonly workload: string;
  readonly system: string;
  /** Ticks of the generic counter. */
  readonly period: number;
  readonly seeds: number;
  /** By where in their ranges prices are taken. */
  readonly bounds: Readonly<Record<Bound, Spread>>;
}

/** Why a run cannot be compared with the one without a monitor, or undefined where it can. */
export function incomparable(run: Result, alone: Result): string | undefined {
  if (!run.work || !alone.work) return 'the guests did not come to the end of their work';
  if (run.detection !== 'silent') return 'the monitor raised an alarm';
  if (`${guestSums(run)}` !== `${guestSums(alone)}`) return 'the guests did other work';
  return undefined;
}

/** A run that cannot be compared, and why. */
export interface Misfit {
  readonly measured: Measured;
  readonly reason: string;
}

/** Each run with the one without a monitor that has the same workload and seed. */
function pairs(runs: readonly Measured[]): { measured: Measured; alone: Result }[] {
  const key = ({ workload, seed }: CostPoint) => `${workload} ${seed}`;
  const alone = new Map(
    runs.filter(({ point }) => point.period === null).map(({ point, result }) => [key(point), result]),
  );
  return runs
    .filter(({ point }) => point.period !== null)
    .map((measured) => ({ measured, alone: alone.get(key(measured.point))! }));
}

/** The runs that no overhead may be told from. */
export function misfits(runs: readonly Measured[]): Misfit[] {
  return pairs(runs).flatMap(({ measured, alone }) => {
    const reason = incomparable(measured.result, alone);
    return reason === undefined ? [] : [{ measured, reason }];
  });
}

function spread(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, min: Math.min(...values), max: Math.max(...values) };
}

function ratio(run: Result, alone: Result, column: string): number {
  return run.work!.cycles[column] / alone.work!.cycles[column] - 1;
}

/** Overheads under a profile, in the order of the runs. Runs that cannot be compared are left out. */
export function overheads(runs: readonly Measured[], profile: CostProfile): Overhead[] {
  const groups = new Map<string, { measured: Measured; alone: Result }[]>();
  for (const pair of pairs(runs)) {
    if (incomparable(pair.measured.result, pair.alone)) continue;
    const { workload, system, period } = pair.measured.point;
    const key = `${workload} ${system} ${period}`;
    groups.set(key, [...(groups.get(key) ?? []), pair]);
  }
  return [...groups.values()].map((group) => {
    const { workload, system, period } = group[0].measured.point;
    const at = (bound: Bound) =>
      spread(group.map(({ measured, alone }) => ratio(measured.result, alone, columnOf(profile, bound))));
    const bounds = Object.fromEntries(BOUNDS.map((bound) => [bound, at(bound)])) as Record<Bound, Spread>;
    return { workload, system, period: period!, seeds: group.length, bounds };
  });
}
