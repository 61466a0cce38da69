/**
 * The fields of A64 encodings: where each one lies, and how the lifter reads it. A field keeps its place in every
 * encoding that has it (Arm ARM C4.1), so one extractor serves all; `pattern.ts` refuses a pattern that puts a field
 * elsewhere. Names are the manual's.
 */

/** Low bit and width of each field. */
export const FIELDS: Readonly<Record<string, readonly [low: number, width: number]>> = {
  sf: [31, 1],
  Rd: [0, 5],
  Rn: [5, 5],
  Rm: [16, 5],
  Ra: [10, 5],
  Rt: [0, 5],
  Rt2: [10, 5],
  Rs: [16, 5],
  sh: [22, 1],
  shift: [22, 2],
  imm12: [10, 12],
  imm9: [12, 9],
  imm7: [15, 7],
  imm6: [10, 6],
  imm5: [16, 5],
  imm3: [10, 3],
  imm16: [5, 16],
  imm14: [5, 14],
  imm19: [5, 19],
  imm26: [0, 26],
  immlo: [29, 2],
  immhi: [5, 19],
  N: [22, 1],
  immr: [16, 6],
  imms: [10, 6],
  hw: [21, 2],
  cond: [12, 4],
  /** `cond` of B.cond, the one field that moves. */
  bcond: [0, 4],
  nzcv: [0, 4],
  b5: [31, 1],
  b40: [19, 5],
  option: [13, 3],
  S: [12, 1],
  prfop: [0, 5],
  op1: [16, 3],
  CRn: [12, 4],
  CRm: [8, 4],
  op2: [5, 3],
  o0: [19, 1],
  Q: [30, 1],
  size: [30, 2],
};

export const Rd = (word: number): number => word & 31;
export const Rt = Rd;
export const Rn = (word: number): number => (word >>> 5) & 31;
export const Rm = (word: number): number => (word >>> 16) & 31;
export const Rs = Rm;
export const Ra = (word: number): number => (word >>> 10) & 31;
export const Rt2 = Ra;
/** Width of the operation, from `sf`. */
export const widthOf = (word: number): 32 | 64 => (word < 0 || word > 0x7fffffff ? 64 : 32);
export const sh = (word: number): number => (word >>> 22) & 1;
export const N = sh;
export const shift = (word: number): number => (word >>> 22) & 3;
export const imm12 = (word: number): number => (word >>> 10) & 0xfff;
export const imm9 = (word: number): number => (word << 11) >> 23;
export const imm7 = (word: number): number => (word << 10) >> 25;
export const imm6 = (word: number): number => (word >>> 10) & 63;
export const imm5 = (word: number): number => (word >>> 16) & 31;
export const imm3 = (word: number): number => (word >>> 10) & 7;
export const imm16 = (word: number): number => (word >>> 5) & 0xffff;
/** Branch offsets, in instructions. */
export const imm14 = (word: number): number => (word << 13) >> 18;
export const imm19 = (word: number): number => (word << 8) >> 13;
export const imm26 = (word: number): number => (word << 6) >> 6;
/** `immhi:immlo` of ADR, signed. */
export const immhiImmlo = (word: number): number => (imm19(word) << 2) | ((word >>> 29) & 3);
export const immr = (word: number): number => (word >>> 16) & 63;
export const imms = imm6;
export const CRm = (word: number): number => (word >>> 8) & 15;
export const hw = (word: number): number => (word >>> 21) & 3;
export const cond = (word: number): number => (word >>> 12) & 15;
export const bcond = (word: number): number => word & 15;
export const nzcv = bcond;
/** `b5:b40` of TBZ: the number of the bit. */
export const testedBit = (word: number): number => ((word >>> 26) & 32) | ((word >>> 19) & 31);
export const option = (word: number): number => (word >>> 13) & 7;
export const S = (word: number): number => (word >>> 12) & 1;
