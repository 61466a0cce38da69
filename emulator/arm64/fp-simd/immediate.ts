import { Rd } from '../decode/fields.ts';
import { row, type SimdRow } from './row.ts';
import { DOUBLE, type Format, SINGLE, signed } from './soft-float/format.ts';
import { bit, type Perform, type VectorUnit } from './unit.ts';

/** Immediate operands of FMOV, MOVI, MVNI, ORR and BIC. */

const EXPONENT_TOP_BITS = 3;

/** `VFPExpandImm`: sign, three bits of exponent, four of fraction. */
export function expandImmediate(f: Format, imm8: number): bigint {
  const exponentBits = f.bits - 1 - f.fractionBits;
  const top = bit(imm8, 6);
  // NOT(imm8<6>), then copies of imm8<6>, then imm8<5:4>.
  const copies = exponentBits - EXPONENT_TOP_BITS;
  const exponent = ((1 - top) << (exponentBits - 1)) | ((top ? 2 ** copies - 1 : 0) << 2) | ((imm8 >> 4) & 3);
  const fraction = BigInt(imm8 & 15) << BigInt(f.fractionBits - 4);
  return signed(f, (imm8 & 0x80) !== 0, (BigInt(exponent) << f.fractionShift) | fraction);
}

const replicate = (value: bigint, bits: number): bigint => {
  let all = 0n;
  for (let at = 0; at < 64; at += bits) all |= value << BigInt(at);
  return all;
};

/** Each bit becomes a byte. */
const bytesOfBits = (imm8: number): bigint => {
  let all = 0n;
  for (let i = 0; i < 8; i++) if (bit(imm8, i)) all |= 0xffn << BigInt(8 * i);
  return all;
};

/** `AdvSIMDExpandImm`. */
export function expandVectorImmediate(op: number, cmode: number, imm8: number): bigint {
  const value = BigInt(imm8);
  switch (cmode >> 1) {
    case 4:
    case 5:
      return replicate(value << BigInt(8 * ((cmode >> 1) & 1)), 16);
    case 6:
      return replicate(cmode & 1 ? (value << 16n) | 0xffffn : (value << 8n) | 0xffn, 32);
    case 7:
      if ((cmode & 1) === 0) return op ? bytesOfBits(imm8) : replicate(value, 8);
      return op ? expandImmediate(DOUBLE, imm8) : replicate(expandImmediate(SINGLE, imm8), 32);
    default:
      return replicate(value << BigInt(8 * (cmode >> 1)), 32);
  }
}

const ALL_ONES = 0xffff_ffff_ffff_ffffn;

/** A 64-bit operation of the destination's old value and the immediate, on one half or both. */
const immediate =
  (operation: (old: bigint, imm: bigint) => bigint): Perform =>
  (unit: VectorUnit, word: number) => {
    const imm8 = (((word >>> 16) & 7) << 5) | ((word >>> 5) & 31);
    const imm = expandVectorImmediate(bit(word, 29), (word >>> 12) & 15, imm8);
    const old = unit.elements(Rd(word), 64, 1 + bit(word, 30));
    unit.setElements(
      Rd(word),
      64,
      old.map((value) => operation(value, imm)),
    );
  };

const move = immediate((_old, imm) => imm);
const moveInverted = immediate((_old, imm) => imm ^ ALL_ONES);
const or = immediate((old, imm) => old | imm);
const clear = immediate((old, imm) => old & (imm ^ ALL_ONES));

const modified = (op: string, cmode: string, name: string, perform: Perform): SimdRow =>
  row(name, `0 x ${op} 0111100000 xxx ${cmode} 0 1 xxxxx Rd`, perform);

export const MODIFIED_IMMEDIATE: readonly SimdRow[] = [
  modified('0', '0xx0', 'MOVI', move),
  modified('0', '0xx1', 'ORR (vector, immediate)', or),
  modified('0', '10x0', 'MOVI', move),
  modified('0', '10x1', 'ORR (vector, immediate)', or),
  modified('1', '0xx0', 'MVNI', moveInverted),
  modified('1', '0xx1', 'BIC (vector, immediate)', clear),
  modified('1', '10x0', 'MVNI', moveInverted),
  modified('1', '10x1', 'BIC (vector, immediate)', clear),
  modified('0', '110x', 'MOVI', move),
  modified('1', '110x', 'MVNI', moveInverted),
  modified('x', '1110', 'MOVI', move),
  modified('x', '1111', 'FMOV (vector, immediate)', move),
];
