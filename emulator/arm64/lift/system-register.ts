/**
 * MRS and MSR (register) of registers that only hold a value: lifted like moves between general registers. What has an
 * effect beyond that, or is not allowed at this level, stays a system operation; what a control bit may trap is checked, and
 * a system operation where the bit is set (`access.ts` then decides).
 */
import type { Expr, Statement } from '../../ir/ir.ts';
import type { Lift } from '../decode/encoding.ts';
import { Rt } from '../decode/fields.ts';
import { PState } from '../pstate.ts';
import type { Handler } from '../registers/handlers.ts';
import { Sys } from '../registers/slots.ts';
import { LiftMode, SystemCall } from '../system-calls.ts';
import { bigInt, binary, increment, int, NOTHING, readZR, set, system, writeZR } from './build.ts';
import { trappedWrite } from './exception.ts';
import { handlerOf, levelOf, trapChecks } from './traps.ts';

const HIGH_HALF = 32n;
const ALL = 0xffff_ffff_ffff_ffffn;

const value = (slot: number): Expr => ({ kind: 'reg', slot, width: 64 });

/** SP_EL0 is UNDEFINED while it is the current stack pointer. */
function stackCheck(word: number, call: number): Statement {
  const spsel = binary('and', value(Sys.PSTATE), int(PState.SP, 64));
  return { kind: 'check', condition: binary('xor', spsel, int(PState.SP, 64)), call, word };
}

const isStack = (h: Handler): boolean => h.slot === Sys.SP_EL0;

/** MRS. */
export const readRegister: Lift = (word, site) => {
  const h = handlerOf(word);
  const call = SystemCall.mrs;
  const undefinedHere = levelOf(site) < h.readFrom || (h.present !== undefined && !isStack(h));
  const computed = h.read !== undefined && h.shows === undefined;
  const checks = undefinedHere || computed ? undefined : trapChecks(h.readTraps, site, word, call);
  if (checks === undefined) return system(call, word, false);
  const seen = h.shows === undefined ? value(h.slot) : binary('and', value(Sys.PSTATE), int(h.shows, 64));
  return [...checks, ...(isStack(h) ? [stackCheck(word, call)] : []), ...writeZR(Rt(word), seen)];
};

/** MSR (register). */
export const writeRegister: Lift = (word, site) => {
  const h = handlerOf(word);
  const call = SystemCall.msr;
  const undefinedHere = levelOf(site) < h.writeFrom || (h.present !== undefined && !isStack(h));
  if (h.trapSlot !== undefined && (site.mode & LiftMode.vmTrap) !== 0) return trappedWrite(word, site, h.trapSlot);
  const written = undefinedHere ? undefined : hold(h, word);
  const checks = written === undefined ? undefined : trapChecks(h.writeTraps, site, word, call);
  if (written === undefined || checks === undefined) return system(call, word, true);
  return [...checks, ...(isStack(h) ? [stackCheck(word, call)] : []), ...written];
};

/** A write that may do no more than to hold its value; undefined where it always does more. */
function hold(h: Handler, word: number): readonly Statement[] | undefined {
  if (h.written !== undefined || (h.write !== undefined && h.actsOn === undefined)) return undefined;
  const from = readZR(Rt(word), 64);
  const mask = (BigInt(h.maskHi >>> 0) << HIGH_HALF) | BigInt(h.maskLo >>> 0);
  const actsOn = h.actsOn ?? 0n;
  const changed = binary('and', binary('xor', from, value(h.slot)), bigInt(actsOn, 64));
  const check: Statement = { kind: 'check', condition: changed, call: SystemCall.msr, word };
  const rest = mask & ~actsOn;
  // Bits that a write does not change are zeros, see Handler.keptBits.
  if (rest !== 0n && h.keptBits) return undefined;
  return [
    ...(actsOn === 0n ? NOTHING : [check]),
    ...(rest === 0n ? NOTHING : [set(h.slot, mask === ALL ? from : binary('and', from, bigInt(mask, 64)))]),
    ...(h.eventSlot === undefined ? NOTHING : [increment(h.eventSlot)]),
  ];
}
