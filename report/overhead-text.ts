/** Costs of monitors for a terminal. */
import { type CostProfile, PROFILES, type Price } from '../emulator/cost/profiles.ts';
import { INSTRUCTIONS_PER_SECOND } from '../emulator/devices/context.ts';
import type { Palette } from './colour.ts';
import { columns } from './columns.ts';
import { commandLine } from './command-line.ts';
import { priceText } from './cost.ts';
import { countOf, EVENT_GROUPS } from './event-groups.ts';
import { type Measured, type Misfit, misfits, type Overhead, overheads, type Spread } from './overhead.ts';
import { grouped } from './text.ts';

/** Instructions in a tick of the generic counter, on every board here. */
const INSTRUCTIONS_PER_TICK = 16;

/** A period of the secure timer in milliseconds of the machine's time. @param ticks of the generic counter */
export function milliseconds(ticks: number): string {
  const value = (ticks * INSTRUCTIONS_PER_TICK * 1000) / INSTRUCTIONS_PER_SECOND;
  return `${Number(value.toPrecision(2))} ms`;
}

const hundredths = (value: number) =>
  Math.abs(value) < 0.1 ? (value * 100).toFixed(1).replace(/^-(?=0\.0$)/, '') : grouped(Math.round(value * 100));
const percent = (value: number) => `${hundredths(value)} %`;

/** Mean, and least to most where runs differ. */
export function spreadText({ mean, min, max }: Spread): string {
  const same = hundredths(min) === hundredths(max);
  return same ? percent(mean) : `${percent(mean)} (${hundredths(min)} to ${hundredths(max)})`;
}

/** A workload's name without what all of them begin with. */
export const shortName = (workload: string) => workload.replace(/^benign\./, '');

function overheadRows(list: readonly Overhead[], periods: readonly number[]): string[][] {
  const keys = [...new Set(list.map(({ workload, system }) => `${workload} ${system}`))];
  return keys.map((key) => {
    const [workload, system] = key.split(' ');
    const cells = periods.map((period) => {
      const found = list.find((one) => one.workload === workload && one.system === system && one.period === period);
      return found ? spreadText(found.bounds.mid) : '-';
    });
    return [`${shortName(workload)}, ${system}`, ...cells];
  });
}

function boundsRows(list: readonly Overhead[], periods: readonly number[]): string[][] {
  const systems = [...new Set(list.map(({ system }) => system))];
  return systems.flatMap((system) =>
    (['low', 'high'] as const).map((bound) => [
      `all workloads, ${system}, ${bound} prices`,
      ...periods.map((period) => meanOf(list, system, period, bound)),
    ]),
  );
}

/** The workloads' geometric mean, as of ratios. */
function meanOf(list: readonly Overhead[], system: string, period: number, bound: 'low' | 'high'): string {
  const ratios = list
    .filter((one) => one.system === system && one.period === period)
    .map(({ bounds }) => 1 + bounds[bound].mean);
  if (ratios.length === 0) return '-';
  return percent(Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length) - 1);
}

/** Overheads under a profile: a row for each workload and system, a column for each period. */
export function overheadTable(runs: readonly Measured[], profile: CostProfile, colours: Palette): string {
  const list = overheads(runs, profile);
  const periods = [...new Set(list.map(({ period }) => period))].sort((a, b) => a - b);
  const seeds = Math.max(0, ...list.map((one) => one.seeds));
  const heading = ['a poll every', ...periods.map(milliseconds)];
  const [first, ...rest] = columns([heading, ...overheadRows(list, periods), ...boundsRows(list, periods)]);
  const title = `Overhead under ${profile.name}: cycles of the same guest work with the monitor, over those without, less one`;
  const note = `mean of ${seeds} ${seeds === 1 ? 'seed' : 'seeds'} (least to most), prices in the middle of their ranges; all workloads: geometric mean`;
  return [colours.strong(title), colours.dim(note), colours.strong(first), ...rest, ''].join('\n');
}

/** Every price of a profile, what is published before what is an estimate. */
export function priceTable({ name, title, prices }: CostProfile, colours: Palette): string {
  const line = (price: Price) => `  ${price.title}: ${priceText(price)}`;
  const published = prices.filter(({ kind }) => kind === 'published').map((price) => colours.good(line(price)));
  const estimates = prices.filter(({ kind }) => kind === 'estimate').map(line);
  return [colours.strong(`Prices of ${name} in cycles (${title})`), ...published, ...estimates, ''].join('\n');
}

/** What the guests' work was made of, with and without each monitor, at the shortest period; means over seeds. */
export function eventTable(runs: readonly Measured[], colours: Palette): string {
  const shortest = Math.min(...runs.flatMap(({ point }) => point.period ?? []));
  const wanted = runs.filter(({ point, result }) => result.work && (point.period ?? shortest) === shortest);
  const keys = [...new Set(wanted.map(({ point }) => `${point.workload} ${point.system}`))];
  const rows = keys.map((key) => {
    const group = wanted.filter(({ point }) => `${point.workload} ${point.system}` === key);
    const [workload, system] = key.split(' ');
    const means = EVENT_GROUPS.map((events) => {
      const sum = group.reduce((total, { result }) => total + countOf(result.work!.counts, events), 0);
      return grouped(Math.round(sum / group.length));
    });
    return [`${shortName(workload)}, ${system === 'none' ? 'no monitor' : system}`, ...means];
  });
  const [heading, ...rest] = columns([['', ...EVENT_GROUPS.map(({ title }) => title)], ...rows]);
  const title = `Events of the guests' work, with a poll every ${milliseconds(shortest)} where there is a monitor`;
  return [colours.strong(title), colours.strong(heading), ...rest, ''].join('\n');
}

function misfitLine({ measured, reason }: Misfit, colours: Palette): string {
  return `${colours.bad(reason)}: ${commandLine(measured.result)}, period ${measured.point.period}`;
}

/** Everything, and a last line that sums up. @param profiles under which cycles are told; all where empty */
export function costsText(runs: readonly Measured[], profiles: readonly CostProfile[], colours: Palette): string {
  const wanted = profiles.length > 0 ? profiles : PROFILES;
  const faults = misfits(runs);
  const monitored = runs.filter(({ point }) => point.period !== null).length;
  const sum = `${monitored - faults.length} of ${monitored} runs did the same work as without a monitor, and no alarm was raised`;
  return [
    ...wanted.map((profile) => overheadTable(runs, profile, colours)),
    eventTable(runs, colours),
    ...wanted.map((profile) => priceTable(profile, colours)),
    ...faults.map((fault) => misfitLine(fault, colours)),
    colours.strong((faults.length === 0 ? colours.good : colours.bad)(sum)),
    '',
  ].join('\n');
}
