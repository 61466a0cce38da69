/** A run for someone at a terminal: one line per step, then the verdict on its two axes. */
import { systemNamed } from '../monitor/index.ts';
import type { RunEvent } from '../scenarios/events.ts';
import type { Result } from '../scenarios/result.ts';
import type { Palette } from './colour.ts';

const TIME_COLUMNS = 13;
const LABEL_COLUMNS = 10;
/** Alarms that a verdict names. */
const SHOWN_ALARMS = 3;

/** What each word of a verdict means, so that nobody has to look it up. */
export const HOW_TO_READ: Readonly<Record<string, string>> = {
  succeeded: "the attack reached its effect, by the machine's own state",
  blocked: 'the attempt was made and stopped',
  'no-effect': 'nothing stopped the attempt, and nothing came of it',
  detected: 'the monitor raised an alarm about it',
  missed: 'no alarm',
  silent: 'no alarm, and nothing to raise one about',
  'false-alarm': 'an alarm without a cause',
};

const ENDS: Readonly<Record<Result['end'], string>> = {
  'power-off': 'powered off',
  'boot-stopped': 'stopped before the VMM started',
  limit: 'stopped at the instruction limit',
  crash: 'crashed',
  error: 'failed',
};

/** Digits in groups of three. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** The line above a run. */
export function headline(result: Pick<Result, 'scenario' | 'attack' | 'variant' | 'system' | 'ablations' | 'seed'>) {
  const parts = [
    result.attack ? `${result.attack}${result.variant ? ` (${result.variant})` : ''}` : result.scenario,
    result.system === 'none' ? 'no monitor' : `system ${result.system}`,
    ...result.ablations.map((ablation) => `without ${ablation.replace(/^no-/, '')}`),
    `seed ${result.seed}`,
  ];
  return parts.join(' · ');
}

/** One step of a run. */
export function stepLine(event: RunEvent, colours: Palette): string {
  const text = event.kind === 'alarm' || event.kind === 'effect' ? colours.strong(event.text) : event.text;
  return `${colours.dim(grouped(event.time).padStart(TIME_COLUMNS))}  ${text}`;
}

function axis(label: string, found: string | null, expected: string | null, colours: Palette): string {
  if (found === null) return `  ${label.padEnd(LABEL_COLUMNS)}${colours.dim('no attack in this run')}`;
  const right = found === expected;
  const word = right ? colours.good(found) : colours.bad(found);
  const note = right ? 'as expected' : `expected ${expected}`;
  return `  ${label.padEnd(LABEL_COLUMNS)}${word}, ${note}: ${HOW_TO_READ[found]}`;
}

function alarmLines(result: Result, colours: Palette): string[] {
  const kinds = systemNamed(result.system)?.alarms ?? [];
  const shown = result.alarms.slice(0, SHOWN_ALARMS).flatMap((alarm) => {
    const when = `instruction ${grouped(alarm.instruction)}`;
    const line = `  ${'alarm'.padEnd(LABEL_COLUMNS)}${colours.strong(alarm.id)} by ${alarm.component}, ${when}: ${alarm.cause}`;
    const meaning = kinds.find((kind) => kind.id === alarm.id)?.meaning;
    return meaning === undefined ? [line] : [line, `  ${''.padEnd(LABEL_COLUMNS)}${colours.dim(meaning)}`];
  });
  const more = result.alarms.length - SHOWN_ALARMS;
  if (more > 0) shown.push(`  ${''.padEnd(LABEL_COLUMNS)}and ${more} more`);
  return shown;
}

/** The verdict of a run. */
export function verdictText(result: Result, colours: Palette): string {
  const row = (label: string, text: string) => `  ${label.padEnd(LABEL_COLUMNS)}${text}`;
  const latency = result.latency
    ? [row('latency', `${grouped(result.latency.instructions)} instructions from the first hostile one to the alarm`)]
    : [];
  const asMeant = result.end === (result.expected.end ?? 'power-off');
  const shown = `the machine ${ENDS[result.end]}`;
  const end = result.end === 'power-off' && asMeant ? [] : [row('end', asMeant ? shown : colours.bad(shown))];
  const figures = Object.entries(result.figures ?? {}).map(([name, value]) =>
    row('measured', `${name.replace(/\.(\w+)$/, ', in $1')}: ${grouped(value)}`),
  );
  const gaps = result.unimplemented.map((gap) => row('gap', colours.bad(`${gap.kind} ${gap.what} (${gap.section})`)));
  return [
    colours.strong(result.agrees ? colours.good('as expected') : colours.bad('NOT as expected')),
    axis('effect', result.effect, result.expected.effect, colours),
    axis('detection', result.detection, result.expected.detection, colours),
    ...alarmLines(result, colours),
    ...latency,
    ...figures,
    ...end,
    ...gaps,
    row('because', result.expected.reason),
    row('run', colours.dim(result.run)),
  ].join('\n');
}
