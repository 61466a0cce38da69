import { Rd, Rm, Rn } from '../decode/fields.ts';
import { row, type SimdRow } from './row.ts';
import type { Perform, VectorUnit } from './unit.ts';

/** SHA1 and SHA256 steps (shared pseudocode `SHA256hash`, `SHAchoose` and others; FIPS 180-4). Words are int32. */

type Words = number[];

const read = (unit: VectorUnit, n: number): Words => unit.elements(n, 32, 4).map(Number);
const write = (unit: VectorUnit, n: number, words: Words): void =>
  unit.setElements(
    n,
    32,
    words.map((w) => BigInt(w >>> 0)),
  );

const rol = (x: number, by: number): number => (x << by) | (x >>> (32 - by));
const ror = (x: number, by: number): number => rol(x, 32 - by);
const choose = (x: number, y: number, z: number): number => ((y ^ z) & x) ^ z;
const parity = (x: number, y: number, z: number): number => x ^ y ^ z;
const majority = (x: number, y: number, z: number): number => (x & y) | ((x | y) & z);

/** SHA1C, SHA1P, SHA1M: four rounds. */
const sha1 =
  (mix: (x: number, y: number, z: number) => number): Perform =>
  (unit, word) => {
    let [a, b, c, d] = read(unit, Rd(word));
    let [e] = read(unit, Rn(word));
    for (const w of read(unit, Rm(word))) {
      const next = (e + rol(a, 5) + mix(b, c, d) + w) | 0;
      [e, d, c, b, a] = [d, c, rol(b, 30), a, next];
    }
    write(unit, Rd(word), [a, b, c, d]);
  };

const sha1Hash: Perform = (unit, word) => {
  const [a] = read(unit, Rn(word));
  unit.setElements(Rd(word), 32, [BigInt(rol(a, 30) >>> 0)]);
};

const sha1Schedule0: Perform = (unit, word) => {
  const [d, n, m] = [read(unit, Rd(word)), read(unit, Rn(word)), read(unit, Rm(word))];
  const shifted = [d[2], d[3], n[0], n[1]];
  write(
    unit,
    Rd(word),
    shifted.map((w, i) => w ^ d[i] ^ m[i]),
  );
};

const sha1Schedule1: Perform = (unit, word) => {
  const [d, n] = [read(unit, Rd(word)), read(unit, Rn(word))];
  const t = d.map((w, i) => w ^ (n[i + 1] ?? 0));
  write(unit, Rd(word), [rol(t[0], 1), rol(t[1], 1), rol(t[2], 1), rol(t[3], 1) ^ rol(t[0], 2)]);
};

/** `SHA256hash`: four rounds on abcd and efgh. */
function sha256(abcd: Words, efgh: Words, schedule: Words): { abcd: Words; efgh: Words } {
  let [a, b, c, d] = abcd;
  let [e, f, g, h] = efgh;
  for (const w of schedule) {
    const sigma1 = ror(e, 6) ^ ror(e, 11) ^ ror(e, 25);
    const t = (h + sigma1 + choose(e, f, g) + w) | 0;
    const sigma0 = ror(a, 2) ^ ror(a, 13) ^ ror(a, 22);
    const next = (t + sigma0 + majority(a, b, c)) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t) | 0, c, b, a, next];
  }
  return { abcd: [a, b, c, d], efgh: [e, f, g, h] };
}

const sha256Hash: Perform = (unit, word) =>
  write(unit, Rd(word), sha256(read(unit, Rd(word)), read(unit, Rn(word)), read(unit, Rm(word))).abcd);
const sha256Hash2: Perform = (unit, word) =>
  write(unit, Rd(word), sha256(read(unit, Rn(word)), read(unit, Rd(word)), read(unit, Rm(word))).efgh);

const sha256Schedule0: Perform = (unit, word) => {
  const [d, n] = [read(unit, Rd(word)), read(unit, Rn(word))];
  const next = [d[1], d[2], d[3], n[0]];
  write(
    unit,
    Rd(word),
    next.map((w, i) => (ror(w, 7) ^ ror(w, 18) ^ (w >>> 3)) + d[i]),
  );
};

const sha256Schedule1: Perform = (unit, word) => {
  const [d, n, m] = [read(unit, Rd(word)), read(unit, Rn(word)), read(unit, Rm(word))];
  const t = [n[1], n[2], n[3], m[0]];
  const result: Words = [];
  for (let i = 0; i < 4; i++) {
    const w = i < 2 ? m[i + 2] : result[i - 2];
    result.push(((ror(w, 17) ^ ror(w, 19) ^ (w >>> 10)) + d[i] + t[i]) | 0);
  }
  write(unit, Rd(word), result);
};

const three = (opcode: string, name: string, perform: Perform): SimdRow =>
  row(name, `0101 1110 00 0 Rm 0 ${opcode} 00 Rn Rd`, perform);
const two = (opcode: string, name: string, perform: Perform): SimdRow =>
  row(name, `0101 1110 00 10100 ${opcode} 10 Rn Rd`, perform);

export const SHA: readonly SimdRow[] = [
  three('000', 'SHA1C', sha1(choose)),
  three('001', 'SHA1P', sha1(parity)),
  three('010', 'SHA1M', sha1(majority)),
  three('011', 'SHA1SU0', sha1Schedule0),
  three('100', 'SHA256H', sha256Hash),
  three('101', 'SHA256H2', sha256Hash2),
  three('110', 'SHA256SU1', sha256Schedule1),
  two('00000', 'SHA1H', sha1Hash),
  two('00001', 'SHA1SU1', sha1Schedule1),
  two('00010', 'SHA256SU0', sha256Schedule0),
];
