import { appendFileSync, existsSync } from 'node:fs';
import { type CostProfile, PROFILES, profileNamed } from '../../emulator/cost/profiles.ts';
import { costText } from '../../report/cost.ts';
import { junit } from '../../report/junit.ts';
import { tap } from '../../report/tap.ts';
import { headline, stepLine, verdictText } from '../../report/text.ts';
import { scenarioIds, scenarioNamed } from '../../scenarios/catalogue.ts';
import { EXIT } from '../../scenarios/errors.ts';
import type { RunEvent } from '../../scenarios/events.ts';
import { loadScenario } from '../../scenarios/load.ts';
import { everyVariant, override } from '../../scenarios/override.ts';
import { type Result, resultLine } from '../../scenarios/result.ts';
import { runScenario } from '../../scenarios/run.ts';
import type { Scenario } from '../../scenarios/schema.ts';
import { type Context, progress } from '../context.ts';
import { create, write, writing } from '../files.ts';
import { unknownName } from '../nearest.ts';
import { wholeNumber } from '../numbers.ts';

export interface RunArguments {
  readonly ids: readonly string[];
  readonly system?: string | undefined;
  readonly ablate?: readonly string[] | undefined;
  readonly noMonitor: boolean;
  readonly variant?: string | undefined;
  readonly seed?: number | undefined;
  readonly cpus?: number | undefined;
  /** Profiles under which the text tells cycles; result lines have all of them. */
  readonly cost?: readonly string[] | undefined;
  readonly maxInstructions?: number | undefined;
  readonly json: boolean;
  readonly jsonl?: string | undefined;
  readonly junit?: string | undefined;
  readonly tap: boolean;
  readonly trace?: string | undefined;
  readonly quiet: boolean;
}

/** Runs scenarios, one after the other, and prints what came of each. @returns the exit code */
export async function run(context: Context, args: RunArguments): Promise<number> {
  const profiles = (args.cost ?? []).map(profileOf);
  const scenarios = args.ids.flatMap((id) => selected(id, args));
  const files = new Outputs(args);
  const text = !args.json && !args.tap;
  const results: Result[] = [];
  for (const scenario of scenarios) {
    if (text) context.out.write(`${context.colours.strong(title(scenario))}\n`);
    else progress(context, title(scenario));
    const result = await runScenario(scenario, {
      onEvent(event) {
        files.step(event);
        if (text && !args.quiet) context.out.write(`${stepLine(event, context.colours)}\n`);
      },
    });
    results.push(result);
    files.result(result);
    if (args.json) context.out.write(`${resultLine(result)}\n`);
    if (text) context.out.write(`${verdict(result, profiles, context)}\n\n`);
  }
  if (args.tap) context.out.write(tap(results));
  if (text && results.length > 1) context.out.write(`${summary(results)}\n`);
  files.finish(results);
  return exitCode(results);
}

/** The profile that an option names. @throws Failure for a name that is none */
function profileOf(name: string): CostProfile {
  const profile = profileNamed(name);
  if (profile) return profile;
  throw unknownName(
    'cost profile',
    name,
    PROFILES.map((known) => known.name),
  );
}

function verdict(result: Result, profiles: readonly CostProfile[], { colours }: Context): string {
  return [verdictText(result, colours), ...profiles.map((profile) => costText(result, profile, colours))].join('\n');
}

/** Exit code of a series of runs. */
export function exitCode(results: readonly Result[]): number {
  if (results.some((result) => result.end === 'limit')) return EXIT.limit;
  return results.every((result) => result.agrees) ? EXIT.ok : EXIT.disagrees;
}

function summary(results: readonly Result[]): string {
  const right = results.filter((result) => result.agrees).length;
  return `${right} of ${results.length} runs as expected`;
}

function title(scenario: Scenario): string {
  const { name, attack = null, variant = null, monitor, ablations, seed } = scenario;
  return headline({ scenario: name, attack, variant, system: monitor, ablations, seed });
}

/** The scenarios that one argument names, with the options applied. @throws Failure for a name that is none */
function selected(id: string, args: RunArguments): Scenario[] {
  const overrides = {
    system: args.system,
    ablations: args.ablate,
    noMonitor: args.noMonitor,
    seed: wholeNumber('--seed', args.seed),
    cpus: wholeNumber('--cpus', args.cpus),
    maxInstructions: wholeNumber('--max-instructions', args.maxInstructions),
  };
  const scenario = override(named(id), overrides);
  if (args.variant === 'all') return everyVariant(scenario);
  return [override(scenario, { variant: args.variant })];
}

function named(id: string): Scenario {
  if (scenarioIds().includes(id)) return scenarioNamed(id);
  if (/\.ya?ml$/.test(id) || id.includes('/') || existsSync(id)) return loadScenario(id);
  throw unknownName('attack or scenario', id, scenarioIds());
}

/** The files that the options name. */
class Outputs {
  private readonly args: RunArguments;

  constructor(args: RunArguments) {
    this.args = args;
    for (const file of [args.jsonl, args.trace, args.junit]) create(file);
  }

  step(event: RunEvent): void {
    const { trace } = this.args;
    if (trace !== undefined) writing(trace, () => appendFileSync(trace, `${event.time} ${event.kind} ${event.text}\n`));
  }

  result(result: Result): void {
    const { jsonl, trace } = this.args;
    for (const [console, lines] of Object.entries(result.serial)) {
      const text = lines.map((line) => `${console}: ${line}\n`).join('');
      if (trace !== undefined) writing(trace, () => appendFileSync(trace, text));
    }
    if (jsonl !== undefined) writing(jsonl, () => appendFileSync(jsonl, `${resultLine(result)}\n`));
  }

  finish(results: readonly Result[]): void {
    write(this.args.junit, junit(results));
  }
}
