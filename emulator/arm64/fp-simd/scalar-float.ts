import { Ra, Rd, Rm, Rn } from '../decode/fields.ts';
import { conditionFlags, setConditionFlags } from '../pstate.ts';
import { conditionHolds } from './conditions.ts';
import { expandImmediate } from './immediate.ts';
import { row, type SimdRow } from './row.ts';
import { add, type BinaryFp, div, mul, mulAdd, negMul, sqrt, sub, type UnaryFp } from './soft-float/arithmetic.ts';
import { compare, max, maxNum, min, minNum } from './soft-float/compare.ts';
import { convert, fromFixed, roundToIntegral, toFixed } from './soft-float/convert.ts';
import { Rounding, type RoundingMode } from './soft-float/environment.ts';
import { abs, DOUBLE, type Format, HALF, neg, SINGLE } from './soft-float/format.ts';
import { bit, type Perform, type VectorUnit } from './unit.ts';

/** Scalar floating point: Arm ARM C4.1.6, C6.2 from FABS on. */

/** `type`, bits 23:22. */
const FORMAT_BY_TYPE: readonly Format[] = [SINGLE, DOUBLE, DOUBLE, HALF];
const typeOf = (word: number): Format => FORMAT_BY_TYPE[(word >>> 22) & 3];

const read = (unit: VectorUnit, f: Format, n: number): bigint => unit.element(n, f.bits, 0);
const write = (unit: VectorUnit, f: Format, n: number, value: bigint): void => unit.setElements(n, f.bits, [value]);

const unary =
  (operation: UnaryFp): Perform =>
  (unit, word) => {
    const f = typeOf(word);
    write(unit, f, Rd(word), operation(unit.env, f, read(unit, f, Rn(word))));
  };

const binary =
  (operation: BinaryFp): Perform =>
  (unit, word) => {
    const f = typeOf(word);
    write(unit, f, Rd(word), operation(unit.env, f, read(unit, f, Rn(word)), read(unit, f, Rm(word))));
  };

/** FMADD and its kind. */
const fused =
  (negateAddend: boolean, negateFactor: boolean): Perform =>
  (unit, word) => {
    const f = typeOf(word);
    const [addend, factor] = [read(unit, f, Ra(word)), read(unit, f, Rn(word))];
    const result = mulAdd(
      unit.env,
      f,
      negateAddend ? neg(f, addend) : addend,
      negateFactor ? neg(f, factor) : factor,
      read(unit, f, Rm(word)),
    );
    write(unit, f, Rd(word), result);
  };

/** FRINT<mode>: the mode of the environment where none is given. */
const integral = (mode: RoundingMode | undefined, exact = false): Perform =>
  unary((env, f, a) => roundToIntegral(env, f, a, mode ?? env.rounding, exact));

/** FCVT: `opc`, bits 16:15, is the destination's type. */
const changeFormat: Perform = (unit, word) => {
  const [from, to] = [typeOf(word), FORMAT_BY_TYPE[(word >>> 15) & 3]];
  write(unit, to, Rd(word), convert(unit.env, from, to, read(unit, from, Rn(word))));
};

/** FCMP, FCMPE: with zero where bit 3 says so; bit 4 = quiet NaNs signal. */
const compareScalar: Perform = (unit, word) => {
  const f = typeOf(word);
  const other = bit(word, 3) ? 0n : read(unit, f, Rm(word));
  setConditionFlags(unit.state, compare(unit.env, f, read(unit, f, Rn(word)), other, bit(word, 4) === 1));
};

const condition = (unit: VectorUnit, word: number): boolean =>
  conditionHolds((word >>> 12) & 15, conditionFlags(unit.state));

const compareConditionally: Perform = (unit, word) => {
  const f = typeOf(word);
  const holds = condition(unit, word);
  setConditionFlags(
    unit.state,
    holds ? compare(unit.env, f, read(unit, f, Rn(word)), read(unit, f, Rm(word)), bit(word, 4) === 1) : word & 15,
  );
};

const select: Perform = (unit, word) => {
  const f = typeOf(word);
  write(unit, f, Rd(word), read(unit, f, condition(unit, word) ? Rn(word) : Rm(word)));
};

const moveImmediate: Perform = (unit, word) => {
  const f = typeOf(word);
  write(unit, f, Rd(word), expandImmediate(f, (word >>> 13) & 0xff));
};

const integerBits = (word: number): number => (bit(word, 31) ? 64 : 32);
/** Fixed-point forms: 64 - scale fraction bits. */
const fixedBits = (word: number): number => 64 - ((word >>> 10) & 63);
const noFraction = (): number => 0;

const toGeneral =
  (unsigned: boolean, mode: RoundingMode | undefined, fraction: (word: number) => number = noFraction): Perform =>
  (unit, word) => {
    const f = typeOf(word);
    const bits = integerBits(word);
    const a = read(unit, f, Rn(word));
    const value = toFixed(unit.env, f, a, bits, fraction(word), unsigned, mode ?? unit.env.rounding);
    unit.setGeneral(Rd(word), bits, value);
  };

const fromGeneral =
  (unsigned: boolean, fraction: (word: number) => number = noFraction): Perform =>
  (unit, word) => {
    const f = typeOf(word);
    const bits = integerBits(word);
    const raw = unit.general(Rn(word), bits);
    const value = unsigned ? raw : BigInt.asIntN(bits, raw);
    write(unit, f, Rd(word), fromFixed(unit.env, f, value, fraction(word)));
  };

/** FMOV between a general register and the low bits of a vector register. */
const moveFromGeneral =
  (bits: 32 | 64): Perform =>
  (unit, word) =>
    unit.setElements(Rd(word), bits, [unit.general(Rn(word), bits)]);
const moveToGeneral =
  (bits: 32 | 64): Perform =>
  (unit, word) =>
    unit.setGeneral(Rd(word), bits, unit.element(Rn(word), bits, 0));
/** FMOV Xd, Vn.D[1] and back. */
const moveFromUpper: Perform = (unit, word) => unit.setGeneral(Rd(word), 64, unit.element(Rn(word), 64, 1));
const moveToUpper: Perform = (unit, word) => unit.setElement(Rd(word), 64, 1, unit.general(Rn(word), 64));

const one = (opcode: string, name: string, perform: Perform): SimdRow =>
  row(name, `0 0 0 11110 xx 1 ${opcode} 10000 Rn Rd`, perform);
const two = (opcode: string, name: string, perform: Perform): SimdRow =>
  row(name, `0 0 0 11110 xx 1 Rm ${opcode} 10 Rn Rd`, perform);
const three = (o1: string, o0: string, name: string, perform: Perform): SimdRow =>
  row(name, `0 0 0 11111 xx ${o1} Rm ${o0} Ra Rn Rd`, perform);
const general = (rmode: string, opcode: string, name: string, perform: Perform): SimdRow =>
  row(name, `x 0 0 11110 xx 1 ${rmode} ${opcode} 000000 Rn Rd`, perform);
const fixed = (rmode: string, opcode: string, name: string, perform: Perform): SimdRow =>
  row(name, `x 0 0 11110 xx 0 ${rmode} ${opcode} xxxxxx Rn Rd`, perform);
const move = (sf: string, type: string, rmode: string, opcode: string, perform: Perform): SimdRow =>
  row('FMOV (general)', `${sf} 0 0 11110 ${type} 1 ${rmode} ${opcode} 000000 Rn Rd`, perform);

const { nearestEven, plusInfinity, minusInfinity, zero, nearestAway } = Rounding;

export const SCALAR_FLOAT: readonly SimdRow[] = [
  fixed('00', '010', 'SCVTF (scalar, fixed-point)', fromGeneral(false, fixedBits)),
  fixed('00', '011', 'UCVTF (scalar, fixed-point)', fromGeneral(true, fixedBits)),
  fixed('11', '000', 'FCVTZS (scalar, fixed-point)', toGeneral(false, zero, fixedBits)),
  fixed('11', '001', 'FCVTZU (scalar, fixed-point)', toGeneral(true, zero, fixedBits)),
  general('00', '000', 'FCVTNS (scalar)', toGeneral(false, nearestEven)),
  general('00', '001', 'FCVTNU (scalar)', toGeneral(true, nearestEven)),
  general('01', '000', 'FCVTPS (scalar)', toGeneral(false, plusInfinity)),
  general('01', '001', 'FCVTPU (scalar)', toGeneral(true, plusInfinity)),
  general('10', '000', 'FCVTMS (scalar)', toGeneral(false, minusInfinity)),
  general('10', '001', 'FCVTMU (scalar)', toGeneral(true, minusInfinity)),
  general('11', '000', 'FCVTZS (scalar, integer)', toGeneral(false, zero)),
  general('11', '001', 'FCVTZU (scalar, integer)', toGeneral(true, zero)),
  general('00', '010', 'SCVTF (scalar, integer)', fromGeneral(false)),
  general('00', '011', 'UCVTF (scalar, integer)', fromGeneral(true)),
  general('00', '100', 'FCVTAS (scalar)', toGeneral(false, nearestAway)),
  general('00', '101', 'FCVTAU (scalar)', toGeneral(true, nearestAway)),
  move('0', '00', '00', '110', moveToGeneral(32)),
  move('0', '00', '00', '111', moveFromGeneral(32)),
  move('1', '01', '00', '110', moveToGeneral(64)),
  move('1', '01', '00', '111', moveFromGeneral(64)),
  move('1', '10', '01', '110', moveFromUpper),
  move('1', '10', '01', '111', moveToUpper),
  one(
    '000000',
    'FMOV (register)',
    unary((_env, _f, a) => a),
  ),
  one(
    '000001',
    'FABS (scalar)',
    unary((_env, f, a) => abs(f, a)),
  ),
  one(
    '000010',
    'FNEG (scalar)',
    unary((_env, f, a) => neg(f, a)),
  ),
  one('000011', 'FSQRT (scalar)', unary(sqrt)),
  one('0001xx', 'FCVT', changeFormat),
  one('001000', 'FRINTN (scalar)', integral(nearestEven)),
  one('001001', 'FRINTP (scalar)', integral(plusInfinity)),
  one('001010', 'FRINTM (scalar)', integral(minusInfinity)),
  one('001011', 'FRINTZ (scalar)', integral(zero)),
  one('001100', 'FRINTA (scalar)', integral(nearestAway)),
  one('001110', 'FRINTX (scalar)', integral(undefined, true)),
  one('001111', 'FRINTI (scalar)', integral(undefined)),
  row('FCMP, FCMPE', '0 0 0 11110 xx 1 Rm 00 1000 Rn xx 000', compareScalar),
  row('FMOV (scalar, immediate)', '0 0 0 11110 xx 1 xxxxxxxx 100 00000 Rd', moveImmediate),
  row('FCCMP, FCCMPE', '0 0 0 11110 xx 1 Rm cond 01 Rn x nzcv', compareConditionally),
  row('FCSEL', '0 0 0 11110 xx 1 Rm cond 11 Rn Rd', select),
  two('0000', 'FMUL (scalar)', binary(mul)),
  two('0001', 'FDIV (scalar)', binary(div)),
  two('0010', 'FADD (scalar)', binary(add)),
  two('0011', 'FSUB (scalar)', binary(sub)),
  two('0100', 'FMAX (scalar)', binary(max)),
  two('0101', 'FMIN (scalar)', binary(min)),
  two('0110', 'FMAXNM (scalar)', binary(maxNum)),
  two('0111', 'FMINNM (scalar)', binary(minNum)),
  two('1000', 'FNMUL (scalar)', binary(negMul)),
  three('0', '0', 'FMADD', fused(false, false)),
  three('0', '1', 'FMSUB', fused(false, true)),
  three('1', '0', 'FNMADD', fused(true, true)),
  three('1', '1', 'FNMSUB', fused(true, false)),
];
