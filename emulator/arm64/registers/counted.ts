import { EVENT_SLOTS, Slot } from '../../ir/slots.ts';

/**
 * Events that translated code counts by itself, each in a slot of the CPU's state, until the core takes the counts over
 * (`level-switch.ts`).
 */
const events: number[] = [];

/** By slot, from `Slot.EVENTS` on: the event that is counted there, see `eventNumber`. */
export const COUNTED_EVENTS: readonly number[] = events;

/** Gives an event a slot to be counted in. @throws Error if there is none left */
export function eventSlot(event: number): number {
  if (events.length === EVENT_SLOTS) throw new Error('more events are counted by translated code than there are slots');
  return Slot.EVENTS + events.push(event) - 1;
}
