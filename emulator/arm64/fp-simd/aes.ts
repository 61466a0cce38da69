import { Rd, Rn } from '../decode/fields.ts';
import { row, type SimdRow } from './row.ts';
import type { Perform, VectorUnit } from './unit.ts';

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

const read = (unit: VectorUnit, n: number): number[] => unit.elements(n, 8, BYTES).map(Number);
const write = (unit: VectorUnit, n: number, bytes: readonly number[]): void =>
  unit.setElements(n, 8, bytes.map(BigInt));

/** Row r (byte r of each column) moves by r columns: `AESShiftRows` takes from the right, its inverse from the left. */
const shiftRows = (state: readonly number[], direction: 1 | -1): number[] =>
  state.map((_, i) => state[(i + direction * 4 * (i & 3) + BYTES) % BYTES]);

/** AESE and AESD: the round key is added first. */
const round =
  (box: Uint8Array, direction: 1 | -1): Perform =>
  (unit, word) => {
    const key = read(unit, Rn(word));
    const state = read(unit, Rd(word)).map((byte, i) => byte ^ key[i]);
    write(
      unit,
      Rd(word),
      shiftRows(state, direction).map((byte) => box[byte]),
    );
  };

/** First row of the matrix; the next ones are turned by one each. */
const mixColumns =
  (coefficients: readonly number[]): Perform =>
  (unit, word) => {
    const state = read(unit, Rn(word));
    const mixed = state.map((_, i) => {
      const column = i & ~3;
      return coefficients.reduce((sum, c, k) => sum ^ gfMul(state[column + ((i + k) & 3)], c), 0);
    });
    write(unit, Rd(word), mixed);
  };

const aes = (opcode: string, name: string, perform: Perform): SimdRow =>
  row(name, `0100 1110 00 10100 ${opcode} 10 Rn Rd`, perform);

export const AES: readonly SimdRow[] = [
  aes('00100', 'AESE', round(SBOX, 1)),
  aes('00101', 'AESD', round(INVERSE_SBOX, -1)),
  aes('00110', 'AESMC', mixColumns([2, 3, 1, 1])),
  aes('00111', 'AESIMC', mixColumns([14, 11, 13, 9])),
];
