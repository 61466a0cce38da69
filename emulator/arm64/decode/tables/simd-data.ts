/**
 * Advanced SIMD, data processing, vector and scalar, and the cryptographic extension: Arm ARM C4.1.6, ARMv8.0. The
 * tables say which combinations of U, size and opcode are allocated in each class.
 */
import { either, exact, type FastLift, fast, fastArithmetic } from '../../lift/fp/gate.ts';
import {
  acrossLanes,
  addPair,
  byElement,
  permute,
  shiftImmediate,
  tableLookup,
  threeDifferent,
  threeSame,
  twoMisc,
} from '../../lift/fp/integer.ts';
import {
  dupElement,
  dupGeneral,
  dupScalar,
  ext,
  ins,
  logic,
  modifiedImmediate,
  smov,
  umov,
} from '../../lift/fp/move.ts';
import {
  addPairFloat,
  byElementFloat,
  convertLong,
  threeSameFloat,
  twoMiscFloat,
  vectorSign,
} from '../../lift/fp/vector-float.ts';
import type { Encoding } from '../encoding.ts';
import { choices } from './choices.ts';

const rows = (name: string, template: string, allowed: Readonly<Record<string, readonly string[]>>, lift?: FastLift) =>
  choices(name, template, allowed, lift ? fast(lift) : exact);

/** Rows whose fast form needs FPCR = 0. */
const arithmetic = (
  name: string,
  template: string,
  allowed: Readonly<Record<string, readonly string[]>>,
  lift: FastLift,
) => choices(name, template, allowed, fastArithmetic(lift));

/** Q and size: everything but the 1D arrangement. */
const NOT_1D = ['x 0x', 'x 10', '1 11'];
/** Q and size of integer elements up to 32 bits. */
const UP_TO_32 = ['x 0x', 'x 10'];
/** Q and size where size<0> is sz, for size<1> = 0 and 1: 2S, 4S, 2D. */
const FLOAT_LOW = ['x 00', '1 01'];
const FLOAT_HIGH = ['x 10', '1 11'];

const THREE_SAME = '0 Q U 01110 size 1 Rm opcode 1 Rn Rd';
const TWO_MISC = '0 Q U 01110 size 10000 opcode 10 Rn Rd';
const SHIFT = '0 Q U 011110 immh xxx opcode 1 Rn Rd';
const ELEMENT = '0 Q U 01111 size L x xxxx opcode x 0 Rn Rd';
const SCALAR_SAME = '01 U 11110 size 1 Rm opcode 1 Rn Rd';
const SCALAR_MISC = '01 U 11110 size 10000 opcode 10 Rn Rd';
const SCALAR_SHIFT = '01 U 111110 immh xxx opcode 1 Rn Rd';
const SCALAR_ELEMENT = '01 U 11111 size L x xxxx opcode x 0 Rn Rd';

const DUP_SIZES = ['x xxxx1', 'x xxx10', 'x xx100', '1 x1000'];

const VECTOR: readonly Encoding[] = [
  ...rows(
    'Three same',
    THREE_SAME,
    {
      'Q size': UP_TO_32,
      'U opcode': [...['x 00000', 'x 00010', 'x 00100', 'x 0110x', 'x 0111x', 'x 10010', 'x 1010x', '0 10011']],
    },
    threeSame,
  ),
  ...rows(
    'Three same, any size',
    THREE_SAME,
    {
      'Q size': NOT_1D,
      'U opcode': ['x 00001', 'x 00101', 'x 0011x', 'x 010xx', 'x 1000x', '0 10111'],
    },
    threeSame,
  ),
  ...rows('Three same, logical', THREE_SAME, { Q: ['x'], U: ['x'], size: ['xx'], opcode: ['00011'] }, logic),
  ...rows('Three same, PMUL', THREE_SAME, { Q: ['x'], U: ['1'], size: ['00'], opcode: ['10011'] }),
  ...rows('Three same, SQDMULH, SQRDMULH', THREE_SAME, { Q: ['x'], U: ['x'], size: ['01', '10'], opcode: ['10110'] }),
  ...arithmetic(
    'Three same, floating point',
    THREE_SAME,
    {
      'Q size': FLOAT_LOW,
      'U opcode': ['0 1100x', '0 1101x', '0 11100', '0 1111x', '1 11000', '1 1101x', '1 1110x', '1 1111x'],
    },
    threeSameFloat,
  ),
  ...arithmetic(
    'Three same, floating point',
    THREE_SAME,
    {
      'Q size': FLOAT_HIGH,
      'U opcode': ['0 1100x', '0 11010', '0 1111x', '1 11000', '1 11010', '1 1110x', '1 11110'],
    },
    threeSameFloat,
  ),

  ...rows(
    'Three different',
    '0 Q U 01110 size 1 Rm opcode 00 Rn Rd',
    {
      Q: ['x'],
      size: ['0x', '10'],
      'U opcode': ['x 0xxx', 'x 10x0', 'x 1100'],
    },
    threeDifferent,
  ),
  ...rows('Three different, saturating', '0 Q U 01110 size 1 Rm opcode 00 Rn Rd', {
    Q: ['x'],
    size: ['01', '10'],
    'U opcode': ['0 10x1', '0 1101'],
  }),
  ...rows('Three different, PMULL', '0 Q U 01110 size 1 Rm opcode 00 Rn Rd', {
    Q: ['x'],
    size: ['00', '11'],
    'U opcode': ['0 1110'],
  }),

  ...rows(
    'Two-register miscellaneous',
    TWO_MISC,
    {
      'Q size': UP_TO_32,
      'U opcode': ['0 00000', 'x 00010', 'x 00100', 'x 00110', 'x 10010', '1 10011', 'x 10100'],
    },
    twoMisc,
  ),
  ...rows(
    'Two-register miscellaneous, any size',
    TWO_MISC,
    {
      'Q size': NOT_1D,
      'U opcode': ['x 00011', 'x 00111', 'x 0100x', '0 01010', 'x 01011'],
    },
    twoMisc,
  ),
  ...rows(
    'Two-register miscellaneous, of one size',
    TWO_MISC,
    {
      Q: ['x'],
      'U size opcode': [
        '0 00 00001',
        '1 0x 00000',
        '0 00 00101',
        '1 0x 00101',
        'x 10 11100',
        '0 0x 1011x',
        '1 01 10110',
      ],
    },
    either(twoMisc, convertLong),
  ),
  ...rows(
    'Two-register miscellaneous, floating point',
    TWO_MISC,
    {
      'Q size': FLOAT_LOW,
      'U opcode': ['x 1100x', 'x 1101x', 'x 1110x'],
    },
    either(vectorSign, twoMiscFloat),
  ),
  ...rows(
    'Two-register miscellaneous, floating point',
    TWO_MISC,
    {
      'Q size': FLOAT_HIGH,
      'U opcode': ['x 0110x', '0 01110', 'x 01111', 'x 11001', 'x 1101x', 'x 11101', '0 11000', '1 11111'],
    },
    either(vectorSign, twoMiscFloat),
  ),

  ...rows(
    'Across lanes',
    '0 Q U 01110 size 11000 opcode 10 Rn Rd',
    {
      'Q size': ['x 0x', '1 10'],
      'U opcode': ['x 00011', 'x 01010', 'x 11010', '0 11011'],
    },
    acrossLanes,
  ),
  ...rows('Across lanes, floating point', '0 Q U 01110 size 11000 opcode 10 Rn Rd', {
    'Q size': ['1 00', '1 10'],
    'U opcode': ['1 01100', '1 01111'],
  }),

  ...rows('DUP (element)', '0 Q 0 01110000 imm5 0 0000 1 Rn Rd', { 'Q imm5': DUP_SIZES }, dupElement),
  ...rows('DUP (general)', '0 Q 0 01110000 imm5 0 0001 1 Rn Rd', { 'Q imm5': DUP_SIZES }, dupGeneral),
  ...rows('SMOV', '0 Q 0 01110000 imm5 0 0101 1 Rn Rd', { 'Q imm5': ['x xxxx1', 'x xxx10', '1 xx100'] }, smov),
  ...rows(
    'UMOV',
    '0 Q 0 01110000 imm5 0 0111 1 Rn Rd',
    { 'Q imm5': ['0 xxxx1', '0 xxx10', '0 xx100', '1 x1000'] },
    umov,
  ),
  ...rows(
    'INS',
    '0 1 op 01110000 imm5 0 imm4 1 Rn Rd',
    {
      'op imm4': ['0 0011', '1 xxxx'],
      imm5: ['xxxx1', 'xxx10', 'xx100', 'x1000'],
    },
    ins,
  ),
  ...rows(
    'UZP, TRN, ZIP',
    '0 Q 0 01110 size 0 Rm 0 opcode 10 Rn Rd',
    {
      'Q size': NOT_1D,
      opcode: ['x01', 'x10', 'x11'],
    },
    permute,
  ),
  ...rows('EXT', '0 Q 1 01110 00 0 Rm 0 index xxx 0 Rn Rd', { 'Q index': ['0 0', '1 x'] }, ext),
  ...rows('TBL, TBX', '0 Q 0 01110 00 0 Rm 0 xx x 00 Rn Rd', { Q: ['x'] }, tableLookup),
  ...rows(
    'Modified immediate',
    '0 Q op 0111100000 xxx cmode 0 1 xxxxx Rd',
    {
      'Q op cmode': ['x x 0xxx', 'x x 10xx', 'x x 110x', 'x x 1110', 'x 0 1111', '1 1 1111'],
    },
    modifiedImmediate,
  ),

  ...rows(
    'Shift by immediate',
    SHIFT,
    {
      'Q immh': ['x 0001', 'x 001x', 'x 01xx', '1 1xxx'],
      'U opcode': ['x 00000', 'x 00010', 'x 00100', 'x 00110', '1 01000', 'x 01010', '1 01100', 'x 01110'],
    },
    shiftImmediate,
  ),
  ...rows(
    'Shift by immediate, narrow and long',
    SHIFT,
    {
      Q: ['x'],
      immh: ['0001', '001x', '01xx'],
      'U opcode': ['x 100xx', 'x 10100'],
    },
    shiftImmediate,
  ),
  ...rows('Shift by immediate, conversions', SHIFT, {
    'Q immh': ['x 01xx', '1 1xxx'],
    'U opcode': ['x 11100', 'x 11111'],
  }),

  ...rows(
    'By element',
    ELEMENT,
    {
      Q: ['x'],
      L: ['x'],
      size: ['01', '10'],
      'U opcode': ['x 0010', 'x 0110', 'x 1010', '0 0x11', '0 1011', '0 1000', '0 110x', '1 0x00'],
    },
    byElement,
  ),
  ...arithmetic(
    'By element, floating point',
    ELEMENT,
    {
      'Q size L': ['x 10 x', '1 11 0'],
      'U opcode': ['0 0x01', 'x 1001'],
    },
    byElementFloat,
  ),
];

const SCALAR: readonly Encoding[] = [
  ...rows('Scalar DUP', '01 0 11110000 imm5 0 0000 1 Rn Rd', { imm5: ['xxxx1', 'xxx10', 'xx100', 'x1000'] }, dupScalar),
  ...rows('Scalar three same, saturating', SCALAR_SAME, {
    U: ['x'],
    size: ['xx'],
    opcode: ['00001', '00101', '01001', '01011'],
  }),
  ...rows(
    'Scalar three same',
    SCALAR_SAME,
    {
      U: ['x'],
      size: ['11'],
      opcode: ['0011x', '01000', '01010', '1000x'],
    },
    threeSame,
  ),
  ...rows('Scalar SQDMULH, SQRDMULH', SCALAR_SAME, { U: ['x'], size: ['01', '10'], opcode: ['10110'] }),
  ...arithmetic(
    'Scalar three same, floating point',
    SCALAR_SAME,
    {
      'U size opcode': [...['0 0x 11011', '0 0x 11100', '0 xx 11111', '1 0x 1110x', '1 1x 11010', '1 1x 1110x']],
    },
    threeSameFloat,
  ),
  ...rows('Scalar three different', '01 0 11110 size 1 Rm opcode 00 Rn Rd', {
    size: ['01', '10'],
    opcode: ['10x1', '1101'],
  }),
  ...rows(
    'Scalar two-register miscellaneous',
    SCALAR_MISC,
    {
      'U size opcode': [
        ...['x xx 00011', 'x xx 00111', 'x 11 0100x', '0 11 01010', 'x 11 01011'],
        ...['1 0x 10010', '1 10 10010', 'x 0x 10100', 'x 10 10100'],
      ],
    },
    twoMisc,
  ),
  ...arithmetic(
    'Scalar two-register miscellaneous, floating point',
    SCALAR_MISC,
    {
      'U size opcode': [
        ...['x xx 1101x', 'x 0x 1110x', 'x 1x 11101', 'x 1x 0110x', '0 1x 01110', '0 1x 11111', '1 01 10110'],
      ],
    },
    twoMiscFloat,
  ),
  ...rows('Scalar pairwise, ADDP', '01 0 11110 11 11000 11011 10 Rn Rd', {}, addPair),
  ...rows('Scalar pairwise, floating point', '01 1 11110 size 11000 opcode 10 Rn Rd', {
    'size opcode': ['xx 01100', 'xx 01111'],
  }),
  ...arithmetic('Scalar pairwise, FADDP', '01 1 11110 size 11000 01101 10 Rn Rd', { size: ['0x'] }, addPairFloat),
  ...rows(
    'Scalar shift by immediate',
    SCALAR_SHIFT,
    {
      immh: ['1xxx'],
      'U opcode': ['x 00000', 'x 00010', 'x 00100', 'x 00110', '1 01000', 'x 01010'],
    },
    shiftImmediate,
  ),
  ...rows('Scalar shift by immediate, saturating', SCALAR_SHIFT, {
    immh: ['0001', '001x', '01xx', '1xxx'],
    'U opcode': ['1 01100', 'x 01110'],
  }),
  ...rows('Scalar shift by immediate, narrow', SCALAR_SHIFT, {
    immh: ['0001', '001x', '01xx'],
    'U opcode': ['1 1000x', 'x 1001x'],
  }),
  ...rows('Scalar shift by immediate, conversions', SCALAR_SHIFT, {
    U: ['x'],
    immh: ['01xx', '1xxx'],
    opcode: ['11100', '11111'],
  }),
  ...rows('Scalar by element', SCALAR_ELEMENT, {
    U: ['0'],
    L: ['x'],
    size: ['01', '10'],
    opcode: ['0x11', '1011', '110x'],
  }),
  ...arithmetic(
    'Scalar by element, floating point',
    SCALAR_ELEMENT,
    {
      'size L': ['10 x', '11 0'],
      'U opcode': ['0 0x01', 'x 1001'],
    },
    byElementFloat,
  ),
];

const CRYPTOGRAPHIC: readonly Encoding[] = [
  ...rows('AES', '0100 1110 00 10100 opcode 10 Rn Rd', { opcode: ['001xx'] }),
  ...rows('SHA, three registers', '0101 1110 00 0 Rm 0 opcode 00 Rn Rd', { opcode: ['0xx', '10x', '110'] }),
  ...rows('SHA, two registers', '0101 1110 00 10100 opcode 10 Rn Rd', { opcode: ['0000x', '00010'] }),
];

export const SIMD_DATA: readonly Encoding[] = [...VECTOR, ...SCALAR, ...CRYPTOGRAPHIC];
