/**
 * SVC, HVC, SMC and ERET between levels, without leaving translated code: the plain cases of `exceptions.ts`. Whatever is not
 * plain (a trap, an illegal return, an interrupt that waits, a level whose context is not at hand) is checked first, and stays
 * a system operation.
 */
import type { Expr, OpExpr, Statement } from '../../ir/ir.ts';
import { LevelSlot, levelSlot, Slot } from '../../ir/slots.ts';
import type { Lift, Site } from '../decode/encoding.ts';
import { imm16 } from '../decode/fields.ts';
import { FROM_CURRENT_SPX, FROM_LOWER_A64 } from '../exceptions.ts';
import { VIRTUAL_BITS } from '../interrupts.ts';
import { Arrival, HostCall } from '../level-switch.ts';
import { PState } from '../pstate.ts';
import { ByLevel } from '../registers/by-level.ts';
import { Sys } from '../registers/slots.ts';
import { EC, syndrome, systemIss } from '../syndrome.ts';
import { LiftMode, SystemCall } from '../system-calls.ts';
import { Hcr, Scr } from '../translation/regime.ts';
import { bigInt, binary, increment, int, pcPlus, select, set, slot, system, temp, widen } from './build.ts';

const { BANKED_SP, ELR, ESR, SPSR, VBAR } = ByLevel;
const { HCR_EL2, HOST_CALLS, LAST_SMC, PSTATE, SCR_EL3, WIRES } = Sys;

const value = (n: number): Expr => ({ kind: 'reg', slot: n, width: 64 });
const low = (n: number): Expr => ({ kind: 'reg', slot: n, width: 32 });
const word64 = (bits: number): Expr => bigInt(BigInt(bits >>> 0), 64);
const masked = (n: number, bits: number): OpExpr => binary('and', value(n), word64(bits));
const bit = (n: number, at: number): OpExpr => ({
  ...{ kind: 'op', op: 'bit', width: 32, source: 64 },
  args: [value(n), int(at, 32)],
});
const absent = (e: Expr): OpExpr => ({ kind: 'op', op: 'eqz', width: 32, source: 64, args: [e] });

/** Leaves to a system operation, which does the whole instruction, where a condition is not zero. */
type Guard = (condition: Expr) => Statement;
const guard =
  (call: number, word: number): Guard =>
  (condition) => ({ kind: 'check', condition, call, word });

/** Whether bits of a register are not all set. */
const missing = (n: number, bits: number): OpExpr => binary('xor', masked(n, bits), word64(bits));
const levelAbsent = (level: number): Expr => absent(value(levelSlot(level, LevelSlot.bases)));

/** NZCV in bits 31:28, zero-extended. */
const FLAGS: OpExpr = { kind: 'op', op: 'flags', width: 32, source: 32, args: [] };
const CONDITION_FLAGS = widen('zx32', binary('shl', FLAGS, int(PState.NZCV_SHIFT, 32)));

/**
 * An exception to a level above, or to the own one: `AArch64.TakeException`.
 * @param back bytes from the instruction to where the exception returns
 */
function exception(site: Site, target: number, esr: number, back: 0 | 4, arrival: number): readonly Statement[] {
  const el = site.mode & LiftMode.elMask;
  const offset = target > el ? FROM_LOWER_A64 : FROM_CURRENT_SPX;
  return [
    set(ESR[target], bigInt(BigInt(esr >>> 0), 64)),
    set(SPSR[target], binary('or', value(PSTATE), CONDITION_FLAGS)),
    set(ELR[target], bigInt(pcPlus(site, back), 64)),
    ...(target > el ? [set(BANKED_SP[el], value(Slot.SP)), set(Slot.SP, value(BANKED_SP[target]))] : []),
    set(PSTATE, int(PState.DAIF | (target << PState.EL_SHIFT) | PState.SP, 64)),
    {
      ...{ kind: 'switch', level: int(target, 32), arrival },
      target: binary('or', value(VBAR[target]), int(offset, 64)),
    },
  ];
}

const call = (word: number, site: Site, target: number, ec: number, arrival: number): readonly Statement[] =>
  exception(site, target, syndrome(ec, imm16(word)), 4, arrival);

/** Levels above EL0 use their own stack pointer; with SP_EL0 selected it is not plain. */
const stackGuard = (check: Guard, el: number): readonly Statement[] =>
  el === 0 ? [] : [check(missing(PSTATE, PState.SP))];

export const supervisorCall: Lift = (word, site) => {
  const el = site.mode & LiftMode.elMask;
  if (el > 1) return system(SystemCall.svc, word, true);
  const check = guard(SystemCall.svc, word);
  return [
    check(levelAbsent(1)),
    ...(el === 0 ? [check(masked(HCR_EL2, Hcr.TGE))] : []),
    ...stackGuard(check, el),
    ...call(word, site, 1, EC.SVC, Arrival.svc),
  ];
};

export const hypervisorCall: Lift = (word, site) => {
  const el = site.mode & LiftMode.elMask;
  if (el === 0 || el === 3) return system(SystemCall.hvc, word, true);
  const check = guard(SystemCall.hvc, word);
  return [
    check(levelAbsent(2)),
    check(masked(HOST_CALLS, HostCall.hvc)),
    check(missing(SCR_EL3, Scr.HCE | Scr.NS)),
    ...stackGuard(check, el),
    ...call(word, site, 2, EC.HVC, Arrival.hvc),
  ];
};

/** Secure calls are counted by function: one that is not the last one's goes the long way. */
export const secureMonitorCall: Lift = (word, site) => {
  const el = site.mode & LiftMode.elMask;
  if (el === 0 || el === 3) return system(SystemCall.smc, word, true);
  const check = guard(SystemCall.smc, word);
  return [
    check(levelAbsent(3)),
    check(masked(HOST_CALLS, HostCall.smc)),
    check(masked(SCR_EL3, Scr.SMD)),
    ...(el === 1 ? [check(masked(HCR_EL2, Hcr.TSC))] : []),
    check(binary('xor', widen('zx32', slot(Slot.GENERAL, 32)), value(LAST_SMC))),
    ...stackGuard(check, el),
    ...call(word, site, 3, EC.SMC, Arrival.smc),
  ];
};

/**
 * A write that HCR_EL2.TVM traps, lifted in the mode that says so.
 * @param counted slot in which such traps are counted
 */
export function trappedWrite(word: number, site: Site, counted: number): readonly Statement[] {
  const check = guard(SystemCall.msr, word);
  return [
    check(levelAbsent(2)),
    ...stackGuard(check, 1),
    increment(counted),
    ...exception(site, 2, syndrome(EC.SYSTEM, systemIss(word)), 0, Arrival.trap),
  ];
}

/** SPSR_ELx.M[4:0] of the levels below, and of EL1 itself, each on its own stack. */
const MODES = [0, 0b00101, 0b01001] as const;
const MODE_MASK = 31;

/** A level's choice among those that an ERET may lead to: by M[3:2]. */
function byLevel(spsr: number, of: (level: number) => Expr, highest: number): Expr {
  const lower = select(bit(spsr, PState.EL_SHIFT), of(1), of(0));
  return highest < 2 ? lower : select(bit(spsr, PState.EL_SHIFT + 1), of(2), lower);
}

export const exceptionReturn: Lift = (word, site) => {
  const el = site.mode & LiftMode.elMask;
  if (el === 0) return system(SystemCall.eret, word, true);
  const check = guard(SystemCall.eret, word);
  const spsr = SPSR[el];
  const highest = el === 3 ? 2 : 1;
  const refused = MODES.slice(0, highest + 1).reduce((bits, mode) => bits & ~(1 << mode), -1);
  const bases = temp(0);
  const next = temp(1);
  return [
    // One bit for each of the 32 modes that is not plain.
    set(next, binary('shru', word64(refused), masked(spsr, MODE_MASK))),
    check(masked(next, 1)),
    check(masked(spsr, PState.IL)),
    check(value(WIRES)),
    check(masked(HCR_EL2, VIRTUAL_BITS)),
    ...stackGuard(check, el),
    set(
      bases,
      byLevel(spsr, (level) => value(levelSlot(level, LevelSlot.bases)), highest),
    ),
    check(absent(value(bases))),
    // From EL1 to EL1 the stack pointer goes to its bank and comes back.
    set(BANKED_SP[el], value(Slot.SP)),
    set(
      Slot.SP,
      byLevel(spsr, (level) => value(BANKED_SP[level]), highest),
    ),
    set(PSTATE, masked(spsr, PState.DAIF | PState.EL_MASK | PState.SP)),
    { kind: 'setFlags', value: binary('shru', low(spsr), int(PState.NZCV_SHIFT, 32)) },
    set(Slot.EXCLUSIVE_ADDRESS, int(-1, 64)),
    {
      ...{ kind: 'switch', arrival: Arrival.returnFrom + el },
      level: binary('and', binary('shru', low(spsr), int(PState.EL_SHIFT, 32)), int(3, 32)),
      target: value(ELR[el]),
    },
  ];
};
