import { Slot } from '../ir/slots.ts';
import type { Arm64Core } from './core.ts';
import { countInterrupt, countReturn, countSynchronous, countWorld, type InterruptName } from './counting.ts';
import { PState, processState, setConditionFlags } from './pstate.ts';
import { ByLevel } from './registers/by-level.ts';
import { Sys } from './registers/slots.ts';
import { stepBitAfterReturn } from './self-hosted-debug/enables.ts';
import { EC, syndrome } from './syndrome.ts';

const { HCR_EL2, PSTATE, SCR_EL3 } = Sys;
const { BANKED_SP, ELR, ESR, FAR, SPSR, VBAR } = ByLevel;
const { EXCLUSIVE_ADDRESS, PC, SP } = Slot;

/** Taking exceptions and returning from them (Arm ARM D1.10, D1.11, shared pseudocode J1). */

/** Offsets into the vector table (D1.10.2). */
export const Vector = { synchronous: 0, irq: 0x80, fiq: 0x100, serror: 0x180 } as const;
export const FROM_CURRENT_SPX = 0x200;
export const FROM_LOWER_A64 = 0x400;

/** Level of the exception vectors in the HCR_EL2 of the normal world. */
const HCR_TGE = 1 << 27;

/** Slot of the banked stack pointer that a process state uses (its value stands in slot SP meanwhile). */
export function stackSlot(pstate: number): number {
  return BANKED_SP[(pstate & PState.SP) !== 0 ? (pstate & PState.EL_MASK) >> PState.EL_SHIFT : 0];
}

/** Replaces the process state (all but the condition flags), keeping the banked stack pointers in their places. */
export function changeProcessState(core: Arm64Core, next: number): void {
  const { state } = core;
  const now = state.lo(PSTATE);
  const from = stackSlot(now);
  const to = stackSlot(next);
  if (from !== to) {
    state.copy(from, SP);
    state.copy(SP, to);
  }
  state.setLo(PSTATE, next);
}

/** Level that takes an exception that EL1 would handle: EL1 from EL0 and EL1 (EL2 under HCR_EL2.TGE), else the own. */
export function defaultTarget(core: Arm64Core): number {
  const el = core.el;
  if (el > 1) return el;
  return el === 0 && !core.secure && (core.state.lo(HCR_EL2) & HCR_TGE) !== 0 ? 2 : 1;
}

/** Shared pseudocode `AArch64.TakeException`: to `target`, returning to `pcLo`, `pcHi`. */
function enterLevel(core: Arm64Core, target: number, vector: number, pcLo: number, pcHi: number): void {
  const { state } = core;
  const { el, secure } = core;
  core.beforeLevelChange();
  const pstate = state.lo(PSTATE);
  const from = target > el ? FROM_LOWER_A64 : (pstate & PState.SP) !== 0 ? FROM_CURRENT_SPX : 0;
  state.set(SPSR[target], processState(state), 0);
  state.set(ELR[target], pcLo, pcHi);
  changeProcessState(core, PState.DAIF | (target << PState.EL_SHIFT) | PState.SP);
  const base = VBAR[target];
  state.set(PC, state.lo(base) | (from + vector), state.hi(base));
  core.levelChanged();
  countWorld(core, secure);
}

/** Takes a synchronous exception to `target` that returns to the instruction at the program counter. */
export function takeException(core: Arm64Core, target: number, esr: number): void {
  const { state } = core;
  state.set(ESR[target], esr, 0);
  countSynchronous(core, target, esr);
  enterLevel(core, target, Vector.synchronous, state.lo(PC), state.hi(PC));
}

/** Takes a synchronous exception that returns behind the instruction (SVC, HVC, SMC). */
export function takeCall(core: Arm64Core, target: number, esr: number): void {
  const { state } = core;
  state.set(ESR[target], esr, 0);
  countSynchronous(core, target, esr);
  core.debug.advance();
  const lo = (state.lo(PC) + 4) | 0;
  enterLevel(core, target, Vector.synchronous, lo, (state.hi(PC) + (lo >= 0 && lo < 4 ? 1 : 0)) | 0);
}

/** Takes a synchronous exception with a fault address. */
export function takeFault(core: Arm64Core, target: number, esr: number, vaLo: number, vaHi: number): void {
  core.state.set(FAR[target], vaLo, vaHi);
  takeException(core, target, esr);
}

/** Takes an asynchronous exception; only SError has a syndrome. */
export function takeInterrupt(
  core: Arm64Core,
  target: number,
  vector: number,
  name: InterruptName,
  esr?: number,
): void {
  const { state } = core;
  countInterrupt(core, target, name);
  if (esr !== undefined) state.set(ESR[target], esr, 0);
  enterLevel(core, target, vector, state.lo(PC), state.hi(PC));
}

/** The instruction is UNDEFINED here (D1.10.4: Unknown reason). */
export function undefinedInstruction(core: Arm64Core): void {
  takeException(core, defaultTarget(core), syndrome(EC.UNKNOWN));
}

/** A trap by a control of `target`; one to EL1 goes to EL2 under HCR_EL2.TGE (`AArch64.SystemAccessTrap`). */
export function takeTrap(core: Arm64Core, target: number, ec: number, iss: number): void {
  const to = target === 1 ? defaultTarget(core) : Math.max(target, core.el);
  // `AArch64.AdvSIMDFPAccessTrap`: an FP trap for EL1 that EL2 takes is reported as Unknown.
  const unknown = ec === EC.FP_ACCESS && target === 1 && to === 2;
  takeException(core, to, unknown ? syndrome(EC.UNKNOWN) : syndrome(ec, iss));
}

/** `IllegalExceptionReturn` (D1.11.4): the level or mode that an SPSR names cannot be returned to. */
export function illegalReturn(core: Arm64Core, spsr: number): boolean {
  if ((spsr & (PState.nRW | PState.M1)) !== 0) return true;
  const target = (spsr & PState.EL_MASK) >> PState.EL_SHIFT;
  if (target > core.el) return true;
  if (target === 0) return (spsr & PState.SP) !== 0;
  const { state } = core;
  const nonSecure = (state.lo(SCR_EL3) & 1) !== 0;
  if (target === 2) return !nonSecure;
  return target === 1 && nonSecure && (state.lo(HCR_EL2) & HCR_TGE) !== 0;
}

/** `AArch64.ExceptionReturn`: ERET at EL1, EL2 or EL3. */
export function exceptionReturn(core: Arm64Core): void {
  const { state, el, secure } = core;
  const spsr = state.lo(SPSR[el]);
  const elr = ELR[el];
  const pcLo = state.lo(elr);
  const pcHi = state.hi(elr);
  const kept = spsr & PState.DAIF;
  core.beforeLevelChange();
  const illegal = illegalReturn(core, spsr);
  const step = stepBitAfterReturn(core, spsr, illegal);
  if (illegal) {
    const now = state.lo(PSTATE);
    state.setLo(PSTATE, (now & (PState.EL_MASK | PState.SP)) | kept | step | PState.IL);
  } else {
    changeProcessState(core, kept | step | (spsr & (PState.EL_MASK | PState.SP | PState.IL)));
  }
  setConditionFlags(state, spsr >>> PState.NZCV_SHIFT);
  state.set(EXCLUSIVE_ADDRESS, -1, -1);
  core.levelChanged();
  countReturn(core, el);
  countWorld(core, secure);
  state.set(PC, pcLo, core.branchTop(pcLo, pcHi));
}
