import type { Kernel } from './kernels.ts';
import type { Measurement, Subject } from './subject.ts';

/** The two runs of one subject in one pair: a quarter of the rounds, and all of them. */
export interface Pair {
  readonly quarter: Measurement;
  readonly whole: Measurement;
}

/**
 * Times of one measurement, in milliseconds, or how many times as fast as a peer. Every run begins with a cold engine, so the first
 * two include warm-up; `steady` is the difference of the two lengths, in which no warm-up is left.
 */
export interface Figures {
  readonly quarter: number;
  readonly whole: number;
  readonly steady: number;
}

/** What was measured of one kernel on one subject. */
export interface Row {
  readonly kernel: string;
  readonly subject: string;
  readonly pairs: number;
  readonly unit: Kernel['unit'];
  /** Rounds of the whole length. */
  readonly rounds: number;
  /** Guest instructions of the whole length, where an engine counted them. */
  readonly instructions: number;
  /** Medians, in milliseconds. */
  readonly ms: Figures;
  /** By peer: how many times as fast as it, the median of the pairs. */
  readonly ratios: Readonly<Record<string, Figures>>;
}

const LEAST_MS = 0.1;
const LENGTHS = ['quarter', 'whole', 'steady'] as const;

/** The middle of some values, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function times({ quarter, whole }: Pair): Figures {
  return { quarter: quarter.ms, whole: whole.ms, steady: Math.max(whole.ms - quarter.ms, LEAST_MS) };
}

function medians(all: readonly Figures[]): Figures {
  const [quarter, whole, steady] = LENGTHS.map((length) => median(all.map((figures) => figures[length])));
  return { quarter, whole, steady };
}

/** Medians and ratios of the pairs that were measured in turn. Ratios are taken pair by pair: the machine's own speed drifts. */
export function rowsOf(kernel: Kernel, measured: ReadonlyMap<Subject, readonly Pair[]>): Row[] {
  const { name, unit, rounds } = kernel;
  const all = [...measured];
  const counted = all.flatMap(([, pairs]) => pairs).find(({ whole }) => whole.instructions !== undefined);
  const instructions = counted?.whole.instructions ?? 0;
  return all.map(([subject, pairs]) => {
    const mine = pairs.map(times);
    const ratios = all
      .filter(([other]) => other !== subject)
      .map(([other, theirs]) => {
        const quotients = theirs.map(times).map((t, i) => ({
          quarter: t.quarter / mine[i].quarter,
          whole: t.whole / mine[i].whole,
          steady: t.steady / mine[i].steady,
        }));
        return [other.name, medians(quotients)] as const;
      });
    return {
      ...{ kernel: name, subject: subject.name, pairs: pairs.length, unit, rounds, instructions },
      ...{ ms: medians(mine), ratios: Object.fromEntries(ratios) },
    };
  });
}

/** One line of the table. */
export function lineOf(row: Row): string {
  const steadyShare = 3 / 4;
  const { ms, instructions, rounds, unit } = row;
  const speed = (part: number, time: number): string =>
    unit === 'instructions'
      ? `${((instructions * part) / time / 1000).toFixed(0)} MIPS`
      : `${((time * 1e6) / (rounds * part)).toFixed(0)} ns`;
  const ratios = Object.entries(row.ratios).map(
    ([name, r]) => `${r.quarter.toFixed(2)}/${r.whole.toFixed(2)}/${r.steady.toFixed(2)} x ${name}`,
  );
  return [
    ...[row.kernel.padEnd(16), row.subject.padEnd(11), `${ms.whole.toFixed(0)} ms`.padStart(9)],
    ...[speed(1, ms.whole).padStart(10), speed(steadyShare, ms.steady).padStart(10), '  ', ratios.join('   ')],
  ].join(' ');
}
