/** Data processing, immediate (Arm ARM C4.1.2). */
import type { Expr, FlagKindName, Statement, Width } from '../../ir/ir.ts';
import type { Lift } from '../decode/encoding.ts';
import { hw, imm12, imm16, immhiImmlo, immr, imms, Rd, Rm, Rn, sh, widthOf } from '../decode/fields.ts';
import { bitMask } from './bit-masks.ts';
import {
  bigInt,
  binary,
  int,
  pcPlus,
  readSP,
  readZR,
  same,
  set,
  unary,
  undefinedInstruction,
  widen,
  writeSP,
  writeZR,
  ZR_OR_SP,
} from './build.ts';

/** `imm12`, shifted left by 12 if `sh`. */
const shiftedImm12 = (word: number): number => (sh(word) ? imm12(word) << 12 : imm12(word));

/** ADD, SUB (immediate): both operands and the result may be SP. Subtraction adds the negated constant. */
export const addImmediate =
  (sign: 1 | -1): Lift =>
  (word) => {
    const width = widthOf(word);
    const source = readSP(Rn(word), width);
    const value = shiftedImm12(word);
    return writeSP(Rd(word), value === 0 ? source : binary('add', source, int(sign * value, width)));
  };

/** A flag-setting operation; the result goes to `rd` unless that is the zero register. */
export function flagsInto(kind: 'add' | 'sub' | 'log', width: Width, rd: number, a: Expr, b?: Expr): Statement {
  const flags: FlagKindName = `${kind}${width}`;
  return {
    kind: 'flags',
    flags,
    a,
    ...(rd === ZR_OR_SP ? {} : { slot: rd }),
    ...(b === undefined ? {} : { b }),
  };
}

/** ADDS, SUBS (immediate). */
export const addFlagsImmediate =
  (kind: 'add' | 'sub'): Lift =>
  (word) => {
    const width = widthOf(word);
    return [flagsInto(kind, width, Rd(word), readSP(Rn(word), width), int(shiftedImm12(word), width))];
  };

/** AND, ORR, EOR (immediate): the result may be SP. */
export const logicalImmediate =
  (operation: 'and' | 'or' | 'xor'): Lift =>
  (word) => {
    const width = widthOf(word);
    const mask = bitMask((word >>> 10) & 0x1fff, width);
    if (mask === null) return undefinedInstruction(word);
    const n = Rn(word);
    if (n !== ZR_OR_SP) return writeSP(Rd(word), binary(operation, readZR(n, width), mask));
    return writeSP(Rd(word), operation === 'and' ? int(0, width) : mask);
  };

/** ANDS (immediate). */
export const andFlagsImmediate: Lift = (word) => {
  const width = widthOf(word);
  const mask = bitMask((word >>> 10) & 0x1fff, width);
  if (mask === null) return undefinedInstruction(word);
  return [flagsInto('log', width, Rd(word), binary('and', readZR(Rn(word), width), mask))];
};

/** MOVZ, MOVN. */
export const moveWide =
  (inverted: boolean): Lift =>
  (word) => {
    const width = widthOf(word);
    const value = BigInt(imm16(word)) << BigInt(hw(word) * 16);
    return writeZR(Rd(word), bigInt(inverted ? ~value : value, width));
  };

/** MOVK. */
export const moveKeep: Lift = (word) => {
  const width = widthOf(word);
  const d = Rd(word);
  const value = int(imm16(word), width);
  return writeZR(d, same('dep', readZR(d, width), value, int(hw(word) * 16, width), int(width - 16, width)));
};

/** ADR. */
export const adr: Lift = (word, site) => writeZR(Rd(word), bigInt(pcPlus(site, immhiImmlo(word)), 64));

const PAGE_MASK = 0xfff;
/** ADRP. */
export const adrp: Lift = (word, site) => {
  const page = { pcLo: site.pcLo & ~PAGE_MASK, pcHi: site.pcHi, mode: site.mode };
  return writeZR(Rd(word), bigInt(pcPlus(page, immhiImmlo(word) * (PAGE_MASK + 1)), 64));
};

/**
 * SBFM, UBFM: the field of `Rn` that `immr` and `imms` describe is extended from the left and moved into place. The
 * aliases (LSL, LSR, ASR, UXTB, SXTW and so on) get the operation they are named after.
 */
export const bitfieldMove =
  (signed: boolean): Lift =>
  (word) => {
    const d = Rd(word);
    if (d === ZR_OR_SP) return [];
    return [set(d, extractField(signed, readZR(Rn(word), widthOf(word)), Rn(word), immr(word), imms(word)))];
  };

function extractField(signed: boolean, x: Expr, n: number, r: number, s: number): Expr {
  const { width } = x;
  if (r === 0) {
    if (s === 7) return unary(signed ? 'sx8' : 'zx8', x);
    if (s === 15) return unary(signed ? 'sx16' : 'zx16', x);
    if (s === width - 1) return x;
    if (s === 31) return widen(signed ? 'sx32' : 'zx32', readZR(n, 32));
  }
  if (s === width - 1) return binary(signed ? 'shrs' : 'shru', x, int(r, width));
  const left = width - 1 - s;
  const right = s >= r ? left + r : r - s - 1;
  if (right === 0) return binary('shl', x, int(left, width));
  return same(signed ? 'exs' : 'exu', x, int(left, width), int(right, width));
}

/** BFM: BFXIL takes bits imms:immr of `Rn` to bit 0; BFI takes the low imms+1 bits to bit (width - immr). */
export const bitfieldInsert: Lift = (word) => {
  const d = Rd(word);
  if (d === ZR_OR_SP) return [];
  const width = widthOf(word);
  const [r, s] = [immr(word), imms(word)];
  const x = readZR(Rn(word), width);
  if (s < r) return [set(d, deposit(readZR(d, width), x, width - r, s + 1))];
  const field = r === 0 ? x : binary('shru', x, int(r, width));
  return [set(d, s - r + 1 === width ? field : deposit(readZR(d, width), field, 0, s - r + 1))];
};

const deposit = (into: Expr, field: Expr, position: number, length: number): Expr =>
  same('dep', into, field, int(position, into.width), int(into.width - length, into.width));

/** EXTR; with equal sources it is ROR (immediate). */
export const extract: Lift = (word) => {
  const width = widthOf(word);
  const lsb = imms(word);
  const low = readZR(Rm(word), width);
  if (lsb === 0) return writeZR(Rd(word), low);
  const amount = int(lsb, width);
  if (Rm(word) === Rn(word)) return writeZR(Rd(word), binary('rotr', low, amount));
  return writeZR(Rd(word), same('extr', low, readZR(Rn(word), width), amount));
};
