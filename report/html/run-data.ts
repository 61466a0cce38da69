/** What the page knows of each run: enough to tell it, and no more, since a page holds hundreds. */

import { attackNamed } from '../../attacks/index.ts';
import { BOUNDS, columnOf, PROFILES } from '../../emulator/cost/profiles.ts';
import { systemNamed } from '../../monitor/index.ts';
import type { RunEvent } from '../../scenarios/events.ts';
import type { Result } from '../../scenarios/result.ts';
import { commandLine } from '../command-line.ts';
import { countOf, EVENT_GROUPS } from '../event-groups.ts';
import { eventLabel } from '../event-names.ts';
import { columnName } from '../matrix.ts';
import { HOW_TO_READ } from '../text.ts';

/** A run and its steps. */
export interface ToldRun {
  readonly result: Result;
  readonly events: readonly RunEvent[];
}

function runData({ result, events }: ToldRun, numbers: ReadonlyMap<string, number>) {
  const kinds = systemNamed(result.system)?.alarms ?? [];
  const attack = result.attack === null ? undefined : attackNamed(result.attack)?.record;
  const variant = result.variant === null ? '' : `, ${result.variant}`;
  return {
    title: attack?.title ?? result.configuration.title,
    where: `${result.scenario}${variant} · ${columnName(result)} · seed ${result.seed}`,
    agrees: result.agrees,
    effect: result.effect,
    detection: result.detection,
    expectedEffect: result.expected.effect,
    expectedDetection: result.expected.detection,
    reason: result.expected.reason,
    steps: events.map(({ time, kind, text }) => [time, kind, text]),
    alarms: result.alarms.map(({ id, component, instruction, cause }) => {
      return { id, component, instruction, cause, meaning: kinds.find((kind) => kind.id === id)?.meaning ?? null };
    }),
    latency: result.latency?.instructions ?? null,
    gaps: result.unimplemented.map((gap) => `${gap.kind} ${gap.what} (${gap.section}), ${gap.count} times`),
    command: commandLine(result),
    groups: EVENT_GROUPS.map((group) => [group.title, countOf(result.counts, group)]),
    counts: Object.entries(result.counts).flatMap(([event, count]) => [numbers.get(event)!, count]),
    cycles: PROFILES.map((profile) => [
      profile.name,
      ...BOUNDS.map((bound) => result.cycles[columnOf(profile, bound)]),
    ]),
    key: result.run,
  };
}

/** The data that the page's script reads. Names of events stand there once. */
export function pageData(runs: readonly ToldRun[]) {
  const events = [...new Set(runs.flatMap(({ result }) => Object.keys(result.counts)))].sort();
  const numbers = new Map(events.map((event, number) => [event, number]));
  return { words: HOW_TO_READ, events: events.map(eventLabel), runs: runs.map((run) => runData(run, numbers)) };
}
