/** What a run cost under a profile, for someone at a terminal. */
import { type CostProfile, columnOf, type Item, type Price, priceOf } from '../emulator/cost/profiles.ts';
import type { Result } from '../scenarios/result.ts';
import type { Palette } from './colour.ts';
import { grouped } from './text.ts';

const LABEL_COLUMNS = 10;
/** Parts of the sum that are shown. */
const SHOWN_PARTS = 8;

const row = (label: string, text: string) => `  ${label.padEnd(LABEL_COLUMNS)}${text}`;

/** A range of cycles from a record of columns. */
function range(cycles: Result['cycles'], profile: CostProfile): string {
  const at = (bound: 'low' | 'mid' | 'high') => grouped(cycles[columnOf(profile, bound)]);
  return `${at('mid')} cycles (${at('low')} to ${at('high')})`;
}

/** The price of one event, and where it is from. */
export function priceText({ low, high, kind, source }: Price): string {
  const cycles = low === high ? `${low}` : `${grouped(low)} to ${grouped(high)}`;
  return `${cycles} (${kind}; ${source})`;
}

function part({ event, count, price, cycles }: Item, colours: Palette): string {
  return row('', `${grouped(cycles)} for ${event}: ${grouped(count)} at ${colours.dim(priceText(price))}`);
}

/** Cost of a run and its latency, with the dearest parts. */
export function costText(result: Result, profile: CostProfile, colours: Palette): string {
  const { breakdown } = priceOf(result.counts, profile);
  const more = breakdown.length - SHOWN_PARTS;
  const latency = result.latency
    ? [row('latency', `${range(result.latency.cycles, profile)} from the first hostile instruction to the alarm`)]
    : [];
  return [
    row('cost', `${colours.strong(range(result.cycles, profile))} under ${profile.name}`),
    ...breakdown.slice(0, SHOWN_PARTS).map((item) => part(item, colours)),
    ...(more > 0 ? [row('', colours.dim(`and ${more} smaller parts`))] : []),
    ...latency,
  ].join('\n');
}
