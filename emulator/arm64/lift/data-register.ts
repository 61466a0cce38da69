/** Data processing, register (Arm ARM C4.1.5). */
import type { Expr, Statement, UnaryOp, ValueOp, Width } from '../../ir/ir.ts';
import type { Lift } from '../decode/encoding.ts';
import { cond, imm3, imm5, imm6, nzcv, option, Ra, Rd, Rm, Rn, shift, widthOf } from '../decode/fields.ts';
import {
  binary,
  carry,
  condition,
  int,
  narrow,
  readSP,
  readZR,
  same,
  select,
  set,
  slot,
  temp,
  unary,
  undefinedInstruction,
  widen,
  writeSP,
  writeZR,
  ZR_OR_SP,
} from './build.ts';
import { flagsInto } from './data-immediate.ts';

/** By the field `shift`: LSL, LSR, ASR, ROR. */
const SHIFTS = ['shl', 'shru', 'shrs', 'rotr'] as const;
const ROR = 3;

/** `ShiftReg()`: Rm shifted by the constant `imm6`. */
function shiftedRegister(word: number, width: Width): Expr {
  const x = readZR(Rm(word), width);
  const amount = imm6(word);
  return amount === 0 ? x : binary(SHIFTS[shift(word)]!, x, int(amount, width));
}

/** `ExtendReg()`: the low part of `Rm` that `option` names, extended to the width, then shifted left. */
export function extendedRegister(m: number, extend: number, amount: number, width: Width): Expr {
  const x = extendRegister(m, extend, width);
  return amount === 0 ? x : binary('shl', x, int(amount, width));
}

/** By `option`: UXTB, UXTH, UXTW, UXTX, SXTB, SXTH, SXTW, SXTX. */
function extendRegister(m: number, extend: number, width: Width): Expr {
  const x = readZR(m, width);
  switch (extend) {
    case 0:
      return unary('zx8', x);
    case 1:
      return unary('zx16', x);
    case 2:
      return width === 64 ? widen('zx32', readZR(m, 32)) : x;
    case 4:
      return unary('sx8', x);
    case 5:
      return unary('sx16', x);
    case 6:
      return width === 64 ? widen('sx32', readZR(m, 32)) : x;
    default:
      return x;
  }
}

/** AND, BIC, ORR, ORN, EOR, EON (shifted register). */
export const logicalShifted =
  (operation: 'and' | 'or' | 'xor', inverted: boolean): Lift =>
  (word) => {
    const width = widthOf(word);
    const shifted = shiftedRegister(word, width);
    const b = inverted ? unary('not', shifted) : shifted;
    const n = Rn(word);
    if (n === ZR_OR_SP) return writeZR(Rd(word), operation === 'and' ? int(0, width) : b);
    return writeZR(Rd(word), binary(operation, readZR(n, width), b));
  };

/** ANDS, BICS (shifted register). */
export const andFlagsShifted =
  (inverted: boolean): Lift =>
  (word) => {
    const width = widthOf(word);
    const shifted = shiftedRegister(word, width);
    const b = inverted ? unary('not', shifted) : shifted;
    return [flagsInto('log', width, Rd(word), binary('and', readZR(Rn(word), width), b))];
  };

/** ADD, SUB (shifted register). ROR is reserved here. */
export const addShifted =
  (operation: 'add' | 'sub'): Lift =>
  (word) => {
    if (shift(word) === ROR) return undefinedInstruction(word);
    const width = widthOf(word);
    const b = shiftedRegister(word, width);
    return writeZR(Rd(word), binary(operation, readZR(Rn(word), width), b));
  };

/** ADDS, SUBS (shifted register). */
export const addFlagsShifted =
  (operation: 'add' | 'sub'): Lift =>
  (word) => {
    if (shift(word) === ROR) return undefinedInstruction(word);
    const width = widthOf(word);
    return [flagsInto(operation, width, Rd(word), readZR(Rn(word), width), shiftedRegister(word, width))];
  };

/** Shifts of an extended register beyond 4 are reserved. */
const MAX_EXTENDED_SHIFT = 4;

/** ADD, SUB (extended register): first operand and result may be SP. */
export const addExtended =
  (operation: 'add' | 'sub'): Lift =>
  (word) => {
    if (imm3(word) > MAX_EXTENDED_SHIFT) return undefinedInstruction(word);
    const width = widthOf(word);
    const b = extendedRegister(Rm(word), option(word), imm3(word), width);
    return writeSP(Rd(word), binary(operation, readSP(Rn(word), width), b));
  };

/** ADDS, SUBS (extended register): the first operand may be SP. */
export const addFlagsExtended =
  (operation: 'add' | 'sub'): Lift =>
  (word) => {
    if (imm3(word) > MAX_EXTENDED_SHIFT) return undefinedInstruction(word);
    const width = widthOf(word);
    const b = extendedRegister(Rm(word), option(word), imm3(word), width);
    return [flagsInto(operation, width, Rd(word), readSP(Rn(word), width), b)];
  };

/** ADC, SBC: Rn + Rm + C, Rn + NOT(Rm) + C. */
export const addCarry =
  (inverted: boolean): Lift =>
  (word) => {
    const width = widthOf(word);
    return writeZR(Rd(word), carrySum(word, width, inverted));
  };

const carrySum = (word: number, width: Width, inverted: boolean): Expr =>
  binary('add', binary('add', readZR(Rn(word), width), carryOperand(word, width, inverted)), carry(width));

function carryOperand(word: number, width: Width, inverted: boolean): Expr {
  const m = readZR(Rm(word), width);
  return inverted ? unary('not', m) : m;
}

/** ADCS, SBCS. The sum is kept in a temporary: it needs the old carry, and the flags need the old operands. */
export const addCarryFlags =
  (inverted: boolean): Lift =>
  (word) => {
    const width = widthOf(word);
    const d = Rd(word);
    const flags: Statement = {
      kind: 'setFlags',
      value: narrow('flagsAdc', readZR(Rn(word), width), carryOperand(word, width, inverted), condition(CS)),
    };
    if (d === ZR_OR_SP) return [flags];
    return [set(temp(0), carrySum(word, width, inverted)), flags, set(d, slot(temp(0), width))];
  };

/** Condition "carry set"; AL and its twin NV are always true. */
const CS = 2;
const AL = 14;

/** CCMP, CCMN: the comparison's flags if the condition holds, else the constant `nzcv`. */
export const conditionalCompare =
  (operation: 'flagsSub' | 'flagsAdd', immediate: boolean): Lift =>
  (word) => {
    const width = widthOf(word);
    const b = immediate ? int(imm5(word), width) : readZR(Rm(word), width);
    const compared = narrow(operation, readZR(Rn(word), width), b);
    const cc = cond(word);
    const value = cc >= AL ? compared : select(condition(cc), compared, int(nzcv(word), 32));
    return [{ kind: 'setFlags', value }];
  };

/** CSEL, CSINC, CSINV, CSNEG: Rn if the condition holds, else Rm as `otherwise` changes it. */
export const conditionalSelect =
  (otherwise: 'same' | 'increment' | 'not' | 'neg'): Lift =>
  (word) => {
    const d = Rd(word);
    if (d === ZR_OR_SP) return [];
    const width = widthOf(word);
    const [n, m, cc] = [Rn(word), Rm(word), cond(word)];
    if (cc >= AL) return [set(d, readZR(n, width))];
    if (otherwise === 'increment' && n === ZR_OR_SP && m === ZR_OR_SP) {
      // CSET: the inverted condition, whose encoding differs in bit 0.
      const holds = condition(cc ^ 1);
      return [set(d, width === 64 ? widen('zx32', holds) : holds)];
    }
    return [set(d, select(condition(cc), readZR(n, width), changed(otherwise, m, width)))];
  };

function changed(how: 'same' | 'increment' | 'not' | 'neg', m: number, width: Width): Expr {
  const x = readZR(m, width);
  switch (how) {
    case 'same':
      return x;
    case 'increment':
      return m === ZR_OR_SP ? int(1, width) : binary('add', x, int(1, width));
    case 'not':
      return m === ZR_OR_SP ? int(-1, width) : unary('not', x);
    case 'neg':
      return m === ZR_OR_SP ? x : unary('neg', x);
  }
}

/** RBIT, REV16, REV32, REV, CLZ, CLS. */
export const oneSource =
  (operation: UnaryOp): Lift =>
  (word) =>
    writeZR(Rd(word), unary(operation, readZR(Rn(word), widthOf(word))));

/** UDIV, SDIV, LSLV, LSRV, ASRV, RORV: shift amounts are taken modulo the width, as the IR's are. */
export const twoSource =
  (operation: ValueOp): Lift =>
  (word) => {
    const width = widthOf(word);
    return writeZR(Rd(word), same(operation, readZR(Rn(word), width), readZR(Rm(word), width)));
  };

/** CRC32B and so on: a 32-bit sum in Wn, over Wm, or over Xm for the X forms. */
export const crc32 =
  (operation: ValueOp, source: Width): Lift =>
  (word) =>
    writeZR(Rd(word), {
      kind: 'op',
      op: operation,
      width: 32,
      source,
      args: [readZR(Rn(word), 32), readZR(Rm(word), source)],
    });

/** MADD, MSUB. */
export const multiplyAdd =
  (operation: 'add' | 'sub'): Lift =>
  (word) => {
    const width = widthOf(word);
    const product = binary('mul', readZR(Rn(word), width), readZR(Rm(word), width));
    return writeZR(Rd(word), accumulate(operation, Ra(word), product));
  };

/** SMADDL, SMSUBL, UMADDL, UMSUBL: 64 bits from 32-bit factors. */
export const multiplyAddLong =
  (operation: 'add' | 'sub', extend: 'sx32' | 'zx32'): Lift =>
  (word) => {
    const product = binary('mul', widen(extend, readZR(Rn(word), 32)), widen(extend, readZR(Rm(word), 32)));
    return writeZR(Rd(word), accumulate(operation, Ra(word), product));
  };

const accumulate = (operation: 'add' | 'sub', a: number, product: Expr): Expr =>
  a === ZR_OR_SP && operation === 'add' ? product : binary(operation, readZR(a, product.width), product);

/** SMULH, UMULH. */
export const multiplyHigh =
  (operation: 'smulh' | 'umulh'): Lift =>
  (word) =>
    writeZR(Rd(word), same(operation, readZR(Rn(word), 64), readZR(Rm(word), 64)));
