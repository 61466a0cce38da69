/** Moves between registers and elements, immediates, bitwise logic: no arithmetic, so no flags and no FPCR (Arm ARM C4.1.6). */
import type { Expr, Statement } from '../../../ir/ir.ts';
import { cond, imm5, Rd, Rm, Rn } from '../../decode/fields.ts';
import { bigInt, binary, condition, int, readZR, same, select, set, slot, temp, unary, writeZR } from '../build.ts';
import { dupLanes, extractLane, extractSigned, insertLane, ONES } from './lanes.ts';
import { clearHigh, high, isQ, low, readHigh, readLow, writeBoth, writeLow } from './registers.ts';

const bit = (word: number, n: number): number => (word >>> n) & 1;

/** Logarithm of the element's bytes and its index from imm5 (`LowestSetBit`). */
function element(word: number): readonly [scale: number, index: number] {
  const bits = imm5(word);
  const scale = 31 - Math.clz32(bits & -bits);
  return [scale, bits >> (scale + 1)];
}

export const dupElement = (word: number): readonly Statement[] => {
  const [scale, index] = element(word);
  return [
    set(temp(0), extractLane(Rn(word), scale, index)),
    ...dupLanes(Rd(word), scale, slot(temp(0), 64), isQ(word)),
  ];
};

const truncated = (value: Expr, scale: number): Expr => {
  if (scale === 3) return value;
  return scale === 2 ? binary('and', value, bigInt(0xffffffffn, 64)) : unary(scale === 0 ? 'zx8' : 'zx16', value);
};

export const dupGeneral = (word: number): readonly Statement[] => {
  const [scale] = element(word);
  return [
    set(temp(0), truncated(readZR(Rn(word), 64), scale)),
    ...dupLanes(Rd(word), scale, slot(temp(0), 64), isQ(word)),
  ];
};

/** DUP (element), scalar. */
export const dupScalar = (word: number): readonly Statement[] => {
  const [scale, index] = element(word);
  return writeLow(Rd(word), extractLane(Rn(word), scale, index));
};

export const umov = (word: number): readonly Statement[] => writeZR(Rd(word), extractLane(Rn(word), ...element(word)));

/** SMOV to X<d> (Q) or W<d>. */
export const smov = (word: number): readonly Statement[] => {
  const value = extractSigned(Rn(word), ...element(word));
  return writeZR(Rd(word), isQ(word) ? value : binary('and', value, bigInt(0xffffffffn, 64)));
};

/** INS (general), op = 0, and INS (element): imm4 holds the source's index. */
export const ins = (word: number): readonly Statement[] => {
  const [scale, index] = element(word);
  const source =
    bit(word, 29) === 0 ? readZR(Rn(word), 64) : extractLane(Rn(word), scale, ((word >>> 11) & 15) >> scale);
  return [insertLane(Rd(word), scale, index, source)];
};

/** `AdvSIMDExpandImm()`, before the inversion of MVNI and BIC. */
export function expandImmediate(word: number): bigint {
  const imm8 = (((word >>> 16) & 7) << 5) | ((word >>> 5) & 31);
  const cmode = (word >>> 12) & 15;
  const value = BigInt(imm8);
  if (cmode < 8) return (value << BigInt(8 * (cmode >> 1))) * ONES[2]!;
  if (cmode < 12) return (value << BigInt(8 * ((cmode >> 1) & 1))) * ONES[1]!;
  if (cmode === 12) return ((value << 8n) | 0xffn) * ONES[2]!;
  if (cmode === 13) return ((value << 16n) | 0xffffn) * ONES[2]!;
  const op = bit(word, 29);
  if (cmode === 14) {
    if (op === 0) return value * ONES[0]!;
    let mask = 0n;
    for (let i = 0; i < 8; i++) if ((imm8 >> i) & 1) mask |= 0xffn << BigInt(8 * i);
    return mask;
  }
  return op === 0 ? expandSingle(imm8) * ONES[2]! : expandDouble(imm8);
}

/** `VFPExpandImm()`: a sign, three bits of exponent, four of fraction. */
export const expandSingle = (imm8: number): bigint => {
  const exponent = imm8 & 0x40 ? 0x3e000000 : 0x40000000;
  return BigInt((((imm8 & 0x80) << 24) | exponent | ((imm8 & 0x3f) << 19)) >>> 0);
};
export const expandDouble = (imm8: number): bigint => {
  const exponent = imm8 & 0x40 ? 0x3fc00000 : 0x40000000;
  return BigInt((((imm8 & 0x80) << 24) | exponent | ((imm8 & 0x3f) << 16)) >>> 0) << 32n;
};

/** MOVI, MVNI, ORR, BIC (immediate), FMOV (vector, immediate). */
export const modifiedImmediate = (word: number): readonly Statement[] => {
  const d = Rd(word);
  const cmode = (word >>> 12) & 15;
  const inverted = bit(word, 29) === 1 && cmode < 14;
  const value = bigInt(inverted ? ~expandImmediate(word) : expandImmediate(word), 64);
  if (cmode < 12 && (cmode & 1) === 1) {
    const combine = (half: number): Statement => set(half, binary(inverted ? 'and' : 'or', slot(half, 64), value));
    return isQ(word) ? [combine(low(d)), combine(high(d))] : [combine(low(d)), clearHigh(d)];
  }
  return isQ(word) ? writeBoth(d, value, value) : writeLow(d, value);
};

type Logic = (d: Expr, n: Expr, m: Expr) => Expr;
/** a where the mask is 1, b where it is 0. */
const choose = (mask: Expr, a: Expr, b: Expr): Expr => binary('xor', b, binary('and', binary('xor', a, b), mask));
const not = (a: Expr): Expr => unary('not', a);

/** By U:size. */
const LOGIC: readonly Logic[] = [
  (_d, n, m) => binary('and', n, m),
  (_d, n, m) => binary('and', n, not(m)),
  (_d, n, m) => binary('or', n, m),
  (_d, n, m) => binary('or', n, not(m)),
  (_d, n, m) => binary('xor', n, m),
  (d, n, m) => choose(d, n, m),
  (d, n, m) => choose(m, n, d),
  (d, n, m) => choose(not(m), n, d),
];

/** AND, BIC, ORR, ORN, EOR, BSL, BIT, BIF. */
export const logic = (word: number): readonly Statement[] => {
  const [d, n, m] = [Rd(word), Rn(word), Rm(word)];
  const make = LOGIC[(bit(word, 29) << 2) | ((word >>> 22) & 3)]!;
  const first = set(low(d), n === m && make === LOGIC[2] ? readLow(n) : make(readLow(d), readLow(n), readLow(m)));
  if (!isQ(word)) return [first, clearHigh(d)];
  return [
    first,
    set(high(d), n === m && make === LOGIC[2] ? readHigh(n) : make(readHigh(d), readHigh(n), readHigh(m))),
  ];
};

/** EXT: 8 or 16 bytes from the byte at `imm4` of Vm:Vn. */
export const ext = (word: number): readonly Statement[] => {
  const [d, n, m] = [Rd(word), Rn(word), Rm(word)];
  const index = (word >>> 11) & 15;
  const halves = isQ(word) ? [readLow(n), readHigh(n), readLow(m), readHigh(m)] : [readLow(n), readLow(m)];
  const bits = (index & 7) * 8;
  const piece = (i: number): Expr => {
    const from = (index >> 3) + i;
    const first = halves[from]!;
    return bits === 0 ? first : same('extr', first, halves[from + 1]!, int(bits, 64));
  };
  if (!isQ(word)) return writeLow(d, piece(0));
  return [set(temp(0), piece(0)), set(high(d), piece(1)), set(low(d), slot(temp(0), 64))];
};

/** FMOV between a general register and S, D or the upper half of Q. */
export const fmovGeneral = (word: number): readonly Statement[] => {
  const upper = ((word >>> 19) & 3) === 1;
  const width = word >>> 31 ? 64 : 32;
  if (bit(word, 16) === 0) return writeZR(Rd(word), upper ? readHigh(Rn(word)) : readLow(Rn(word), width));
  const value = readZR(Rn(word), width);
  return upper ? [set(high(Rd(word)), value)] : writeLow(Rd(word), value);
};

/** FMOV (scalar, immediate). */
export const fmovImmediate = (word: number): readonly Statement[] => {
  const imm8 = (word >>> 13) & 0xff;
  return writeLow(Rd(word), bigInt(bit(word, 22) ? expandDouble(imm8) : expandSingle(imm8), 64));
};

/** Operands of a scalar FP instruction: bit 22 is double precision. */
export const widthOfType = (word: number): 32 | 64 => (bit(word, 22) ? 64 : 32);

/** FCSEL: moves bits, whatever they are. */
export const fcsel = (word: number): readonly Statement[] => {
  const width = widthOfType(word);
  return writeLow(Rd(word), select(condition(cond(word)), readLow(Rn(word), width), readLow(Rm(word), width)));
};

/** FMOV (register), FABS, FNEG: bit operations on the sign. */
export const sign = (word: number): readonly Statement[] | undefined => {
  const width = widthOfType(word);
  const value = readLow(Rn(word), width);
  const signBit = bigInt(1n << BigInt(width - 1), width);
  switch ((word >>> 15) & 3) {
    case 0:
      return writeLow(Rd(word), value);
    case 1:
      return writeLow(Rd(word), binary('and', value, bigInt((1n << BigInt(width - 1)) - 1n, width)));
    case 2:
      return writeLow(Rd(word), binary('xor', value, signBit));
    default:
      return undefined;
  }
};
