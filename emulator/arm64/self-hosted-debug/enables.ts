import type { Arm64Core } from '../core.ts';
import { PState } from '../pstate.ts';
import { Sys } from '../registers/slots.ts';
import { Hcr, Scr } from '../translation/regime.ts';

const { DBGPRCR_EL1, HCR_EL2, MDCR_EL2, MDCR_EL3, MDSCR_EL1, OSDLR_EL1, OSLSR_EL1, SCR_EL3 } = Sys;

/** When debug exceptions are taken, and where to (Arm ARM D2.3, D2.4; shared pseudocode `AArch64.GenerateDebugExceptions`). */

/** MDSCR_EL1: software step, debug exceptions of the level that takes them, breakpoints and watchpoints. */
export const Mdscr = { SS: 1, KDE: 1 << 13, MDE: 1 << 15 } as const;
const MDCR_EL2_TDE = 1 << 8;
const MDCR_EL3_SDD = 1 << 16;
const OSLSR_OSLK = 1 << 1;

/** Level that takes debug exceptions of a world's EL0 and EL1: `DebugTargetFrom`. */
export function debugTarget(core: Arm64Core, secure: boolean): 1 | 2 {
  if (secure) return 1;
  const { state } = core;
  return (state.lo(MDCR_EL2) & MDCR_EL2_TDE) !== 0 || (state.lo(HCR_EL2) & Hcr.TGE) !== 0 ? 2 : 1;
}

/** The OS lock, or the OS double lock while the core is not kept powered. */
function locked(core: Arm64Core): boolean {
  const { state } = core;
  if ((state.lo(OSLSR_EL1) & OSLSR_OSLK) !== 0) return true;
  return (state.lo(OSDLR_EL1) & 1) !== 0 && (state.lo(DBGPRCR_EL1) & 1) === 0;
}

/** `AArch64.GenerateDebugExceptionsFrom`, with PSTATE.D left to the caller: what else decides changes seldom. */
export function possibleFrom(core: Arm64Core, el: number, secure: boolean): boolean {
  if (locked(core)) return false;
  const { state } = core;
  if (secure && (state.lo(MDCR_EL3) & MDCR_EL3_SDD) !== 0) return false;
  const target = debugTarget(core, secure);
  return target > el || (target === el && (state.lo(MDSCR_EL1) & Mdscr.KDE) !== 0);
}

/** PSTATE.D masks debug exceptions of the level that takes them, and of none below. */
export function masked(core: Arm64Core, el: number, secure: boolean, pstate: number): boolean {
  return el === debugTarget(core, secure) && (pstate & PState.D) !== 0;
}

/**
 * PSTATE.SS after a return to what `spsr` names: `DebugExceptionReturnSS` (D2.12.4).
 * @param illegal the return is illegal and stays at the current level
 */
export function stepBitAfterReturn(core: Arm64Core, spsr: number, illegal: boolean): number {
  const { state, el, secure } = core;
  if ((spsr & PState.SS) === 0 || (state.lo(MDSCR_EL1) & Mdscr.SS) === 0) return 0;
  if (possibleFrom(core, el, secure) && !masked(core, el, secure, state.lo(Sys.PSTATE))) return 0;
  const dest = illegal ? el : (spsr & PState.EL_MASK) >> PState.EL_SHIFT;
  const destSecure = dest === 3 || (state.lo(SCR_EL3) & Scr.NS) === 0;
  return possibleFrom(core, dest, destSecure) && !masked(core, dest, destSecure, spsr) ? PState.SS : 0;
}
