/** PSTATE.DAIF without leaving translated code: where nothing waits to be let through. SCTLR_EL1.UMA decides at EL0. */
import type { Expr, Statement } from '../../ir/ir.ts';
import { LevelSlot, levelSlot } from '../../ir/slots.ts';
import type { Lift, Site } from '../decode/encoding.ts';
import { CRm, Rt } from '../decode/fields.ts';
import { VIRTUAL_BITS } from '../interrupts.ts';
import { PState } from '../pstate.ts';
import { Sys } from '../registers/slots.ts';
import { SystemCall } from '../system-calls.ts';
import { bigInt, binary, int, narrow, readZR, set, system } from './build.ts';
import { levelOf } from './traps.ts';

const { HCR_EL2, PSTATE, WIRES } = Sys;

const value = (n: number): Expr => ({ kind: 'reg', slot: n, width: 64 });
const masks = (word: number): Expr => int(CRm(word) << PState.DAIF_SHIFT, 64);
const keep = (from: Expr, bits: number): Expr => binary('and', from, bigInt(BigInt.asIntN(64, BigInt(bits)), 64));

/** MSR DAIFSet: masking more interrupts lets nothing happen. */
export const setInterruptMasks: Lift = (word, site) => {
  if (levelOf(site) === 0) return system(SystemCall.msrImmediate, word, true);
  return [set(PSTATE, binary('or', value(PSTATE), masks(word)))];
};

/** Leaves where an interrupt waits, or debug exceptions might be let through: then the level is not offered. */
function guards(site: Site, call: number, word: number): readonly Statement[] {
  const offered = value(levelSlot(levelOf(site), LevelSlot.bases));
  const conditions = [narrow('eqz', offered), value(WIRES), keep(value(HCR_EL2), VIRTUAL_BITS)];
  return conditions.map((condition) => ({ kind: 'check', condition, call, word }));
}

/** MSR DAIFClr. */
export const clearInterruptMasks: Lift = (word, site) => {
  const call = SystemCall.msrImmediate;
  if (levelOf(site) === 0) return system(call, word, true);
  return [...guards(site, call, word), set(PSTATE, keep(value(PSTATE), ~(CRm(word) << PState.DAIF_SHIFT)))];
};

/** MSR DAIF. */
export const writeInterruptMasks: Lift = (word, site) => {
  const call = SystemCall.msr;
  if (levelOf(site) === 0) return system(call, word, true);
  const rest = keep(value(PSTATE), ~PState.DAIF);
  return [...guards(site, call, word), set(PSTATE, binary('or', rest, keep(readZR(Rt(word), 64), PState.DAIF)))];
};
