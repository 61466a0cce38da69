import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SystemCall } from '../system-calls.ts';
import { goTo, testMachine } from '../testing.ts';
import { SBOX } from './aes.ts';

/** The cryptographic instructions put together to whole algorithms, against published vectors. */

const CPACR_FPEN = 3n << 20n;

function cpu() {
  const { core } = testMachine();
  core.writeRegister('CPACR_EL1', CPACR_FPEN);
  core.writeRegister('CPTR_EL3', 0n);
  goTo(core, { el: 3 });
  return { vectors: core.vectors, run: (word: number) => core.system(SystemCall.fpSimd, word) };
}

type Encode = (d: number, n: number, m?: number) => number;
const encoding =
  (base: number): Encode =>
  (d, n, m = 0) =>
    (base | (m << 16) | (n << 5) | d) >>> 0;
const AESE = encoding(0x4e284800);
const AESD = encoding(0x4e285800);
const AESMC = encoding(0x4e286800);
const AESIMC = encoding(0x4e287800);
const SHA1C = encoding(0x5e000000);
const SHA1P = encoding(0x5e001000);
const SHA1M = encoding(0x5e002000);
const SHA1SU0 = encoding(0x5e003000);
const SHA1H = encoding(0x5e280800);
const SHA1SU1 = encoding(0x5e281800);
const SHA256H = encoding(0x5e004000);
const SHA256H2 = encoding(0x5e005000);
const SHA256SU0 = encoding(0x5e282800);
const SHA256SU1 = encoding(0x5e006000);

const bytesOf = (hex: string): number[] => [...Buffer.from(hex, 'hex')];

describe('AES-128 (FIPS 197, appendix B and C.1)', () => {
  const ROUNDS = 10;
  const key = bytesOf('000102030405060708090a0b0c0d0e0f');
  const plain = '00112233445566778899aabbccddeeff';
  const cipher = '69c4e0d86a7b0430d8cdb78070b4c55a';

  /** FIPS 197, 5.2: the key schedule, on bytes. */
  function roundKeys(): number[][] {
    const w = Array.from({ length: 4 }, (_, i) => key.slice(4 * i, 4 * i + 4));
    let rcon = 1;
    for (let i = 4; i < 4 * (ROUNDS + 1); i++) {
      let t = w[i - 1];
      if (i % 4 === 0) {
        t = [t[1], t[2], t[3], t[0]].map((b) => SBOX[b]);
        t[0] ^= rcon;
        rcon = rcon & 0x80 ? ((rcon << 1) ^ 0x11b) & 0xff : rcon << 1;
      }
      w.push(w[i - 4].map((b, k) => b ^ t[k]));
    }
    return Array.from({ length: ROUNDS + 1 }, (_, r) => w.slice(4 * r, 4 * r + 4).flat());
  }

  const load = (vectors: ReturnType<typeof cpu>['vectors'], n: number, bytes: readonly number[]): void =>
    vectors.setElements(n, 8, bytes.map(BigInt));
  const hex = (bytes: readonly bigint[]): string => Buffer.from(bytes.map(Number)).toString('hex');
  const xor = (a: readonly bigint[], b: readonly number[]): bigint[] => a.map((x, i) => x ^ BigInt(b[i]));

  it('AESE and AESMC encrypt', () => {
    const { vectors, run } = cpu();
    const keys = roundKeys();
    load(vectors, 0, bytesOf(plain));
    for (let r = 0; r < ROUNDS; r++) {
      load(vectors, 1, keys[r]);
      run(AESE(0, 1));
      if (r < ROUNDS - 1) run(AESMC(0, 0));
    }
    expect(hex(xor(vectors.elements(0, 8, 16), keys[ROUNDS]))).toBe(cipher);
  });

  it('AESD and AESIMC decrypt', () => {
    const { vectors, run } = cpu();
    const keys = roundKeys();
    load(vectors, 0, bytesOf(cipher));
    for (let r = ROUNDS; r > 0; r--) {
      load(vectors, 1, keys[r]);
      // The equivalent inverse cipher (5.3.5) takes the middle keys through InvMixColumns.
      if (r < ROUNDS) run(AESIMC(1, 1));
      run(AESD(0, 1));
      if (r > 1) run(AESIMC(0, 0));
    }
    expect(hex(xor(vectors.elements(0, 8, 16), keys[0]))).toBe(plain);
  });
});

/** The one padded block of 'abc', as four vectors of big-endian words. */
const BLOCK = [
  [0x61626380n, 0n, 0n, 0n],
  [0n, 0n, 0n, 0n],
  [0n, 0n, 0n, 0n],
  [0n, 0n, 0n, 24n],
];
const hexWords = (words: readonly bigint[]): string => words.map((w) => w.toString(16).padStart(8, '0')).join('');
const WORD = 0xffffffffn;

it('the SHA-1 instructions hash "abc"', () => {
  const { vectors, run } = cpu();
  const start = [0x67452301n, 0xefcdab89n, 0x98badcfen, 0x10325476n, 0xc3d2e1f0n];
  const K = [0x5a827999n, 0x6ed9eba1n, 0x8f1bbcdcn, 0xca62c1d6n];
  const step = [SHA1C, SHA1P, SHA1M, SHA1P];
  BLOCK.forEach((words, i) => {
    vectors.setElements(i, 32, words);
  });
  vectors.setElements(8, 32, start.slice(0, 4));
  vectors.setElements(9, 32, [start[4]]);
  for (let group = 0; group < 20; group++) {
    const round = Math.floor(group / 5);
    const m = group % 4;
    vectors.setElements(
      10,
      32,
      vectors.elements(m, 32, 4).map((w) => w + K[round]),
    );
    run(SHA1H(11, 8));
    run(step[round](8, 9, 10));
    vectors.setElements(9, 32, [vectors.element(11, 32, 0)]);
    run(SHA1SU0(m, (m + 1) % 4, (m + 2) % 4));
    run(SHA1SU1(m, (m + 3) % 4));
  }
  const end = [...vectors.elements(8, 32, 4), vectors.element(9, 32, 0)];
  expect(hexWords(end.map((w, i) => (w + start[i]) & WORD))).toBe(createHash('sha1').update('abc').digest('hex'));
});

/** FIPS 180-4, 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
function sha256Constants(): bigint[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p !== 0)) primes.push(n);
  return primes.map((p) => fractionOfRoot(BigInt(p), 3n));
}

/** 32 bits of the fraction of the k-th root. */
function fractionOfRoot(p: bigint, k: bigint): bigint {
  let root = 0n;
  for (let bit = 1n << 40n; bit > 0n; bit >>= 1n) if ((root + bit) ** k <= p << (32n * k)) root += bit;
  return root & WORD;
}

it('the SHA-256 instructions hash "abc"', () => {
  const { vectors, run } = cpu();
  const start = [2n, 3n, 5n, 7n, 11n, 13n, 17n, 19n].map((p) => fractionOfRoot(p, 2n));
  const K = sha256Constants();
  BLOCK.forEach((words, i) => {
    vectors.setElements(i, 32, words);
  });
  vectors.setElements(8, 32, start.slice(0, 4));
  vectors.setElements(9, 32, start.slice(4));
  for (let group = 0; group < 16; group++) {
    const m = group % 4;
    vectors.setElements(
      10,
      32,
      vectors.elements(m, 32, 4).map((w, i) => w + K[4 * group + i]),
    );
    vectors.setWhole(11, vectors.whole(8));
    run(SHA256H(8, 9, 10));
    run(SHA256H2(9, 11, 10));
    run(SHA256SU0(m, (m + 1) % 4));
    run(SHA256SU1(m, (m + 2) % 4, (m + 3) % 4));
  }
  const end = [...vectors.elements(8, 32, 4), ...vectors.elements(9, 32, 4)];
  expect(hexWords(end.map((w, i) => (w + start[i]) & WORD))).toBe(createHash('sha256').update('abc').digest('hex'));
});
