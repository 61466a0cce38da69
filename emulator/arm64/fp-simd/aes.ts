import { Rd, Rn } from '../decode/fields.ts';
import { row, type SimdRow } from './row.ts';
import type { Perform } from './unit.ts';

/** AESE, AESD, AESMC, AESIMC: one step each of FIPS 197's cipher on a state of 16 bytes, column by column. */

const BYTES = 16;
/** x^8 + x^4 + x^3 + x + 1. */
const POLYNOMIAL = 0x11b;

/** Product in GF(2^8). */
export function gfMul(a: number, b: number): number {
  let product = 0;
  for (let x = a, y = b; y !== 0; y >>= 1) {
    if (y & 1) product ^= x;
    x <<= 1;
    if (x & 0x100) x ^= POLYNOMIAL;
  }
  return product;
}

const rotate = (byte: number, by: number): number => ((byte << by) | (byte >> (8 - by))) & 0xff;
const AFFINE_CONSTANT = 0x63;

/** `AESSubBytes`: the inverse in GF(2^8) (a^254), then an affine map. */
function makeSbox(): Uint8Array {
  const box = new Uint8Array(256);
  for (let a = 0; a < 256; a++) {
    let inverse = 1;
    for (let i = 0; i < 254; i++) inverse = gfMul(inverse, a);
    const i = inverse;
    box[a] = i ^ rotate(i, 1) ^ rotate(i, 2) ^ rotate(i, 3) ^ rotate(i, 4) ^ AFFINE_CONSTANT;
  }
  return box;
}

export const SBOX = makeSbox();
const INVERSE_SBOX = SBOX.reduce((box, to, from) => {
  box[to] = from;
  return box;
}, new Uint8Array(256));

/** Row r (byte r of each column) moves by r columns: `AESShiftRows` takes from the right, its inverse from the left. */
const shiftedRows = (direction: 1 | -1): readonly number[] =>
  Array.from({ length: BYTES }, (_, i) => (i + direction * 4 * (i & 3) + BYTES) % BYTES);

/** AESE and AESD: the round key is added first. */
const round = (box: Uint8Array, direction: 1 | -1): Perform => {
  const from = shiftedRows(direction);
  return (unit, word) => {
    const [state, key] = [unit.registerBytes(Rd(word)), unit.registerBytes(Rn(word))];
    const next = new Uint8Array(BYTES);
    for (let i = 0; i < BYTES; i++) next[i] = box[state[from[i]] ^ key[from[i]]];
    unit.setRegisterBytes(Rd(word), next);
  };
};

/** Products of every byte with a constant. */
const multiplesOf = (c: number): Uint8Array => Uint8Array.from({ length: 256 }, (_, a) => gfMul(a, c));

/** @param coefficients first row of the matrix; the next ones are turned by one each */
const mixColumns = (coefficients: readonly number[]): Perform => {
  const products = coefficients.map(multiplesOf);
  return (unit, word) => {
    const state = unit.registerBytes(Rn(word));
    const mixed = new Uint8Array(BYTES);
    for (let i = 0; i < BYTES; i++) {
      const column = i & ~3;
      for (let k = 0; k < 4; k++) mixed[i] ^= products[k][state[column + ((i + k) & 3)]];
    }
    unit.setRegisterBytes(Rd(word), mixed);
  };
};

const aes = (opcode: string, name: string, perform: Perform): SimdRow =>
  row(name, `0100 1110 00 10100 ${opcode} 10 Rn Rd`, perform);

export const AES: readonly SimdRow[] = [
  aes('00100', 'AESE', round(SBOX, 1)),
  aes('00101', 'AESD', round(INVERSE_SBOX, -1)),
  aes('00110', 'AESMC', mixColumns([2, 3, 1, 1])),
  aes('00111', 'AESIMC', mixColumns([14, 11, 13, 9])),
];
