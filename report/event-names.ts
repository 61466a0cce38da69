/** Names of events for people: of secure calls by what they are called, not by number alone. */
import { PsciFunction, SMC64 } from '../emulator/boot/psci.ts';
import { SYSTEMS } from '../monitor/index.ts';

const PSCI = Object.entries(PsciFunction).flatMap(([name, id]) => [
  [id, `PSCI ${name}`] as const,
  [(id | SMC64) >>> 0, `PSCI ${name}`] as const,
]);
const CALLS: ReadonlyMap<number, string> = new Map([
  ...PSCI,
  ...SYSTEMS.flatMap(({ name: system, secureCalls }) =>
    secureCalls.map(({ id, name }) => [id, `${system} ${name}`] as const),
  ),
]);

/** An event of a run's counts, such as `smc.0x84000008 (PSCI SYSTEM_OFF)`. */
export function eventLabel(event: string): string {
  const id = /^smc\.0x([0-9a-f]{8})$/.exec(event)?.[1];
  const name = id === undefined ? undefined : CALLS.get(Number.parseInt(id, 16));
  return name === undefined ? event : `${event} (${name})`;
}
