/**
 * Loads and stores of floating-point and SIMD registers: Arm ARM C4.1.4. Where the traps of CPACR_EL1 and CPTR_ELx
 * are not known to be off, each leaves to `SystemCall.fpSimd`, which applies them.
 */
import {
  indexed,
  literal,
  multiple,
  pair,
  registerOffset,
  single,
  unscaled,
  unsignedOffset,
} from '../../lift/fp/access.ts';
import { exact, fast } from '../../lift/fp/gate.ts';
import { type Encoding, row } from '../encoding.ts';

/** The register's letter, size, opc<1>. */
const REGISTERS = [
  ['B', '00', '0'],
  ['H', '01', '0'],
  ['S', '10', '0'],
  ['D', '11', '0'],
  ['Q', '00', '1'],
] as const;

const accessForms = ([letter, size, opc]: (typeof REGISTERS)[number]): Encoding[] => [
  row(`LDUR, STUR (SIMD&FP) ${letter}`, `${size} 111 1 00 ${opc}x 0 imm9 00 Rn Rt`, fast(unscaled)),
  row(`LDR, STR (SIMD&FP, post-index) ${letter}`, `${size} 111 1 00 ${opc}x 0 imm9 01 Rn Rt`, fast(indexed('post'))),
  row(`LDR, STR (SIMD&FP, pre-index) ${letter}`, `${size} 111 1 00 ${opc}x 0 imm9 11 Rn Rt`, fast(indexed('pre'))),
  row(`LDR, STR (SIMD&FP, register) ${letter}`, `${size} 111 1 00 ${opc}x 1 Rm x1x S 10 Rn Rt`, fast(registerOffset)),
  row(`LDR, STR (SIMD&FP, unsigned offset) ${letter}`, `${size} 111 1 01 ${opc}x imm12 Rn Rt`, fast(unsignedOffset)),
];

/** The register's letter and opc of pairs and literals. */
const WIDE_REGISTERS = [
  ['S', '00'],
  ['D', '01'],
  ['Q', '10'],
] as const;

const wideForms = ([letter, opc]: (typeof WIDE_REGISTERS)[number]): Encoding[] => [
  row(`LDR (literal, SIMD&FP) ${letter}`, `${opc} 011 1 00 imm19 Rt`, fast(literal)),
  row(`LDP, STP, LDNP, STNP (SIMD&FP) ${letter}`, `${opc} 101 1 0xx x imm7 Rt2 Rn Rt`, fast(pair)),
];

/** Structures in several registers: name, opcode, and how many registers of their own, where nothing is interleaved. */
const MULTIPLE: readonly (readonly [name: string, opcode: string, whole: number])[] = [
  ['LD4, ST4', '0000', 0],
  ['LD1, ST1 (four registers)', '0010', 4],
  ['LD3, ST3', '0100', 0],
  ['LD1, ST1 (three registers)', '0110', 3],
  ['LD1, ST1 (one register)', '0111', 1],
  ['LD2, ST2', '1000', 0],
  ['LD1, ST1 (two registers)', '1010', 2],
];

/** An interleaved 1D arrangement (Q = 0, size = 11) is reserved. */
const multipleForms = ([name, opcode, whole]: (typeof MULTIPLE)[number]): Encoding[] =>
  (whole === 0 ? ['0', '1'] : ['x']).flatMap((q) =>
    (q === '0' ? ['0x', '10'] : ['xx']).flatMap((size) => [
      row(
        `${name} multiple, Q:size = ${q}${size}`,
        `0 ${q} 001100 0 x 000000 ${opcode} ${size} Rn Rt`,
        whole === 0 ? exact : fast(multiple(whole, false)),
      ),
      row(
        `${name} multiple post-index, Q:size = ${q}${size}`,
        `0 ${q} 001100 1 x 0 Rm ${opcode} ${size} Rn Rt`,
        whole === 0 ? exact : fast(multiple(whole, true)),
      ),
    ]),
  );

/** Structures in one lane: element, L, opcode<2:1>, S, size. */
const SINGLE = [
  ['B', 'x', '00', 'x', 'xx'],
  ['H', 'x', '01', 'x', 'x0'],
  ['S', 'x', '10', 'x', '00'],
  ['D', 'x', '10', '0', '01'],
  ['replicate', '1', '11', '0', 'xx'],
] as const;

const singleForms = ([what, L, opcode, s, size]: (typeof SINGLE)[number]): Encoding[] => [
  row(
    `LD1-LD4, ST1-ST4 single ${what}`,
    `0 Q 001101 0 ${L} x 00000 ${opcode}x ${s} ${size} Rn Rt`,
    fast(single(what, false)),
  ),
  row(
    `LD1-LD4, ST1-ST4 single post-index ${what}`,
    `0 Q 001101 1 ${L} x Rm ${opcode}x ${s} ${size} Rn Rt`,
    fast(single(what, true)),
  ),
];

export const SIMD_LOAD_STORE: readonly Encoding[] = [
  ...REGISTERS.flatMap(accessForms),
  ...WIDE_REGISTERS.flatMap(wideForms),
  ...MULTIPLE.flatMap(multipleForms),
  ...SINGLE.flatMap(singleForms),
];
