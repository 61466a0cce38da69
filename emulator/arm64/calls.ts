import { Slot } from '../ir/slots.ts';
import { readSystemRegister, store, trapped, writeSystemRegister } from './access.ts';
import type { Arm64Core } from './core.ts';
import { countFault } from './counting.ts';
import {
  changeProcessState,
  defaultTarget,
  exceptionReturn,
  takeCall,
  takeException,
  takeFault,
  takeTrap,
  undefinedInstruction,
} from './exceptions.ts';
import { performFpSimd } from './fp-simd/index.ts';
import { isStore } from './load-store.ts';
import { PState } from './pstate.ts';
import { handlerNamed } from './registers/handlers.ts';
import { Sys } from './registers/slots.ts';
import { AbortIss, EC, syndrome } from './syndrome.ts';
import { SystemCall } from './system-calls.ts';
import { FaultStatus } from './translation/fault.ts';
import { Hcr, Scr } from './translation/regime.ts';
import { sendEvent, sendEventLocal, waitForEvent, waitForInterrupt } from './waiting.ts';

const { HCR_EL2, LAST_SMC, MDCR_EL2, PSTATE, SCR_EL3 } = Sys;

/** The operations that the lifter leaves to the core, one function each (Arm ARM C6.2, by instruction). */

type Operation = (core: Arm64Core, word: number) => void;

const immediate16 = (word: number): number => (word >>> 5) & 0xffff;
const SEMIHOSTING_IMMEDIATE = 0xf000;

const nothing: Operation = () => {};

/** SVC: to EL1 (EL2 under HCR_EL2.TGE), or the own level. */
const svc: Operation = (core, word) => takeCall(core, defaultTarget(core), syndrome(EC.SVC, immediate16(word)));

/** HVC: UNDEFINED at EL0, in the secure world below EL3, and where SCR_EL3.HCE is 0. */
const hvc: Operation = (core, word) => {
  const { el } = core;
  if (el !== 0 && core.conduit?.hvc?.(core)) return;
  const enabled = (core.state.lo(SCR_EL3) & Scr.HCE) !== 0;
  if (el === 0 || (core.secure && el !== 3) || !enabled) undefinedInstruction(core);
  else takeCall(core, el === 3 ? 3 : 2, syndrome(EC.HVC, immediate16(word)));
};

/** SMC: HCR_EL2.TSC traps it from the normal world's EL1, SCR_EL3.SMD makes it UNDEFINED (C6.2.208). */
const smc: Operation = (core, word) => {
  const { el, state } = core;
  if (el === 0) undefinedInstruction(core);
  else if (el === 1 && !core.secure && (state.lo(HCR_EL2) & Hcr.TSC) !== 0) {
    takeTrap(core, 2, EC.SMC, immediate16(word));
  } else {
    const id = state.lo(Slot.GENERAL) >>> 0;
    const host = core.conduit?.smc?.(core) === true;
    if (!host && (state.lo(SCR_EL3) & Scr.SMD) !== 0) {
      undefinedInstruction(core);
      return;
    }
    core.settleCounts();
    core.counts.smc(id);
    state.set(LAST_SMC, id | 0, 0);
    if (!host) takeCall(core, 3, syndrome(EC.SMC, immediate16(word)));
  }
};

/** MDCR_EL2.TDE sends debug exceptions of EL0 and EL1 to EL2. */
const MDCR_TDE = 1 << 8;
const brk: Operation = (core, word) => {
  const tde = core.el < 2 && !core.secure && (core.state.lo(MDCR_EL2) & MDCR_TDE) !== 0;
  takeException(core, tde ? 2 : defaultTarget(core), syndrome(EC.BRK, immediate16(word)));
};

/** HLT: semihosting where there is a host; otherwise halting debug is off and it is UNDEFINED. */
const hlt: Operation = (core, word) => {
  if (immediate16(word) === SEMIHOSTING_IMMEDIATE && core.conduit?.semihosting?.(core)) return;
  undefinedInstruction(core);
};

const eret: Operation = (core) => {
  if (core.el === 0) undefinedInstruction(core);
  else exceptionReturn(core);
};

/** Upper half of UDF, which is UNDEFINED for good. */
const UDF = 0;

/** An encoding that is not allocated, or that this machine does not have. */
const undefinedEncoding: Operation = (core, word) => {
  if (word >>> 16 !== UDF)
    core.recordGap('instruction', `0x${(word >>> 0).toString(16).padStart(8, '0')}`, 'Arm ARM C4.1');
  undefinedInstruction(core);
};

const DAIF_HANDLER = handlerNamed('DAIF')!;
const SPSEL = 0b000_101;
const DAIFSET = 0b011_110;
const DAIFCLR = 0b011_111;

/** MSR (immediate): op1 and op2 name the field, CRm is the value. */
const msrImmediate: Operation = (core, word) => {
  const { state, el } = core;
  const field = (((word >>> 16) & 7) << 3) | ((word >>> 5) & 7);
  const value = (word >>> 8) & 15;
  const pstate = state.lo(PSTATE);
  if (field === SPSEL) {
    if (el === 0) undefinedInstruction(core);
    else changeProcessState(core, (pstate & ~PState.SP) | (value & 1));
    return;
  }
  if (field !== DAIFSET && field !== DAIFCLR) {
    undefinedEncoding(core, word);
    return;
  }
  if (trapped(core, DAIF_HANDLER.writeTraps, word)) return;
  const bits = value << PState.DAIF_SHIFT;
  store(core, DAIF_HANDLER, field === DAIFSET ? pstate | bits : pstate & ~bits, 0);
};

const clrex: Operation = (core) => core.state.set(Slot.EXCLUSIVE_ADDRESS, -1, -1);

/** An FP or Advanced SIMD instruction, after the traps of CPACR_EL1, CPTR_EL2 and CPTR_EL3, in this order. */
const FPCR_HANDLER = handlerNamed('FPCR')!;
const fpSimd: Operation = (core, word) => {
  if (trapped(core, FPCR_HANDLER.writeTraps, word)) return;
  // Some of them compare, some depend on the flags.
  core.state.packFlags();
  if (!performFpSimd(core, word >>> 0)) undefinedEncoding(core, word);
};

/** SP used as a base while it is not 16-byte aligned (D1.8.2). */
const spAlignment: Operation = (core) => takeException(core, defaultTarget(core), syndrome(EC.SP_ALIGNMENT));

const alignment: Operation = (core, word) => {
  const { state } = core;
  const target = defaultTarget(core);
  const ec = target > core.el ? EC.DATA_ABORT_LOWER : EC.DATA_ABORT;
  const iss = FaultStatus.ALIGNMENT | (isStore(word) ? AbortIss.WnR : 0);
  countFault(core, { status: FaultStatus.ALIGNMENT, secondStage: false });
  takeFault(core, target, syndrome(ec, iss), state.lo(Slot.EXIT_VA), state.hi(Slot.EXIT_VA));
};

/** By {@link SystemCall}. DRPS and DCPS<n> are UNDEFINED outside Debug state. */
const OPERATIONS: readonly Operation[] = Object.entries({
  undefined: undefinedEncoding,
  svc,
  hvc,
  smc,
  brk,
  hlt,
  eret,
  drps: undefinedInstruction,
  mrs: readSystemRegister,
  msr: writeSystemRegister,
  msrImmediate,
  sys: writeSystemRegister,
  sysl: readSystemRegister,
  wfi: waitForInterrupt,
  wfe: waitForEvent,
  sev: sendEvent,
  sevl: sendEventLocal,
  yield: nothing,
  clrex,
  fpSimd,
  spAlignment,
  dcps: undefinedInstruction,
  alignment,
} satisfies Record<keyof typeof SystemCall, Operation>).reduce<Operation[]>((table, [name, operation]) => {
  table[SystemCall[name as keyof typeof SystemCall]] = operation;
  return table;
}, []);

/** Performs a `system` statement. @param word the encoding as int32: a number that needs no allocation */
export function performSystemCall(core: Arm64Core, call: number, word: number): void {
  OPERATIONS[call](core, word);
}
