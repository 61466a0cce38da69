import { Slot } from '../ir/slots.ts';
import type { Arm64Core } from './core.ts';
import { takeTrap } from './exceptions.ts';
import { endsWfi, interruptPending } from './interrupts.ts';
import { Sys } from './registers/slots.ts';
import { CONDITION_ALWAYS, EC } from './syndrome.ts';
import { Hcr, Scr } from './translation/regime.ts';

const { CNTHCTL_EL2, CNTKCTL_EL1, EVENT_REGISTER, HCR_EL2, SCR_EL3, SCTLR_EL1, WAIT_IS_WFE } = Sys;

/** WFI, WFE, SEV and the event register (Arm ARM D1.16, B2.10). */

const SCTLR_NTWI = 1 << 16;
const SCTLR_NTWE = 1 << 18;
/** CNTKCTL_EL1.EVNTEN and CNTHCTL_EL2.EVNTEN: the event stream. */
const EVNTEN = 1 << 2;
const ISS_WFE = 1;

/** Level to which WFI or WFE traps, or 0 (`AArch64.CheckForWFxTrap`). */
function trapTarget(core: Arm64Core, wfe: boolean): 0 | 1 | 2 | 3 {
  const { state, el, secure } = core;
  if (el === 0 && (state.lo(SCTLR_EL1) & (wfe ? SCTLR_NTWE : SCTLR_NTWI)) === 0) return 1;
  if (el < 2 && !secure && (state.lo(HCR_EL2) & (wfe ? Hcr.TWE : Hcr.TWI)) !== 0) return 2;
  if (el < 3 && (state.lo(SCR_EL3) & (wfe ? Scr.TWE : Scr.TWI)) !== 0) return 3;
  return 0;
}

function wait(core: Arm64Core, wfe: boolean): void {
  const target = trapTarget(core, wfe);
  if (target !== 0) {
    takeTrap(core, target, EC.WFX, CONDITION_ALWAYS | (wfe ? ISS_WFE : 0));
    return;
  }
  core.waiting = true;
  core.state.setLo(WAIT_IS_WFE, wfe ? 1 : 0);
}

/** WFI: traps only if it would wait. */
export function waitForInterrupt(core: Arm64Core): void {
  if (!endsWfi(core)) wait(core, false);
}

/**
 * WFE. Hardware may leave the wait at any time; this machine does at once where an event could come that it does not
 * model as such: the event stream, and the clearing of an armed exclusive monitor.
 */
export function waitForEvent(core: Arm64Core): void {
  const { state } = core;
  if (state.lo(EVENT_REGISTER) !== 0) {
    state.setLo(EVENT_REGISTER, 0);
    return;
  }
  if (interruptPending(core)) return;
  const target = trapTarget(core, true);
  const stream = ((state.lo(CNTKCTL_EL1) | state.lo(CNTHCTL_EL2)) & EVNTEN) !== 0;
  const armed = (state.lo(Slot.EXCLUSIVE_ADDRESS) & state.hi(Slot.EXCLUSIVE_ADDRESS)) !== -1;
  if (target === 0 && (stream || armed)) return;
  wait(core, true);
}

/** SEV: sets the event register of every CPU. */
export function sendEvent(core: Arm64Core): void {
  for (const cpu of core.siblings) cpu.state.setLo(EVENT_REGISTER, 1);
}

/** SEVL: sets the own event register. */
export function sendEventLocal(core: Arm64Core): void {
  core.state.setLo(EVENT_REGISTER, 1);
}

/** Whether the wait of a CPU is over; if so, it is. */
export function waitIsOver(core: Arm64Core): boolean {
  if (core.state.lo(WAIT_IS_WFE) !== 0) {
    const event = core.state.lo(EVENT_REGISTER) !== 0;
    if (!event && !interruptPending(core)) return false;
    core.state.setLo(EVENT_REGISTER, 0);
  } else if (!endsWfi(core)) return false;
  core.waiting = false;
  return true;
}
