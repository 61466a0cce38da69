import { type Outcome, runAll } from '../../campaign/pool.ts';
import { page } from '../../report/html/page.ts';
import { fillMatrix, matrixSummary, matrixTable } from '../../report/matrix.ts';
import { EXIT, Failure } from '../../scenarios/errors.ts';
import { matrixAttacks, matrixSystems, matrixWorkloads, planMatrix } from '../../scenarios/matrix.ts';
import { resultLine } from '../../scenarios/result.ts';
import { type Context, counter } from '../context.ts';
import { create, write } from '../files.ts';
import { namesOf } from '../names.ts';
import { wholeNumber } from '../numbers.ts';
import { costPoints, measure } from './costs.ts';

export interface MatrixArguments {
  readonly systems?: readonly string[] | undefined;
  readonly attacks?: readonly string[] | undefined;
  readonly workloads?: readonly string[] | undefined;
  readonly ablations: boolean;
  readonly seed?: number | undefined;
  readonly jobs?: number | undefined;
  readonly json: boolean;
  readonly jsonl?: string | undefined;
  readonly html?: string | undefined;
  /** The page tells costs, too. */
  readonly costs: boolean;
}

/** Runs attacks and workloads under systems, and prints what came of it as a table. @returns the exit code */
export async function matrix(context: Context, args: MatrixArguments): Promise<number> {
  const all = args.attacks === undefined && args.workloads === undefined;
  const names = (kind: string, wanted: readonly string[] | undefined, known: readonly string[]) =>
    wanted === undefined ? (all ? known : []) : namesOf(kind, wanted, known);
  const plan = planMatrix({
    systems: args.systems === undefined ? matrixSystems() : namesOf('system', args.systems, matrixSystems()),
    attacks: names('attack', args.attacks, matrixAttacks()),
    workloads: names('workload', args.workloads, matrixWorkloads()),
    ablations: args.ablations,
    seed: wholeNumber('--seed', args.seed),
  });
  const jobs = wholeNumber('--jobs', args.jobs);
  if (args.costs && args.html === undefined)
    throw new Failure('usage', '--costs goes into the page, so it needs --html');
  for (const file of [args.jsonl, args.html]) create(file);
  const scenarios = plan.cells.flat().filter((cell) => cell !== null);
  const count = counter(context, scenarios.length, 'runs');
  const outcomes = await runAll(scenarios, { jobs, onDone: count.show });
  count.end();
  print(context, args, outcomes);
  if (args.html !== undefined) {
    const systems = plan.columns.map(({ system }) => system).filter((system) => system !== 'none');
    const costs = args.costs ? await measure(context, costPoints({ systems }), jobs) : undefined;
    write(args.html, page({ matrix: { plan, runs: outcomes }, costs }));
  }
  const results = outcomes.map(({ result }) => result);
  if (!args.json) {
    const filled = fillMatrix(plan, results);
    context.out.write(`${matrixTable(filled, context.colours)}\n${matrixSummary(filled, context.colours)}`);
  }
  return results.every(({ agrees }) => agrees) ? EXIT.ok : EXIT.disagrees;
}

function print(context: Context, { json, jsonl }: MatrixArguments, outcomes: readonly Outcome[]): void {
  const lines = outcomes.map(({ result }) => `${resultLine(result)}\n`).join('');
  write(jsonl, lines);
  if (json) context.out.write(lines);
}
