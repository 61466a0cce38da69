/**
 * What events cost in cycles, by processor. Prices are ranges: what is published is quoted with its source, what is not is
 * an estimate and says so. Only differences of orders of magnitude should be read from estimates.
 */
import type { Counts } from './counts.ts';
import { matcher } from './pattern.ts';

/** Where in their ranges prices are taken. */
export const BOUNDS = ['low', 'mid', 'high'] as const;
export type Bound = (typeof BOUNDS)[number];

/** Cycles for one event of a kind. */
export interface Price {
  /** What is priced, in a few words. */
  readonly title: string;
  /** Events, names or patterns (`*` is any one word, `**` all that follow). */
  readonly events: readonly string[];
  readonly low: number;
  /** Ours even where the range is published: the geometric mean of its ends, rounded. */
  readonly mid: number;
  readonly high: number;
  readonly kind: 'published' | 'estimate';
  /** Where the range is from, and for an estimate, why it is what it is. */
  readonly source: string;
}

/** The prices of one processor. */
export interface CostProfile {
  readonly name: string;
  readonly title: string;
  /** The first price whose events match is the one that counts. */
  readonly prices: readonly Price[];
}

/** Events without a price of their own. */
export interface Free {
  readonly events: readonly string[];
  readonly reason: string;
}

/** Why some events cost nothing by themselves, in every profile. */
export const FREE: readonly Free[] = [
  { events: ['return.**'], reason: 'the price of an exception is that of the round trip, with its return' },
  { events: ['smc.**', 'trap.**', 'fault.**'], reason: 'a closer look at exceptions, which have their price' },
  { events: ['hash.*'], reason: 'hashing is instructions, which have their price' },
  { events: ['tlb.refill.*'], reason: 'a refill costs the memory reads of its walk, which have their price' },
  {
    events: ['world.*'],
    reason: 'comes with an exception to EL3, which has its price; saving and restoring registers is instructions',
  },
];

type Range = readonly [low: number, high: number];

function price(
  title: string,
  events: readonly string[],
  [low, high]: Range,
  kind: Price['kind'],
  source: string,
): Price {
  return { title, events, low, mid: Math.round(Math.sqrt(low * high)), high, kind, source };
}

/** Ours, without measurement: of the order of magnitude that is usual for such cores. */
const OURS = 'ours: order of magnitude, not measured';
const HVC_ROUND_TRIP: Range = [40, 80];

/** Prices for which nothing sets the two processors apart. */
const COMMON: readonly Price[] = [
  price(
    'instruction',
    ['instructions'],
    [1, 1],
    'estimate',
    'ours: one cycle each, no caches, no stalls and no issue of several at once',
  ),
  price('HVC round trip', ['exception.hvc.el2'], HVC_ROUND_TRIP, 'estimate', OURS),
  price(
    'other exceptions to EL2',
    ['exception.*.el2'],
    HVC_ROUND_TRIP,
    'estimate',
    'ours: taken for as dear as an HVC, whose price is an estimate itself',
  ),
  price(
    'exceptions to EL1',
    ['exception.*.el1'],
    HVC_ROUND_TRIP,
    'estimate',
    'ours: taken for as dear as an HVC, whose price is an estimate itself',
  ),
  price('write of a table base, with its ISB', ['write.*'], [20, 60], 'estimate', OURS),
  price(
    'TLB maintenance, with its DSB',
    ['tlbi.*'],
    [100, 400],
    'estimate',
    `${OURS}; too much where one DSB follows several`,
  ),
  price(
    'memory read of a table walk',
    ['walk.*'],
    [20, 200],
    'estimate',
    `${OURS}: from the cache, or from memory; there is no walk cache in the counts, so low is nearer`,
  ),
  price('access to a device register', ['mmio.**'], [50, 300], 'estimate', OURS),
];

/** Prices of the round trip to EL3, published for SMC alone. */
function secureMonitor(range: Range, source: string): readonly Price[] {
  return [
    price('SMC round trip', ['exception.smc.el3'], range, 'published', source),
    price(
      'other exceptions to EL3',
      ['exception.*.el3'],
      range,
      'estimate',
      'ours: taken for as dear as an SMC, whose figure is borrowed',
    ),
  ];
}

const TF_A = "Trusted Firmware-A's performance page for Juno";

/** Every profile. */
export const PROFILES: readonly CostProfile[] = [
  {
    name: 'juno-a57',
    title: 'Cortex-A57 of a Juno board, 900 MHz',
    prices: [...secureMonitor([470, 650], `${TF_A}: 520 to 720 ns at 900 MHz`), ...COMMON],
  },
  {
    name: 'juno-a53',
    title: 'Cortex-A53 of a Juno board, 650 MHz',
    prices: [...secureMonitor([1910, 1990], `${TF_A}: 2,940 to 3,060 ns at 650 MHz`), ...COMMON],
  },
];

/** A profile by name, or undefined. */
export function profileNamed(name: string): CostProfile | undefined {
  return PROFILES.find((profile) => profile.name === name);
}

const PRICE_TESTS = new Map(PROFILES.flatMap(({ prices }) => prices.map((one) => [one, matcher(one.events)])));
const isFree = matcher(FREE.flatMap(({ events }) => events));

/**
 * The price of one event under a profile, or undefined where it is free ({@link FREE}).
 * @throws Error for an event that has neither
 */
export function priceFor(event: string, profile: CostProfile): Price | undefined {
  const found = profile.prices.find((one) => PRICE_TESTS.get(one)!(event));
  if (!found && !isFree(event)) throw new Error(`profile ${profile.name} has no price for the event ${event}`);
  return found;
}

/** A part of a run's cost. */
export interface Item {
  readonly event: string;
  readonly count: number;
  readonly price: Price;
  readonly cycles: number;
}

/** What a run's events come to. */
export interface Cost {
  readonly cycles: number;
  /** Priced events, the dearest first. */
  readonly breakdown: readonly Item[];
}

/** Prices counts under a profile. @throws Error for an event without a price that is not {@link FREE} */
export function priceOf(counts: Counts, profile: CostProfile, bound: Bound = 'mid'): Cost {
  const breakdown: Item[] = [];
  for (const [event, count] of Object.entries(counts)) {
    const found = priceFor(event, profile);
    if (found) breakdown.push({ event, count, price: found, cycles: count * found[bound] });
  }
  breakdown.sort((a, b) => b.cycles - a.cycles || (a.event < b.event ? -1 : 1));
  return { cycles: breakdown.reduce((sum, { cycles }) => sum + cycles, 0), breakdown };
}

/** Name of a column of cycles: profile and bound, such as `juno-a57.mid`. */
export function columnOf(profile: CostProfile, bound: Bound): string {
  return `${profile.name}.${bound}`;
}

/** Cycles under every profile, by {@link columnOf}, in alphabetical order. */
export function cyclesOf(counts: Counts): Record<string, number> {
  const columns = PROFILES.flatMap((profile) =>
    BOUNDS.map((bound) => [columnOf(profile, bound), priceOf(counts, profile, bound).cycles] as const),
  );
  return Object.fromEntries(columns.sort(([a], [b]) => (a < b ? -1 : 1)));
}
