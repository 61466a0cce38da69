/** The boot ROM of a scenario, for tests that run it on a board of their own. */
import { scenarioNamed } from '../../scenarios/catalogue.ts';
import { compose } from '../../scenarios/compose.ts';
import { FirmwareStore } from '../../scenarios/images.ts';
import { type Overrides, override } from '../../scenarios/override.ts';
import type { Scenario } from '../../scenarios/schema.ts';

/** @param id of a scenario of the package */
export function scenarioRom(id: string, overrides: Overrides = {}): { scenario: Scenario; rom: Uint8Array } {
  const scenario = override(scenarioNamed(id), overrides);
  return { scenario, rom: compose(scenario, new FirmwareStore()).rom };
}
