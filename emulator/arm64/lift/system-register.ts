/**
 * MRS and MSR (register) of registers that only hold a value: lifted like moves between general registers. What has an
 * effect beyond that, or is not allowed at this level, stays a system operation; what a control bit may trap is checked, and
 * a system operation where the bit is set (`access.ts` then decides).
 */
import type { Expr, Statement } from '../../ir/ir.ts';
import type { Lift, Site } from '../decode/encoding.ts';
import { CRm, Rt } from '../decode/fields.ts';
import { PState } from '../pstate.ts';
import { HANDLER_BY_ENCODING, HANDLERS, type Handler, type TrapTest, trapsVmControl } from '../registers/handlers.ts';
import { Sys } from '../registers/slots.ts';
import { EC } from '../syndrome.ts';
import { LiftMode, SystemCall } from '../system-calls.ts';
import { bigInt, binary, increment, int, NOTHING, readZR, set, system, writeZR } from './build.ts';
import { trappedWrite } from './exception.ts';

const handlerOf = (word: number): Handler => HANDLERS[HANDLER_BY_ENCODING[(word >>> 5) & 0xffff]];
const levelOf = (site: Site): number => site.mode & LiftMode.elMask;

const HIGH_HALF = 32n;
const ALL = 0xffff_ffff_ffff_ffffn;

const value = (slot: number): Expr => ({ kind: 'reg', slot, width: 64 });
const mask64 = (test: TrapTest): bigint => BigInt(test.mask >>> 0) << (test.high ? HIGH_HALF : 0n);

/**
 * The checks for traps that apply at a level.
 * @returns undefined where a control lets accesses pass by being set: too rare here to be worth a form of its own
 */
function trapChecks(
  tests: readonly TrapTest[],
  site: Site,
  word: number,
  call: number,
): readonly Statement[] | undefined {
  const checks: Statement[] = [];
  for (const test of tests) {
    if (((test.from >> levelOf(site)) & 1) === 0) continue;
    // Code is lifted in this mode only where no trap of floating point applies.
    if (test.ec === EC.FP_ACCESS && (site.mode & LiftMode.fp) !== 0) continue;
    // Nor, outside its own mode, the one of HCR_EL2.TVM.
    if (trapsVmControl(test)) continue;
    if (test.ifZero) return undefined;
    const condition = binary('and', value(test.slot), bigInt(mask64(test), 64));
    checks.push({ kind: 'check', condition, call, word });
  }
  return checks;
}

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

/** MSR DAIFSet: masking more interrupts lets nothing happen. SCTLR_EL1.UMA decides at EL0. */
export const setInterruptMasks: Lift = (word, site) => {
  if (levelOf(site) === 0) return system(SystemCall.msrImmediate, word, true);
  return [set(Sys.PSTATE, binary('or', value(Sys.PSTATE), int(CRm(word) << PState.DAIF_SHIFT, 64)))];
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
