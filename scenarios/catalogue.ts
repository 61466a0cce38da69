/** The scenarios that come with the package. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadScenario } from './load.ts';
import { SCENARIO_FOLDER } from './paths.ts';
import type { Scenario } from './schema.ts';

/** Ids of all scenarios, in alphabetical order: an attack's own id, or `benign.<workload>`. */
export function scenarioIds(): string[] {
  if (!existsSync(SCENARIO_FOLDER)) return [];
  return readdirSync(SCENARIO_FOLDER)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/** A scenario of the package by its id. @throws Failure if its file is wrong */
export function scenarioNamed(id: string): Scenario {
  return loadScenario(join(SCENARIO_FOLDER, `${id}.yaml`));
}
