/** What a run had cost at moments that matter: when the attack began, and when each report had left. */
import type { Counts, EventCounts } from '../emulator/cost/counts.ts';
import { cyclesOf } from '../emulator/cost/profiles.ts';

/** Cycles by cost profile and bound. */
export type Cycles = Readonly<Record<string, number>>;

/**
 * Cycles since power-on, at moments of the machine's time. Time that passes while every CPU waits costs as much as
 * instructions would, so that a difference of two moments is how long it took and not only how much was done.
 */
export class CostClock {
  private readonly counts: EventCounts;
  private readonly marks = new Map<number, Counts>();

  constructor(counts: EventCounts) {
    this.counts = counts;
  }

  /** Keeps the present moment. @param time the machine's time now */
  mark(time: number): void {
    this.marks.set(time, this.counts.snapshot(time));
  }

  /** Cycles at a moment that was kept. @throws Error if it was not */
  at(time: number): Cycles {
    const counts = this.marks.get(time);
    if (!counts) throw new Error(`no moment was kept at time ${time}`);
    return cyclesOf(counts);
  }

  /** Cycles between two moments that were kept. */
  between(from: number, to: number): Cycles {
    const before = this.at(from);
    return Object.fromEntries(Object.entries(this.at(to)).map(([column, cycles]) => [column, cycles - before[column]]));
  }
}
