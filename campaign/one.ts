import type { RunEvent } from '../scenarios/events.ts';
import type { FirmwareStore } from '../scenarios/images.ts';
import { runScenario } from '../scenarios/run.ts';
import type { Scenario } from '../scenarios/schema.ts';
import type { Outcome } from './messages.ts';

/** Runs one scenario and keeps its steps. @throws Failure if its images are missing */
export async function runOne(scenario: Scenario, store: FirmwareStore): Promise<Outcome> {
  const events: RunEvent[] = [];
  const result = await runScenario(scenario, { store, onEvent: (event) => events.push(event) });
  // Steps are told when they are seen; what left by a wire is told when its last byte had.
  return { result, events: events.sort((a, b) => a.time - b.time) };
}
