/**
 * Advanced SIMD on floats under FPCR = 0 (Arm ARM C4.1.6), vector and scalar: lane by lane, each with the care that the scalar
 * instructions take (`arithmetic.ts`). If one lane wants the exact operation, it does the whole instruction.
 */
import type { CareOp, Expr, Statement, ValueOp, Width } from '../../../ir/ir.ts';
import { convert, op } from '../../../ir/ir.ts';
import { Rd, Rm, Rn } from '../../decode/fields.ts';
import { bigInt, binary, int, narrow, set, slot, temp, unary, widen } from '../build.ts';
import { areUnordered, care, isNotFinite, negated, outOfRange, unless } from './arithmetic.ts';
import { clearHigh, high, isQ, low, readHigh, readLow, writeLow } from './registers.ts';
import { isUnsigned } from './vectors.ts';

/** What becomes of one lane: its value, and when it must not be taken, seen with the value itself. */
interface LaneResult {
  readonly value: Expr;
  readonly careful: readonly ((value: Expr) => Expr)[];
}
type Kernel = (lanes: readonly Expr[]) => LaneResult;

const SCALAR = 1 << 28;
/** `sz`, bit 22. */
const widthOf = (word: number): Width => ((word >>> 22) & 1 ? 64 : 32);
const laneCount = (word: number): number => {
  if ((word & SCALAR) !== 0) return 1;
  return (isQ(word) ? 128 : 64) / widthOf(word);
};

/** Temporaries of one instruction: the first for results, the rest for lanes of 32 bits that do not lie at the bottom of a slot. */
class Lanes {
  readonly before: Statement[] = [];
  private next = 4;
  private readonly width: Width;
  private readonly count: number;

  constructor(width: Width, count: number) {
    this.width = width;
    this.count = count;
  }

  /** The lanes of V<n>. */
  of(n: number): Expr[] {
    return Array.from({ length: this.count }, (_, i) => this.lane(n, i));
  }

  lane(n: number, index: number): Expr {
    if (this.width === 64) return index === 0 ? readLow(n) : readHigh(n);
    const half = index < 2 ? low(n) : high(n);
    if ((index & 1) === 0) return slot(half, 32);
    const upper = temp(this.next++);
    this.before.push(set(upper, binary('shru', slot(half, 64), int(32, 64))));
    return slot(upper, 32);
  }
}

/** V<d> := results in the first temporaries. */
function gather(d: number, width: Width, count: number): readonly Statement[] {
  const whole = (i: number): Expr => slot(temp(i), 64);
  if (count === 1) return writeLow(d, whole(0));
  if (width === 64) return [set(low(d), whole(0)), set(high(d), whole(1))];
  const pair = (i: number): Expr => binary('or', whole(i), binary('shl', whole(i + 1), int(32, 64)));
  return [set(low(d), pair(0)), count === 2 ? clearHigh(d) : set(high(d), pair(2))];
}

/** Applies a kernel to the lanes of several sources; `sources[s][i]` is lane i of source s. */
function lanewise(
  word: number,
  lanes: Lanes,
  sources: readonly (readonly Expr[])[],
  kernel: Kernel,
): readonly Statement[] {
  const statements = [...lanes.before];
  const count = sources[0]!.length;
  let width: Width = 64;
  for (let i = 0; i < count; i++) {
    const { value, careful } = kernel(sources.map((source) => source[i]!));
    width = value.width;
    statements.push(set(temp(i), value));
    for (const check of careful) statements.push(unless(word, check(slot(temp(i), width))));
  }
  return [...statements, ...gather(Rd(word), width, count)];
}

const rounded =
  (name: ValueOp, careName: CareOp): Kernel =>
  (operands) => ({
    value: op(name, ...operands),
    careful: [(value) => care(careName, ...operands, value)],
  });
const extreme =
  (name: 'fmin' | 'fmax'): Kernel =>
  ([a, b]) => ({ value: op(name, a!, b!), careful: [() => areUnordered(a!, b!)] });
/** d + n * m, or d - n * m. */
const fused =
  (subtract: boolean): Kernel =>
  ([d, n, m]) => ({
    value: op('fma', d!, subtract ? negated(n!) : n!, m!),
    careful: [(value) => care('careFused', n!, m!, value)],
  });
const absoluteDifference: Kernel = ([a, b]) => {
  const difference = op('fsub', a!, b!);
  const { width } = difference;
  return {
    value: binary('and', difference, bigInt((1n << BigInt(width - 1)) - 1n, width)),
    careful: [() => care('careDifference', a!, b!, difference)],
  };
};

const EQUAL = 6;
const GREATER = 2;
const mask = (holds: Expr, width: Width): Expr =>
  width === 32 ? unary('neg', holds) : widen('sx32', unary('neg', holds));
const comparison =
  (test: 'eq' | 'ge' | 'gt'): Kernel =>
  ([a, b]) => {
    const flags = op('fcmp', a!, b!);
    const holds =
      test === 'ge'
        ? narrow('nez', binary('and', flags, int(GREATER, 32)))
        : narrow('eq', flags, int(test === 'eq' ? EQUAL : GREATER, 32));
    return { value: mask(holds, a!.width), careful: [() => areUnordered(a!, b!)] };
  };

const FADD = rounded('fadd', 'careSum');
const FMUL = rounded('fmul', 'careProduct');

/** By U:size<1>:opcode, bits 29, 23 and 15:11. */
const key = (u: number, a: number, opcode: number): number => (u << 6) | (a << 5) | opcode;
const THREE: Readonly<Record<number, Kernel>> = {
  [key(0, 0, 0b11000)]: extreme('fmax'),
  [key(0, 1, 0b11000)]: extreme('fmin'),
  [key(0, 0, 0b11010)]: FADD,
  [key(0, 1, 0b11010)]: rounded('fsub', 'careDifference'),
  [key(1, 1, 0b11010)]: absoluteDifference,
  [key(1, 0, 0b11011)]: FMUL,
  [key(0, 0, 0b11100)]: comparison('eq'),
  [key(1, 0, 0b11100)]: comparison('ge'),
  [key(1, 1, 0b11100)]: comparison('gt'),
  [key(0, 0, 0b11110)]: extreme('fmax'),
  [key(0, 1, 0b11110)]: extreme('fmin'),
  [key(1, 0, 0b11111)]: rounded('fdiv', 'careQuotient'),
};
const FMLA = key(0, 0, 0b11001);
const FMLS = key(0, 1, 0b11001);
const FADDP = key(1, 0, 0b11010);
const bit = (word: number, n: number): number => (word >>> n) & 1;

export const threeSameFloat = (word: number): readonly Statement[] | undefined => {
  const which = key(bit(word, 29), bit(word, 23), (word >>> 11) & 31);
  const lanes = new Lanes(widthOf(word), laneCount(word));
  const [n, m] = [lanes.of(Rn(word)), lanes.of(Rm(word))];
  if (which === FMLA || which === FMLS) return lanewise(word, lanes, [lanes.of(Rd(word)), n, m], fused(which === FMLS));
  if (which === FADDP) {
    const all = [...n, ...m];
    return lanewise(word, lanes, [all.filter((_, i) => i % 2 === 0), all.filter((_, i) => i % 2 === 1)], FADD);
  }
  const kernel = THREE[which];
  return kernel && lanewise(word, lanes, [n, m], kernel);
};

/** FMLA, FMLS, FMUL by element: the index is H:L of singles, H of doubles. */
export const byElementFloat = (word: number): readonly Statement[] | undefined => {
  if (isUnsigned(word)) return undefined;
  const width = widthOf(word);
  const lanes = new Lanes(width, laneCount(word));
  const index = width === 64 ? bit(word, 11) : (bit(word, 11) << 1) | bit(word, 21);
  const element = lanes.lane(Rm(word), index);
  const n = lanes.of(Rn(word));
  const m = n.map(() => element);
  const opcode = (word >>> 12) & 15;
  if (opcode === 9) return lanewise(word, lanes, [n, m], FMUL);
  return lanewise(word, lanes, [lanes.of(Rd(word)), n, m], fused(opcode === 5));
};

const ZERO: Record<Width, Expr> = { 32: int(0, 32), 64: int(0, 64) };
const againstZero =
  (test: 'eq' | 'ge' | 'gt', swapped: boolean): Kernel =>
  ([a]) =>
    comparison(test)(swapped ? [ZERO[a!.width], a!] : [a!, ZERO[a!.width]]);
const integral =
  (name: ValueOp): Kernel =>
  ([a]) => ({ value: op(name, a!), careful: [isNotFinite] });
const truncated =
  (unsigned: boolean): Kernel =>
  ([a]) => {
    const whole = op('ftrunc', a!);
    const { width } = a!;
    return {
      value: convert(unsigned ? 'toU' : 'toS', width, a!),
      careful: [() => outOfRange(whole, unsigned, width), () => care('careRounded', a!, whole)],
    };
  };

/** By U:size<1>:opcode, bits 29, 23 and 16:12. */
const TWO: Readonly<Record<number, Kernel>> = {
  [key(0, 1, 0b01100)]: againstZero('gt', false),
  [key(1, 1, 0b01100)]: againstZero('ge', false),
  [key(0, 1, 0b01101)]: againstZero('eq', false),
  [key(1, 1, 0b01101)]: againstZero('ge', true),
  [key(0, 1, 0b01110)]: againstZero('gt', true),
  [key(0, 0, 0b11000)]: integral('fnearest'),
  [key(0, 0, 0b11001)]: integral('ffloor'),
  [key(0, 1, 0b11000)]: integral('fceil'),
  [key(0, 1, 0b11001)]: integral('ftrunc'),
  [key(1, 1, 0b11001)]: integral('fnearest'),
  [key(0, 1, 0b11011)]: truncated(false),
  [key(1, 1, 0b11011)]: truncated(true),
  [key(1, 1, 0b11111)]: rounded('fsqrt', 'careRoot'),
};
const SCVTF = key(0, 0, 0b11101);
const UCVTF = key(1, 0, 0b11101);

/** An integer as a float is as wide as itself: exact if it comes back, and is not the greatest, which rounds up and saturates. */
const ofInteger =
  (unsigned: boolean): Kernel =>
  ([a]) => {
    const { width } = a!;
    const back = (value: Expr): Expr => convert(unsigned ? 'toU' : 'toS', width, value);
    const greatest = unsigned ? -1n : (1n << BigInt(width - 1)) - 1n;
    return {
      value: convert(unsigned ? 'ofU' : 'ofS', width, a!),
      careful: [
        (value) => care('careRounded', a!, back(value)),
        () => care('careRounded', binary('xor', a!, bigInt(greatest, width)), careIfZero(a!, greatest, width)),
      ],
    };
  };
/** Equal to `a XOR greatest` but where that is zero. */
const careIfZero = (a: Expr, greatest: bigint, width: Width): Expr => {
  const x = binary('xor', a, bigInt(greatest, width));
  const isZero = narrow('eqz', x);
  return binary('or', x, width === 32 ? isZero : widen('zx32', isZero));
};

export const twoMiscFloat = (word: number): readonly Statement[] | undefined => {
  const which = key(bit(word, 29), bit(word, 23), (word >>> 12) & 31);
  const kernel = which === SCVTF || which === UCVTF ? ofInteger(which === UCVTF) : TWO[which];
  if (!kernel) return undefined;
  const lanes = new Lanes(widthOf(word), laneCount(word));
  return lanewise(word, lanes, [lanes.of(Rn(word))], kernel);
};

const SIGNS: Record<Width, bigint> = { 32: 0x8000000080000000n, 64: 0x8000000000000000n };
const FABS_FNEG = 0b01111;

/** FABS, FNEG (vector): the signs alone, at any FPCR. */
export const vectorSign = (word: number): readonly Statement[] | undefined => {
  if (bit(word, 23) === 0 || ((word >>> 12) & 31) !== FABS_FNEG) return undefined;
  const signs = SIGNS[widthOf(word)];
  const change = (half: Expr): Expr =>
    isUnsigned(word) ? binary('xor', half, bigInt(signs, 64)) : binary('and', half, bigInt(~signs, 64));
  const [d, n] = [Rd(word), Rn(word)];
  const first = set(low(d), change(readLow(n)));
  return [first, isQ(word) ? set(high(d), change(readHigh(n))) : clearHigh(d)];
};

/** FADDP (scalar). */
export const addPairFloat = (word: number): readonly Statement[] | undefined => {
  const lanes = new Lanes(widthOf(word), 2);
  const [a, b] = lanes.of(Rn(word));
  return lanewise(word, lanes, [[a!], [b!]], FADD);
};

/** FCVTL, FCVTL2 from single to double precision, FCVTN, FCVTN2 back. */
export const convertLong = (word: number): readonly Statement[] | undefined => {
  // size<0>: singles and doubles, else half precision.
  if (bit(word, 22) === 0 || isUnsigned(word)) return undefined;
  const opcode = (word >>> 12) & 31;
  const d = Rd(word);
  if (opcode === 0b10111) {
    const lanes = new Lanes(32, 4);
    const from = isQ(word) ? 2 : 0;
    const source = [lanes.lane(Rn(word), from), lanes.lane(Rn(word), from + 1)];
    return lanewise(word, lanes, [source], ([a]) => ({ value: op('fcvt', a!), careful: [() => isNotFinite(a!)] }));
  }
  if (opcode !== 0b10110) return undefined;
  const lanes = new Lanes(64, 2);
  const statements = lanewise(word, lanes, [lanes.of(Rn(word))], ([a]) => ({
    value: op('fcvt', a!),
    careful: [() => care('careNarrow', a!)],
  }));
  if (!isQ(word)) return statements;
  const joined = binary('or', slot(temp(0), 64), binary('shl', slot(temp(1), 64), int(32, 64)));
  return [...statements.slice(0, -2), set(high(d), joined)];
};
