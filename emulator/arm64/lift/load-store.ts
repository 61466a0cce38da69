/**
 * Loads and stores (Arm ARM C4.1.4) but for the exclusive ones.
 *
 * CONSTRAINED UNPREDICTABLE choices (Arm ARM K1.2): a load with writeback whose base is also a destination performs
 * the access, and the base's new value wins; a store with writeback whose base is also stored stores the old value; a
 * load pair with equal destinations keeps the value at the lower address.
 */
import type { AccessSize, Expr, Extend, Statement } from '../../ir/ir.ts';
import { Slot } from '../../ir/slots.ts';
import type { Lift, Site } from '../decode/encoding.ts';
import { imm7, imm9, imm12, imm19, option, Rm, Rn, Rt, Rt2, S } from '../decode/fields.ts';
import { LiftMode, SystemCall } from '../system-calls.ts';
import { INSTRUCTION_BYTES } from './branch.ts';
import { bigInt, binary, int, NOTHING, pcPlus, readSP, set, slot, temp, widen, ZR_OR_SP } from './build.ts';
import { extendedRegister } from './data-register.ts';

/** What one register's access moves. `extend` is undefined for a store. */
export interface Transfer {
  readonly size: AccessSize;
  readonly extend?: Extend;
}

/** Slot of a destination, 31 = nobody. */
export const destination = (t: number): number => (t === ZR_OR_SP ? Slot.SINK : t);
/** Slot of a stored register, 31 = zero. */
export const stored = (t: number): number => (t === ZR_OR_SP ? Slot.ZERO : t);

/** SP must be a multiple of 16 when it is a base and SCTLR_ELx.SA is set (Arm ARM D1.8.2). */
const SP_ALIGNMENT = 16;
const EL1 = 1;

/** `CheckSPAlignment()`: what a base register of 31 asks for before the address is formed. */
export function spCheck(word: number, site: Site): readonly Statement[] {
  if (Rn(word) !== ZR_OR_SP || (site.mode & LiftMode.spCheck) === 0) return NOTHING;
  const condition = binary('and', slot(Slot.SP, 32), int(SP_ALIGNMENT - 1, 32));
  return [{ kind: 'check', condition, call: SystemCall.spAlignment, word }];
}

/** The check of an address that must be a multiple of `size`. */
export function alignmentCheck(word: number, address: Expr, size: number): readonly Statement[] {
  if (size === 1) return NOTHING;
  return [
    set(Slot.EXIT_VA, address),
    {
      kind: 'check',
      condition: binary('and', slot(Slot.EXIT_VA, 32), int(size - 1, 32)),
      call: SystemCall.alignment,
      word,
    },
  ];
}

/** What precedes an ordinary access: SP's alignment, then the address's where SCTLR_ELx.A asks for it. */
export const checks = (word: number, site: Site, address: Expr, size: number): readonly Statement[] => {
  if ((site.mode & (LiftMode.alignmentCheck | LiftMode.spCheck)) === 0) return NOTHING;
  const alignment = site.mode & LiftMode.alignmentCheck ? alignmentCheck(word, address, size) : NOTHING;
  return [...spCheck(word, site), ...alignment];
};

export const move = (transfer: Transfer, t: number, address: Expr): Statement =>
  transfer.extend === undefined
    ? { kind: 'store', value: stored(t), size: transfer.size, address }
    : { kind: 'load', slot: destination(t), size: transfer.size, extend: transfer.extend, address };

/** One access without writeback. */
const access = (word: number, site: Site, transfer: Transfer, address: Expr): readonly Statement[] => [
  ...checks(word, site, address, transfer.size),
  move(transfer, Rt(word), address),
];

/** Base register plus an offset in bytes. */
export const baseAddress = (word: number, offset: number): Expr => {
  const base = readSP(Rn(word), 64);
  return offset === 0 ? base : binary('add', base, int(offset, 64));
};

export const unsignedOffset =
  (transfer: Transfer): Lift =>
  (word, site) =>
    access(word, site, transfer, baseAddress(word, imm12(word) * transfer.size));

export const unscaled =
  (transfer: Transfer): Lift =>
  (word, site) =>
    access(word, site, transfer, baseAddress(word, imm9(word)));

/** LDTR, STTR: at EL1 with EL0's permissions, elsewhere like LDUR, STUR. */
export const unprivileged =
  (transfer: Transfer): Lift =>
  (word, site) => {
    const address = baseAddress(word, imm9(word));
    if ((site.mode & LiftMode.elMask) !== EL1) return access(word, site, transfer, address);
    const moved = move(transfer, Rt(word), address) as Statement & { kind: 'load' | 'store' };
    return [...checks(word, site, address, transfer.size), { ...moved, user: true }];
  };

export const registerOffset =
  (transfer: Transfer): Lift =>
  (word, site) => {
    const amount = S(word) ? Math.log2(transfer.size) : 0;
    const offset = extendedRegister(Rm(word), option(word), amount, 64);
    return access(word, site, transfer, binary('add', readSP(Rn(word), 64), offset));
  };

/** LDR (literal): bits 9:5 are part of the offset, not a base whose alignment would be checked. */
export const literal =
  (transfer: Transfer): Lift =>
  (word, site) => {
    const address = bigInt(pcPlus(site, imm19(word) * INSTRUCTION_BYTES), 64);
    const before = site.mode & LiftMode.alignmentCheck ? alignmentCheck(word, address, transfer.size) : NOTHING;
    return [...before, move(transfer, Rt(word), address)];
  };

/** Wraps accesses into a writeback of base + offset: post-index accesses the old base, pre-index the new one. */
export function writeback(
  word: number,
  mode: 'pre' | 'post',
  offset: number,
  overlap: boolean,
  accesses: (address: Expr) => readonly Statement[],
): readonly Statement[] {
  const n = Rn(word);
  const next = binary('add', readSP(n, 64), int(offset, 64));
  if (!overlap) return [...accesses(mode === 'pre' ? next : readSP(n, 64)), set(n, next)];
  const kept = slot(temp(0), 64);
  return [set(temp(0), next), ...accesses(mode === 'pre' ? kept : readSP(n, 64)), set(n, kept)];
}

/** Pre- and post-index. */
export const indexed =
  (transfer: Transfer, mode: 'pre' | 'post'): Lift =>
  (word, site) => {
    const overlap = transfer.extend !== undefined && Rt(word) === Rn(word) && Rn(word) !== ZR_OR_SP;
    return writeback(word, mode, imm9(word), overlap, (address) => access(word, site, transfer, address));
  };

/** What a pair of registers moves: `signed` is LDPSW. */
export interface PairTransfer {
  readonly size: 4 | 8;
  readonly load: boolean;
  readonly signed?: boolean;
}

function movePair(word: number, site: Site, transfer: PairTransfer, address: Expr): readonly Statement[] {
  const [t, t2, { size }] = [Rt(word), Rt2(word), transfer];
  const before = checks(word, site, address, size);
  if (!transfer.load) {
    return [...before, { kind: 'storePair', value: stored(t), value2: stored(t2), size, address }];
  }
  if (!transfer.signed) {
    return [...before, { kind: 'loadPair', slot: destination(t), slot2: destination(t2), size, address }];
  }
  return [
    ...before,
    { kind: 'loadPair', slot: temp(1), slot2: temp(2), size, address },
    set(destination(t2), widen('sx32', slot(temp(2), 32))),
    set(destination(t), widen('sx32', slot(temp(1), 32))),
  ];
}

/** LDP, STP, LDPSW with a signed offset; LDNP, STNP. */
export const pairOffset =
  (transfer: PairTransfer): Lift =>
  (word, site) =>
    movePair(word, site, transfer, baseAddress(word, imm7(word) * transfer.size));

export const pairIndexed =
  (transfer: PairTransfer, mode: 'pre' | 'post'): Lift =>
  (word, site) => {
    const n = Rn(word);
    const overlap = transfer.load && n !== ZR_OR_SP && (Rt(word) === n || Rt2(word) === n);
    return writeback(word, mode, imm7(word) * transfer.size, overlap, (address) =>
      movePair(word, site, transfer, address),
    );
  };
