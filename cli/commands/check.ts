import { attackNamed } from '../../attacks/index.ts';
import { systemNamed } from '../../monitor/index.ts';
import { scenarioIds, scenarioNamed } from '../../scenarios/catalogue.ts';
import { imagesOf } from '../../scenarios/compose.ts';
import { EXIT, type Failure } from '../../scenarios/errors.ts';
import { FirmwareStore } from '../../scenarios/images.ts';
import { override } from '../../scenarios/override.ts';
import type { Scenario } from '../../scenarios/schema.ts';
import type { Context } from '../context.ts';
import { unknownName } from '../nearest.ts';
import { knownIds } from './show.ts';

const OLDEST_NODE = 20;

/** Says whether what an attack, a system or a scenario needs is here. @returns the exit code */
export function check(context: Context, args: { readonly id: string }): number {
  const findings = [nodeVersion(), ...firmware(scenariosOf(args.id))];
  for (const { good, text } of findings) {
    context.out.write(`${good ? context.colours.good('ok     ') : context.colours.bad('missing')}  ${text}\n`);
  }
  const attack = attackNamed(args.id);
  for (const prerequisite of attack?.record.prerequisites ?? []) {
    context.out.write(`by the scenario  ${prerequisite}\n`);
  }
  return findings.every((finding) => finding.good) ? EXIT.ok : EXIT.unavailable;
}

interface Finding {
  readonly good: boolean;
  readonly text: string;
}

function nodeVersion(): Finding {
  const major = Number(process.versions.node.split('.')[0]);
  return { good: major >= OLDEST_NODE, text: `Node ${process.versions.node}, at least ${OLDEST_NODE}` };
}

function scenariosOf(id: string): Scenario[] {
  const system = systemNamed(id);
  if (system) {
    return scenarioIds()
      .map(scenarioNamed)
      .filter((scenario) => scenario.monitor === system.name);
  }
  if (!scenarioIds().includes(id)) throw unknownName('attack, system or scenario', id, knownIds());
  const scenario = scenarioNamed(id);
  return [scenario, override(scenario, { noMonitor: true })];
}

function firmware(scenarios: readonly Scenario[]): Finding[] {
  let store: FirmwareStore;
  try {
    store = new FirmwareStore();
  } catch (error) {
    return [{ good: false, text: (error as Failure).message }];
  }
  const names = new Set(scenarios.flatMap((scenario) => imagesOf(scenario)));
  return [...names].sort().map((name) => ({ good: store.has(name), text: `firmware image ${name}` }));
}
