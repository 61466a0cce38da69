/**
 * Scalar floating-point arithmetic under FPCR = 0 (Arm ARM C4.1.6): computed at once, and taken where no exception but an
 * inexactness that is in FPSR.IXC already can have occurred; else the exact operation does the whole instruction.
 */
import type { CareOp, Expr, Statement, ValueOp, Width } from '../../../ir/ir.ts';
import { convert, INEXACT_SIGNALLED, op } from '../../../ir/ir.ts';
import type { Site } from '../../decode/encoding.ts';
import { cond, nzcv, Ra, Rd, Rm, Rn } from '../../decode/fields.ts';
import { Sys } from '../../registers/slots.ts';
import { LiftMode, SystemCall } from '../../system-calls.ts';
import { bigInt, binary, condition, int, narrow, readZR, select, set, slot, temp, writeZR } from '../build.ts';
import { sign, widthOfType } from './move.ts';
import { readLow, writeLow } from './registers.ts';

const FPSR: Expr = { kind: 'reg', slot: Sys.FPSR, width: 32 };
const RESULT = temp(0);

/** Leaves to the exact operation if the condition is not zero. */
export const unless = (word: number, careful: Expr): Statement => ({
  kind: 'check',
  condition: careful,
  call: SystemCall.fpSimd,
  word,
});

export const care = (name: CareOp, ...operands: readonly Expr[]): Expr => op(name, FPSR, ...operands);
const result = (width: Width): Expr => slot(RESULT, width);

const EXPONENT_MASK = { 32: 0x7f800000n, 64: 0x7ff0000000000000n } as const;
const FRACTION_BITS = { 32: 23, 64: 52 } as const;
const BIAS = { 32: 127, 64: 1023 } as const;

/** Exponent field `exponent + bias`, in place. */
const power = (exponent: number, width: Width): Expr =>
  bigInt(BigInt(exponent + BIAS[width]) << BigInt(FRACTION_BITS[width]), width);
const exponentOf = (value: Expr): Expr => binary('and', value, bigInt(EXPONENT_MASK[value.width], value.width));
export const isNotFinite = (value: Expr): Expr =>
  narrow('eq', exponentOf(value), bigInt(EXPONENT_MASK[value.width], value.width));
export const negated = (value: Expr): Expr => binary('xor', value, bigInt(1n << BigInt(value.width - 1), value.width));
const UNORDERED = int(3, 32);
export const areUnordered = (a: Expr, b: Expr): Expr => narrow('eq', op('fcmp', a, b), UNORDERED);

/** Computes into a temporary, checks, and writes the register. */
const computed = (word: number, value: Expr, careful: Expr, final = result(value.width)): readonly Statement[] => [
  set(RESULT, value),
  unless(word, careful),
  ...writeLow(Rd(word), final),
];

type Two = (word: number, a: Expr, b: Expr) => readonly Statement[];
const rounded =
  (name: ValueOp, careName: CareOp): Two =>
  (word, a, b) =>
    computed(word, op(name, a, b), care(careName, a, b, result(a.width)));
const extreme =
  (name: 'fmin' | 'fmax'): Two =>
  (word, a, b) => [unless(word, areUnordered(a, b)), ...writeLow(Rd(word), op(name, a, b))];
const product: Two = rounded('fmul', 'careProduct');

/** By opcode: FMUL, FDIV, FADD, FSUB, FMAX, FMIN, FMAXNM, FMINNM, FNMUL. */
const TWO_SOURCES: readonly Two[] = [
  product,
  rounded('fdiv', 'careQuotient'),
  rounded('fadd', 'careSum'),
  rounded('fsub', 'careDifference'),
  extreme('fmax'),
  extreme('fmin'),
  extreme('fmax'),
  extreme('fmin'),
  (word, a, b) =>
    computed(word, op('fmul', a, b), care('careProduct', a, b, result(a.width)), negated(result(a.width))),
];

const operand = (n: number, word: number): Expr => readLow(n, widthOfType(word));

export const twoSources = (word: number): readonly Statement[] =>
  TWO_SOURCES[(word >>> 12) & 15]!(word, operand(Rn(word), word), operand(Rm(word), word));

/** FMOV (register), FABS, FNEG at any FPCR; FSQRT. */
export const oneSource = (word: number, site: Site): readonly Statement[] | undefined => {
  const moved = sign(word);
  if (moved || (site.mode & LiftMode.fpDefault) === 0) return moved;
  const a = operand(Rn(word), word);
  return computed(word, op('fsqrt', a), care('careRoot', a, result(a.width)));
};

/** FMADD, FMSUB, FNMADD, FNMSUB: o1 (bit 21) negates the addend, o1 XOR o0 (bit 15) the product. */
export const multiplyAdd = (word: number): readonly Statement[] => {
  const o1 = (word >>> 21) & 1;
  const o0 = (word >>> 15) & 1;
  const addend = operand(Ra(word), word);
  const factor = operand(Rn(word), word);
  const other = operand(Rm(word), word);
  const value = op('fma', o1 ? negated(addend) : addend, o1 !== o0 ? negated(factor) : factor, other);
  return computed(word, value, care('careFused', factor, other, result(value.width)));
};

/** FCVT between single and double precision; half precision is left to the exact operation. */
export const convertPrecision = (word: number): readonly Statement[] | undefined => {
  const [type, opc] = [(word >>> 22) & 3, (word >>> 15) & 3];
  if (type > 1 || opc > 1) return undefined;
  const a = operand(Rn(word), word);
  const careful = type === 1 ? care('careNarrow', a) : isNotFinite(a);
  return [unless(word, careful), ...writeLow(Rd(word), op('fcvt', a))];
};

/** By rmode of a rounding to integral: FRINTN, P, M, Z; A is the exact operation's; X signals inexactness; I is N here. */
const ROUNDINGS: readonly (ValueOp | undefined)[] = [
  'fnearest',
  'fceil',
  'ffloor',
  'ftrunc',
  undefined,
  undefined,
  'fnearest',
  'fnearest',
];
const FRINTX = 6;

export const roundToIntegral = (word: number): readonly Statement[] | undefined => {
  const mode = (word >>> 15) & 7;
  const name = ROUNDINGS[mode];
  if (!name) return undefined;
  const a = operand(Rn(word), word);
  const statements = computed(word, op(name, a), isNotFinite(a));
  if (mode !== FRINTX) return statements;
  const [compute, ...rest] = statements as [Statement, ...Statement[]];
  return [compute, unless(word, care('careRounded', a, result(a.width))), ...rest];
};

/** FCMP, FCMPE: bit 3 compares with zero. Any NaN is the exact operation's. */
export const compare = (word: number): readonly Statement[] => {
  const a = operand(Rn(word), word);
  return flagsOf(word, a, (word >>> 3) & 1 ? int(0, a.width) : operand(Rm(word), word));
};

const flagsOf = (word: number, a: Expr, b: Expr): readonly Statement[] => [
  set(RESULT, op('fcmp', a, b)),
  unless(word, narrow('eq', result(32), UNORDERED)),
  { kind: 'setFlags', value: result(32) },
];

const ALWAYS = 14;

/** FCCMP, FCCMPE. */
export const conditionalCompare = (word: number): readonly Statement[] => {
  const cc = cond(word);
  const [a, b] = [operand(Rn(word), word), operand(Rm(word), word)] as const;
  if (cc >= ALWAYS) return flagsOf(word, a, b);
  const unordered = narrow('eq', result(32), UNORDERED);
  return [
    set(RESULT, op('fcmp', a, b)),
    unless(word, binary('and', condition(cc), unordered)),
    { kind: 'setFlags', value: select(condition(cc), result(32), int(nzcv(word), 32)) },
  ];
};

const integerWidth = (word: number): Width => (word >>> 31 ? 64 : 32);

/** Whether a float may lie outside an integer's range. A negative one has its top bit set: as an unsigned pattern it does. */
export const outOfRange = (value: Expr, unsigned: boolean, to: Width): Expr =>
  unsigned
    ? narrow('geu', value, power(to, value.width))
    : narrow('geu', exponentOf(value), power(to - 1, value.width));

/** FCVTNS, FCVTPS, FCVTMS, FCVTZS and their unsigned forms, by rmode (bits 20:19); bit 16 is unsigned. */
export const toInteger = (word: number): readonly Statement[] => {
  const a = operand(Rn(word), word);
  const { width } = a;
  const unsigned = ((word >>> 16) & 1) !== 0;
  const to = integerWidth(word);
  const value = result(width);
  return [
    set(RESULT, op(ROUNDINGS[(word >>> 19) & 3]!, a)),
    unless(word, outOfRange(value, unsigned, to)),
    unless(word, care('careRounded', a, value)),
    ...writeZR(Rd(word), convert(unsigned ? 'toU' : 'toS', to, value)),
  ];
};

/** SCVTF and UCVTF of a general register (FCVTAS and FCVTAU, ties away, are the exact operation's). */
export const fromInteger = (word: number): readonly Statement[] | undefined => {
  const what = (word >>> 16) & 7;
  if (what !== 2 && what !== 3) return undefined;
  const from = integerWidth(word);
  return ofInteger(word, readZR(Rn(word), from), what === 3, widthOfType(word));
};

/** V<d> := an integer as a float. Beyond the precision it may be inexact. */
export function ofInteger(word: number, value: Expr, unsigned: boolean, width: Width): readonly Statement[] {
  const written = writeLow(Rd(word), convert(unsigned ? 'ofU' : 'ofS', width, value));
  const from = value.width;
  const precision = FRACTION_BITS[width] + 1;
  if (from < precision) return written;
  const limit = (bits: number): Expr => bigInt(1n << BigInt(bits), from);
  const large = unsigned
    ? narrow('gtu', value, limit(precision))
    : narrow('gtu', binary('add', value, limit(precision)), limit(precision + 1));
  const fresh = narrow('eqz', binary('and', FPSR, int(INEXACT_SIGNALLED, 32)));
  return [unless(word, binary('and', fresh, large)), ...written];
}
