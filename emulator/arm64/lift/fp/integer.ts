/**
 * Advanced SIMD on integers as operations on 128-bit values (Arm ARM C4.1.6). What saturates (and so may set FPSR.QC), and what
 * is rare, is left to the exact operation: such entries are missing from the tables or give undefined.
 */
import type { Expr, Statement, VectorExpr } from '../../../ir/ir.ts';
import { LANES, type Lane, type VectorOp } from '../../../ir/vector-ops.ts';
import { Rd, Rm, Rn } from '../../decode/fields.ts';
import { binary, int, same, set, slot, temp, unary } from '../build.ts';
import { clearHigh, high, isQ, low, readHigh, readLow, writeLow } from './registers.ts';
import {
  byLane,
  isUnsigned,
  laneOf,
  pairOf,
  shifted,
  splat,
  Vd,
  Vm,
  Vn,
  vop,
  wider,
  writeVector,
  ZERO,
} from './vectors.ts';

type Maybe = VectorExpr | undefined;
/** Makes a value from the encoding and its lanes. */
type Make = (word: number, lane: Lane, u: boolean) => Maybe;

const sign = (name: string, u: boolean): string => `${name}${u ? 'u' : 's'}`;
const letter = (u: boolean): string => (u ? 'U' : 'S');
const both = (a: Maybe, b: Maybe, make: (a: VectorExpr, b: VectorExpr) => Maybe): Maybe =>
  a && b ? make(a, b) : undefined;

const product = (lane: Lane, a: VectorExpr, b: VectorExpr): Maybe =>
  lane === 8
    ? // The low bytes of the 16-bit products.
      vop('uzp18', vop('mulLowU8', a, b), vop('mulHighU8', a, b))
    : byLane('mul', lane, a, b);

const difference = (lane: Lane, u: boolean, a: VectorExpr, b: VectorExpr): Maybe =>
  both(byLane(sign('max', u), lane, a, b), byLane(sign('min', u), lane, a, b), (x, y) => byLane('sub', lane, x, y));

const pairwise =
  (name: (u: boolean) => string): Make =>
  (word, lane, u) => {
    const [a, b] = pairOf(word);
    return byLane(name(u), lane, vop(`uzp1${lane}`, a, b), vop(`uzp2${lane}`, a, b));
  };

const plain =
  (signed: string, unsigned: string): Make =>
  (word, lane, u) =>
    byLane(u ? unsigned : signed, lane, Vn(word), Vm(word));

/** By opcode, bits 15:11. */
const THREE_SAME: Readonly<Record<number, Make>> = {
  // URHADD
  2: (word, lane, u) => (u ? byLane('avgu', lane, Vn(word), Vm(word)) : undefined),
  // CMGT, CMHI; CMGE, CMHS
  6: plain('gts', 'gtu'),
  7: plain('ges', 'geu'),
  // SMAX, UMAX; SMIN, UMIN
  12: plain('maxs', 'maxu'),
  13: plain('mins', 'minu'),
  // SABD, UABD; SABA, UABA
  14: (word, lane, u) => difference(lane, u, Vn(word), Vm(word)),
  15: (word, lane, u) => both(Vd(word), difference(lane, u, Vn(word), Vm(word)), (d, x) => byLane('add', lane, d, x)),
  // ADD, SUB
  16: plain('add', 'sub'),
  // CMTST, CMEQ
  17: (word, lane, u) =>
    u ? byLane('eq', lane, Vn(word), Vm(word)) : vop('not', vop(`eq${lane}`, vop('and', Vn(word), Vm(word)), ZERO)),
  // MLA, MLS
  18: (word, lane, u) =>
    both(Vd(word), product(lane, Vn(word), Vm(word)), (d, x) => byLane(u ? 'sub' : 'add', lane, d, x)),
  // MUL
  19: (word, lane, u) => (u ? undefined : product(lane, Vn(word), Vm(word))),
  // SMAXP, UMAXP; SMINP, UMINP
  20: pairwise((u) => sign('max', u)),
  21: pairwise((u) => sign('min', u)),
  // ADDP
  23: (word, lane, u) => (u ? undefined : pairwise(() => 'add')(word, lane, u)),
};

export const threeSame = (word: number): readonly Statement[] | undefined =>
  writeVector(word, THREE_SAME[(word >>> 11) & 31]?.(word, laneOf(word), isUnsigned(word)));

const againstZero =
  (signed: string, unsigned: string | undefined): Make =>
  (word, lane, u) => {
    const name = u ? unsigned : signed;
    return name === undefined ? undefined : byLane(name, lane, Vn(word), ZERO);
  };

const neighbours: Make = (word, lane, u) => byLane(`pairs${letter(u)}`, lane, Vn(word));

/** Upper half kept (the `2` forms), else cleared: a narrowed value in the lower half of `value`. */
const narrowed = (word: number, value: VectorExpr): readonly Statement[] => [
  { kind: 'setVector', slot: low(Rd(word)), value: isQ(word) ? vop('zip164', Vd(word), value) : vop('low', value) },
];

/** The low halves of lanes twice as wide, in the lower half. */
const lowHalves = (lane: Lane, value: VectorExpr): VectorExpr => vop(`uzp1${lane}` as VectorOp, value, value);

/** By opcode, bits 16:12. */
const TWO_MISC: Readonly<Record<number, Make>> = {
  // SADDLP, UADDLP; SADALP, UADALP
  2: neighbours,
  6: (word, lane, u) => both(Vd(word), neighbours(word, lane, u), (d, x) => byLane('add', wider(lane), d, x)),
  // CNT, NOT
  5: (word, lane, u) => {
    if (!u) return vop('popcnt8', Vn(word));
    return lane === 8 ? vop('not', Vn(word)) : undefined;
  },
  // CMGT, CMGE; CMEQ, CMLE; CMLT, against zero
  8: againstZero('gts', 'ges'),
  9: (word, lane, u) => (u ? byLane('ges', lane, ZERO, Vn(word)) : byLane('eq', lane, Vn(word), ZERO)),
  10: (word, lane, u) => (u ? undefined : byLane('gts', lane, ZERO, Vn(word))),
  // ABS, NEG
  11: (word, lane, u) => byLane(u ? 'neg' : 'abs', lane, Vn(word)),
};
const XTN = 18;
const SHLL = 19;

/** Reversal of elements within 64, 32 and 16 bits, of one half. */
function reversal(word: number, value: Expr): Expr | undefined {
  const lane = laneOf(word);
  const bytes = (name: 'rev' | 'rev32' | 'rev16', x: Expr): Expr => unary(name, x);
  if ((word >>> 12) & 1) return lane === 8 ? bytes('rev16', value) : undefined;
  if (isUnsigned(word)) return lane === 8 ? bytes('rev32', value) : bytes('rev16', bytes('rev32', value));
  if (lane === 32) return binary('rotr', value, int(32, 64));
  return lane === 8 ? bytes('rev', value) : bytes('rev16', bytes('rev', value));
}

function reversed(word: number): readonly Statement[] | undefined {
  const first = reversal(word, readLow(Rn(word)));
  const second = reversal(word, readHigh(Rn(word)));
  if (!first || !second) return undefined;
  const d = Rd(word);
  return isQ(word) ? [set(low(d), first), set(high(d), second)] : [set(low(d), first), clearHigh(d)];
}

export const twoMisc = (word: number): readonly Statement[] | undefined => {
  const opcode = (word >>> 12) & 31;
  const lane = laneOf(word);
  const u = isUnsigned(word);
  if (opcode < 2) return reversed(word);
  if (opcode === XTN) return u ? undefined : narrowed(word, lowHalves(lane, Vn(word)));
  if (opcode === SHLL) return writeWide(word, shifted(`shl${wider(lane)}`, widened(word, lane, false, Vn(word)), lane));
  return writeVector(word, TWO_MISC[opcode]?.(word, lane, u));
};

/** 128 bits whatever Q says: it chooses the half of the source. */
const writeWide = (word: number, value: Maybe): readonly Statement[] | undefined =>
  value && [{ kind: 'setVector', slot: low(Rd(word)), value }];

/** The lower (upper with Q) lanes at twice their width. */
const widened = (word: number, lane: Lane, u: boolean, value: VectorExpr): VectorExpr =>
  vop(`${isQ(word) ? 'high' : 'low'}${letter(u)}${lane}` as VectorOp, value);
const wideProduct = (word: number, lane: Lane, u: boolean, a: VectorExpr, b: VectorExpr): VectorExpr =>
  vop(`mul${isQ(word) ? 'High' : 'Low'}${letter(u)}${lane}` as VectorOp, a, b);

const long =
  (name: 'add' | 'sub', firstIsWide: boolean): Make =>
  (word, lane, u) => {
    const second = widened(word, lane, u, Vm(word));
    return byLane(name, wider(lane), firstIsWide ? Vn(word) : widened(word, lane, u, Vn(word)), second);
  };
const accumulated = (word: number, lane: Lane, name: 'add' | 'sub', value: Maybe): Maybe =>
  both(Vd(word), value, (d, x) => byLane(name, wider(lane), d, x));
const longDifference: Make = (word, lane, u) => {
  const narrow = difference(lane, u, Vn(word), Vm(word));
  return narrow && widened(word, lane, true, narrow);
};

/** By opcode, bits 15:12. */
const THREE_DIFFERENT: Readonly<Record<number, Make>> = {
  0: long('add', false),
  1: long('add', true),
  2: long('sub', false),
  3: long('sub', true),
  5: (word, lane, u) => accumulated(word, lane, 'add', longDifference(word, lane, u)),
  7: longDifference,
  8: (word, lane, u) => accumulated(word, lane, 'add', wideProduct(word, lane, u, Vn(word), Vm(word))),
  10: (word, lane, u) => accumulated(word, lane, 'sub', wideProduct(word, lane, u, Vn(word), Vm(word))),
  12: (word, lane, u) => wideProduct(word, lane, u, Vn(word), Vm(word)),
};
const ADDHN = 4;
const SUBHN = 6;

export const threeDifferent = (word: number): readonly Statement[] | undefined => {
  const opcode = (word >>> 12) & 15;
  const lane = laneOf(word);
  if (opcode !== ADDHN && opcode !== SUBHN) {
    return writeWide(word, THREE_DIFFERENT[opcode]?.(word, lane, isUnsigned(word)));
  }
  // RADDHN and RSUBHN round.
  if (isUnsigned(word)) return undefined;
  const sum = byLane(opcode === ADDHN ? 'add' : 'sub', wider(lane), Vn(word), Vm(word))!;
  return narrowed(word, vop(`uzp2${lane}` as VectorOp, sum, sum));
};

/** Vector by element: the index is H:L:M for 16 bits (Rm<3:0>), H:L for 32. */
export const byElement = (word: number): readonly Statement[] | undefined => {
  const lane = laneOf(word);
  const [h, l, m] = [(word >>> 11) & 1, (word >>> 21) & 1, (word >>> 20) & 1];
  const element =
    lane === 16 ? splat(Rm(word) & 15, lane, (h << 2) | (l << 1) | m) : splat(Rm(word), lane, (h << 1) | l);
  const u = isUnsigned(word);
  const opcode = (word >>> 12) & 15;
  const plainProduct = (): VectorExpr => vop(`mul${lane}` as VectorOp, Vn(word), element);
  const wide = (): VectorExpr => wideProduct(word, lane, u, Vn(word), element);
  switch (opcode) {
    case 0:
    case 4:
      return u ? writeVector(word, byLane(opcode === 0 ? 'add' : 'sub', lane, Vd(word), plainProduct())) : undefined;
    case 8:
      return u ? undefined : writeVector(word, plainProduct());
    case 2:
    case 6:
      return writeWide(word, accumulated(word, lane, opcode === 2 ? 'add' : 'sub', wide()));
    case 10:
      return writeWide(word, wide());
    default:
      return undefined;
  }
};

/** immh: the lanes; immh:immb less the lane's bits, or twice them less it, is the amount. */
const shiftLane = (word: number): Lane => LANES[31 - Math.clz32((word >>> 19) & 15)]!;
const leftAmount = (word: number, lane: Lane): number => ((word >>> 16) & 0x7f) - lane;
const rightAmount = (word: number, lane: Lane): number => 2 * lane - ((word >>> 16) & 0x7f);

/** A right shift by 1 ... lane. */
function shiftRight(lane: Lane, u: boolean, value: VectorExpr, amount: number): VectorExpr {
  if (!u) return shifted(`shrs${lane}`, value, Math.min(amount, lane - 1));
  return amount === lane ? ZERO : shifted(`shru${lane}`, value, amount);
}

/** The same, rounded: plus the last bit shifted out. */
function shiftRightRounded(lane: Lane, u: boolean, value: VectorExpr, amount: number): VectorExpr {
  const last = shifted(`shru${lane}`, shifted(`shl${lane}`, value, lane - amount), lane - 1);
  return vop(`add${lane}`, shiftRight(lane, u, value, amount), last);
}

const ALL_ONES = vop('not', ZERO);
/** `value` where it was shifted to, V<d> where nothing was. */
const inserted = (op: 'shl' | 'shru', word: number, lane: Lane, amount: number): VectorExpr => {
  if (amount === lane) return Vd(word);
  const name: VectorOp = `${op}${lane}`;
  return vop('or', shifted(name, Vn(word), amount), vop('andnot', Vd(word), shifted(name, ALL_ONES, amount)));
};

const rightShift =
  (rounded: boolean, accumulate: boolean): Make =>
  (word, lane, u) => {
    const value = (rounded ? shiftRightRounded : shiftRight)(lane, u, Vn(word), rightAmount(word, lane));
    return accumulate ? byLane('add', lane, Vd(word), value) : value;
  };

/** By opcode, bits 15:11: SSHR, SSRA, SRSHR, SRSRA and the unsigned; SRI; SHL, SLI. */
const SHIFTS: Readonly<Record<number, Make>> = {
  0: rightShift(false, false),
  2: rightShift(false, true),
  4: rightShift(true, false),
  6: rightShift(true, true),
  8: (word, lane) => inserted('shru', word, lane, rightAmount(word, lane)),
  10: (word, lane, u) =>
    u ? inserted('shl', word, lane, leftAmount(word, lane)) : shifted(`shl${lane}`, Vn(word), leftAmount(word, lane)),
};
const SHRN = 16;
const RSHRN = 17;
const SHLL_IMMEDIATE = 20;

export const shiftImmediate = (word: number): readonly Statement[] | undefined => {
  const opcode = (word >>> 11) & 31;
  const lane = shiftLane(word);
  const u = isUnsigned(word);
  switch (opcode) {
    case SHRN:
    case RSHRN: {
      // With U these saturate.
      if (u) return undefined;
      const make = opcode === SHRN ? shiftRight : shiftRightRounded;
      return narrowed(word, lowHalves(lane, make(wider(lane), true, Vn(word), rightAmount(word, lane))));
    }
    case SHLL_IMMEDIATE: {
      const wide = widened(word, lane, u, Vn(word));
      const amount = leftAmount(word, lane);
      return writeWide(word, amount === 0 ? wide : shifted(`shl${wider(lane)}`, wide, amount));
    }
    default:
      return writeVector(word, SHIFTS[opcode]?.(word, lane, u));
  }
};

const PERMUTATIONS = ['', 'uzp1', 'trn1', 'zip1', '', 'uzp2', 'trn2', 'zip2'] as const;

/** UZP, TRN, ZIP, by bits 14:12. */
export const permute = (word: number): readonly Statement[] | undefined => {
  const name = PERMUTATIONS[(word >>> 12) & 7]!;
  const lane = laneOf(word);
  if (name === '') return undefined;
  if (isQ(word) || name.startsWith('trn') || name === 'zip1') {
    return writeVector(word, vop(`${name}${lane}` as VectorOp, Vn(word), Vm(word)));
  }
  if (name === 'zip2') {
    // The upper half of both lower halves interleaved.
    return writeVector(word, vop('zip264', vop(`zip1${lane}` as VectorOp, Vn(word), Vm(word)), ZERO));
  }
  return writeVector(word, vop(`${name}${lane}` as VectorOp, ...pairOf(word)));
};

/** TBL of one register: longer tables and TBX are left to the exact operation. */
export const tableLookup = (word: number): readonly Statement[] | undefined =>
  (word >>> 12) & 7 ? undefined : writeVector(word, vop('swizzle', Vn(word), Vm(word)));

const FOLDED = temp(0);
const FOLDED_VECTOR: VectorExpr = { kind: 'vreg', slot: FOLDED };
const fold = (value: VectorExpr): Statement => ({ kind: 'setVector', slot: FOLDED, value });

/** V<d> := lane 0 of the first `count` lanes taken together, two by two. */
function across(
  word: number,
  lane: Lane,
  name: string,
  first: VectorExpr,
  count: number,
): readonly Statement[] | undefined {
  const pair = byLane(
    name,
    lane,
    vop(`uzp1${lane}`, FOLDED_VECTOR, FOLDED_VECTOR),
    vop(`uzp2${lane}`, FOLDED_VECTOR, FOLDED_VECTOR),
  );
  if (!pair) return undefined;
  const steps = new Array<Statement>(Math.log2(count)).fill(fold(pair));
  const element =
    lane === 64 ? slot(FOLDED, 64) : same('exu', slot(FOLDED, 64), int(64 - lane, 64), int(64 - lane, 64));
  return [fold(first), ...steps, ...writeLow(Rd(word), element)];
}

/** SADDLV, SMAXV, SMINV and the unsigned, ADDV: by bits 16:12. */
export const acrossLanes = (word: number): readonly Statement[] | undefined => {
  const lane = laneOf(word);
  const u = isUnsigned(word);
  const count = (isQ(word) ? 128 : 64) / lane;
  switch ((word >>> 12) & 31) {
    case 3: {
      const n = Vn(word);
      const wide = wider(lane);
      // Two lanes of 64 bits from four of 32 (there is no other arrangement of 32).
      if (lane === 32) {
        const halves = [vop(`low${letter(u)}32` as VectorOp, n), vop(`high${letter(u)}32` as VectorOp, n)] as const;
        return across(word, wide, 'add', vop('add64', ...halves), count / 2);
      }
      return across(word, wide, 'add', vop(`pairs${letter(u)}${lane}` as VectorOp, n), count / 2);
    }
    case 10:
      return across(word, lane, sign('max', u), Vn(word), count);
    case 26:
      return across(word, lane, sign('min', u), Vn(word), count);
    case 27:
      return across(word, lane, 'add', Vn(word), count);
    default:
      return undefined;
  }
};

/** ADDP (scalar). */
export const addPair = (word: number): readonly Statement[] =>
  writeLow(Rd(word), binary('add', readLow(Rn(word)), readHigh(Rn(word))));
