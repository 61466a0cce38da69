/** Events of a run by what a reader asks for. */
import type { Counts } from '../emulator/cost/counts.ts';
import { matcher } from '../emulator/cost/pattern.ts';

/** Events that are told as one number. */
export interface EventGroup {
  readonly title: string;
  readonly events: readonly string[];
}

/** The columns of a table of events, in order. */
export const EVENT_GROUPS: readonly EventGroup[] = [
  { title: 'instructions', events: ['instructions'] },
  { title: 'secure calls', events: ['smc.**'] },
  { title: 'secure timer', events: ['exception.fiq.el3'] },
  { title: 'register traps', events: ['trap.**'] },
  { title: 'stage-2 faults', events: ['fault.stage2.*'] },
  { title: 'world switches', events: ['world.*'] },
  { title: 'TLB refills', events: ['tlb.refill.*'] },
  { title: 'walk reads', events: ['walk.*'] },
  { title: 'bytes hashed', events: ['hash.*'] },
];

const TESTS = new Map(EVENT_GROUPS.map((group) => [group, matcher(group.events)]));

/** How often the events of a group happened. */
export function countOf(counts: Counts, group: EventGroup): number {
  const test = TESTS.get(group)!;
  return Object.entries(counts).reduce((sum, [event, count]) => (test(event) ? sum + count : sum), 0);
}
