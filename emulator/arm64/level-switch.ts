/**
 * Level changes that translated code makes by itself (`lift/exception.ts`): what the core does about them afterwards, which is to
 * count them.
 */
import { LevelSlot, levelSlot, Slot } from '../ir/slots.ts';
import type { Arm64Core } from './core.ts';
import { countExceptions, countReturns, countWorlds } from './counting.ts';
import { COUNTED_EVENTS } from './registers/counted.ts';
import { Sys } from './registers/slots.ts';
import { EC } from './syndrome.ts';
import { Scr } from './translation/regime.ts';

const { LAST_SMC, SCR_EL3 } = Sys;

/** Kinds of arrival, see {@link LevelSlot}: `returnFrom` + the level that an ERET left, calls, and trapped register writes. */
export const Arrival = { returnFrom: 0, svc: 4, hvc: 5, smc: 6, trap: 7 } as const;

/** Bits of the HOST_CALLS slot: calls behind which the host stands instead of firmware. */
export const HostCall = { hvc: 1, smc: 2 } as const;

interface Route {
  readonly slot: number;
  /** Level left by a return, 0 for an exception. */
  readonly from: number;
  readonly to: number;
  readonly ec: number;
}

const route = (to: number, kind: number, from: number, ec: number): Route => ({
  ...{ slot: levelSlot(to, LevelSlot.arrivals + kind), from, to, ec },
});
const back = (from: number, to: number): Route => route(to, Arrival.returnFrom + from, from, 0);

/** Every way that translated code may go. */
const ROUTES: readonly Route[] = [
  ...[back(1, 0), back(1, 1), back(2, 0), back(2, 1), back(3, 0), back(3, 1), back(3, 2)],
  ...[route(1, Arrival.svc, 0, EC.SVC), route(2, Arrival.hvc, 0, EC.HVC), route(3, Arrival.smc, 0, EC.SMC)],
  route(2, Arrival.trap, 0, EC.SYSTEM),
];

/** Takes the counts of {@link COUNTED_EVENTS} over. */
function takeCounted(core: Arm64Core): void {
  const { state } = core;
  for (const [i, event] of COUNTED_EVENTS.entries()) {
    core.counts.add(event, state.lo(Slot.EVENTS + i));
    state.set(Slot.EVENTS + i, 0, 0);
  }
}

/** Counts what translated code did since the last time. Neither SCR_EL3 nor LAST_SMC has changed since. */
export function countArrivals(core: Arm64Core): void {
  const { state } = core;
  takeCounted(core);
  const nonSecure = (state.lo(SCR_EL3) & Scr.NS) !== 0;
  for (const { slot, from, to, ec } of ROUTES) {
    const times = state.lo(slot);
    if (times === 0) continue;
    state.set(slot, 0, 0);
    if (from !== 0) countReturns(core, from, to, nonSecure, times);
    else countExceptions(core, ec, to, times);
    if (ec === EC.SMC) core.counts.smc(state.lo(LAST_SMC) >>> 0, times);
    // Calls of EL3 and returns from it cross between the worlds while the lower levels belong to the normal one.
    if (nonSecure && (from === 3 || to === 3)) countWorlds(core, to === 3, times);
  }
}
