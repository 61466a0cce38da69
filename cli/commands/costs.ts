import { runAll } from '../../campaign/pool.ts';
import { PROFILES } from '../../emulator/cost/profiles.ts';
import { SYSTEMS } from '../../monitor/index.ts';
import { page } from '../../report/html/page.ts';
import { type Measured, misfits } from '../../report/overhead.ts';
import { costsText } from '../../report/overhead-text.ts';
import { type CostPoint, planCosts } from '../../scenarios/costs.ts';
import { EXIT, Failure } from '../../scenarios/errors.ts';
import { matrixWorkloads } from '../../scenarios/matrix.ts';
import { resultLine } from '../../scenarios/result.ts';
import { type Context, counter } from '../context.ts';
import { create, write } from '../files.ts';
import { namesOf } from '../names.ts';
import { wholeNumber } from '../numbers.ts';

export interface CostsArguments {
  readonly systems?: readonly string[] | undefined;
  readonly workloads?: readonly string[] | undefined;
  readonly periods?: readonly string[] | undefined;
  readonly rounds?: number | undefined;
  readonly seeds?: number | undefined;
  readonly cost?: readonly string[] | undefined;
  readonly jobs?: number | undefined;
  readonly json: boolean;
  readonly jsonl?: string | undefined;
  readonly html?: string | undefined;
}

/** From a poll every 0.26 ms, which is what scenarios have, to one every 17 ms. */
const PERIODS = [16_384, 65_536, 262_144, 1_048_576];
/** Long enough for a few polls at the longest period. */
const ROUNDS = 64;
const SEEDS = 3;

/** Ticks from words such as `16384,65536`. @throws Failure `usage` */
function ticks(words: readonly string[]): number[] {
  const list = words.flatMap((word) => word.split(',')).filter((word) => word.trim() !== '');
  return [...new Set(list.map((word) => wholeNumber('--periods', Number(word))!))];
}

/** The runs that options ask for. @throws Failure `usage` */
export function costPoints(
  args: Pick<CostsArguments, 'systems' | 'workloads' | 'periods' | 'rounds' | 'seeds'>,
): CostPoint[] {
  const systems = SYSTEMS.map(({ name }) => name);
  const seeds = wholeNumber('--seeds', args.seeds) ?? SEEDS;
  if (seeds === 0) throw new Failure('usage', '--seeds expects at least 1');
  return planCosts({
    systems: args.systems === undefined ? systems : namesOf('system', args.systems, systems),
    workloads:
      args.workloads === undefined ? matrixWorkloads() : namesOf('workload', args.workloads, matrixWorkloads()),
    periods: args.periods === undefined ? PERIODS : ticks(args.periods),
    seeds: Array.from({ length: seeds }, (_, index) => index + 1),
    rounds: wholeNumber('--rounds', args.rounds) ?? ROUNDS,
  });
}

/** Makes the runs of a comparison. */
export async function measure(context: Context, points: readonly CostPoint[], jobs: number | undefined) {
  const count = counter(context, points.length, 'runs');
  const scenarios = points.map(({ scenario }) => scenario);
  const outcomes = await runAll(scenarios, { jobs, onDone: count.show });
  count.end();
  return outcomes.map(({ result }, index): Measured => ({ point: points[index], result }));
}

/** Runs workloads with and without monitors, and prints what the monitors cost. @returns the exit code */
export async function costs(context: Context, args: CostsArguments): Promise<number> {
  const names = PROFILES.map(({ name }) => name);
  const wanted = args.cost === undefined ? names : namesOf('cost profile', args.cost, names);
  const points = costPoints(args);
  const jobs = wholeNumber('--jobs', args.jobs);
  for (const file of [args.jsonl, args.html]) create(file);
  const measured = await measure(context, points, jobs);
  const lines = measured.map(({ result }) => `${resultLine(result)}\n`).join('');
  write(args.jsonl, lines);
  if (args.html !== undefined) write(args.html, page({ costs: measured }));
  if (args.json) context.out.write(lines);
  else {
    const profiles = PROFILES.filter(({ name }) => wanted.includes(name));
    context.out.write(costsText(measured, profiles, context.colours));
  }
  return misfits(measured).length === 0 ? EXIT.ok : EXIT.disagrees;
}
