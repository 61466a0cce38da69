/** The part of a run in which the guests work: without the boot before it and the check after it. */
import type { Counts } from '../emulator/cost/counts.ts';
import { cyclesOf } from '../emulator/cost/profiles.ts';
import type { Cycles } from './cost-clock.ts';

/** What the machine did meanwhile, all CPUs together; idle time left out. */
export interface Work {
  readonly instructions: number;
  readonly counts: Counts;
  readonly cycles: Cycles;
}

/** Two moments of a machine's counts, and what lies between them. */
export class WorkWindow {
  private from: Counts | undefined;
  private to: Counts | undefined;

  /** The first guest is about to run. @param counts so far */
  begin(counts: Counts): void {
    this.from ??= counts;
  }

  /** The last guest has shut down. @param counts so far */
  end(counts: Counts): void {
    this.to ??= counts;
  }

  /** What lies between the two moments; null if one of them never came. */
  work(): Work | null {
    const { from, to } = this;
    if (!from || !to) return null;
    const counts = Object.fromEntries(
      Object.entries(to)
        .map(([event, count]) => [event, count - (from[event] ?? 0)] as const)
        .filter(([, count]) => count > 0),
    );
    return { instructions: counts.instructions ?? 0, counts, cycles: cyclesOf(counts) };
  }
}
