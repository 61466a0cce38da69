/** What the end-to-end tests share: one composed run and its result. */
import { scenarioNamed } from '../../scenarios/catalogue.ts';
import type { RunEvent } from '../../scenarios/events.ts';
import { FirmwareStore } from '../../scenarios/images.ts';
import { type Overrides, override } from '../../scenarios/override.ts';
import type { Result } from '../../scenarios/result.ts';
import { runScenario } from '../../scenarios/run.ts';

const store = new FirmwareStore();

/** Runs a scenario of the package with parts of it replaced. */
export async function runOf(id: string, overrides: Overrides = {}, events: RunEvent[] = []): Promise<Result> {
  return runScenario(override(scenarioNamed(id), overrides), { store, onEvent: (event) => events.push(event) });
}
