/** Scalar floating point, data processing: Arm ARM C4.1.6, ARMv8.0 (single and double precision). */
import {
  compare,
  conditionalCompare,
  convertPrecision,
  fromInteger,
  multiplyAdd,
  oneSource,
  roundToIntegral,
  toInteger,
  twoSources,
} from '../../lift/fp/arithmetic.ts';
import { exact, type FastLift, fast, fastArithmetic } from '../../lift/fp/gate.ts';
import { fcsel, fmovGeneral, fmovImmediate } from '../../lift/fp/move.ts';
import type { Encoding } from '../encoding.ts';
import { choices } from './choices.ts';

const rows = (
  name: string,
  template: string,
  allowed: Readonly<Record<string, readonly string[]>> = {},
  lift?: FastLift,
) => choices(name, template, allowed, lift ? fast(lift) : exact);
/** Rows whose fast form needs FPCR = 0. */
const arithmetic = (
  name: string,
  template: string,
  allowed: Readonly<Record<string, readonly string[]>>,
  lift: FastLift,
) => choices(name, template, allowed, fastArithmetic(lift));

/** `type`: single and double. */
const TYPE = { type: ['0x'] };

export const FP_DATA: readonly Encoding[] = [
  // With a 32-bit register at most 32 fraction bits: scale<5> = 1.
  ...rows('SCVTF, UCVTF, FCVTZS, FCVTZU (fixed-point)', 'sf 0 0 11110 type 0 rop scale5 xxxxx Rn Rd', {
    ...TYPE,
    rop: ['0001x', '1100x'],
    'sf scale5': ['0 1', '1 x'],
  }),
  ...arithmetic(
    'FCVTNS and other conversions to integer',
    'sf 0 0 11110 type 1 rmode 00x 000000 Rn Rd',
    {
      ...TYPE,
      rmode: ['xx'],
    },
    toInteger,
  ),
  ...arithmetic(
    'SCVTF, UCVTF, FCVTAS, FCVTAU',
    'sf 0 0 11110 type 1 00 op 000000 Rn Rd',
    { ...TYPE, op: ['01x', '10x'] },
    fromInteger,
  ),
  ...rows(
    'FMOV (general)',
    'sf 0 0 11110 type 1 rmode 11x 000000 Rn Rd',
    {
      'sf type rmode': ['0 00 00', '1 01 00', '1 10 01'],
    },
    fmovGeneral,
  ),
  ...rows('FMOV, FABS, FNEG, FSQRT', '0 0 0 11110 type 1 0000xx 10000 Rn Rd', TYPE, oneSource),
  ...arithmetic(
    'FCVT',
    '0 0 0 11110 type 1 0001 opc 10000 Rn Rd',
    {
      'type opc': ['00 01', '00 11', '01 00', '01 11', '11 0x'],
    },
    convertPrecision,
  ),
  ...arithmetic(
    'FRINT',
    '0 0 0 11110 type 1 001 rmode 10000 Rn Rd',
    { ...TYPE, rmode: ['0xx', '100', '11x'] },
    roundToIntegral,
  ),
  ...arithmetic('FCMP, FCMPE', '0 0 0 11110 type 1 Rm 00 1000 Rn xx 000', TYPE, compare),
  ...rows('FMOV (scalar, immediate)', '0 0 0 11110 type 1 xxxxxxxx 100 00000 Rd', TYPE, fmovImmediate),
  ...arithmetic('FCCMP, FCCMPE', '0 0 0 11110 type 1 Rm cond 01 Rn x nzcv', TYPE, conditionalCompare),
  ...arithmetic(
    'FMUL and others of two sources',
    '0 0 0 11110 type 1 Rm opcode 10 Rn Rd',
    {
      ...TYPE,
      opcode: ['0xxx', '1000'],
    },
    twoSources,
  ),
  ...rows('FCSEL', '0 0 0 11110 type 1 Rm cond 11 Rn Rd', TYPE, fcsel),
  ...arithmetic('FMADD, FMSUB, FNMADD, FNMSUB', '0 0 0 11111 type x Rm x Ra Rn Rd', TYPE, multiplyAdd),
];
