import { Rd, Rm, Rn } from '../decode/fields.ts';
import { row, type SimdRow } from './row.ts';
import { bit, type ElementBits, integerShape, type Perform, Q } from './unit.ts';

/** Advanced SIMD copy, permute, extract and table lookup: Arm ARM C4.1.6. */

/** `imm5`: the lowest bit set says the width, the bits above it the index. */
function lane(word: number): { bits: ElementBits; index: number; size: number } {
  const imm5 = (word >>> 16) & 31;
  const size = 31 - Math.clz32(imm5 & -imm5);
  return { bits: (8 << size) as ElementBits, index: imm5 >> (size + 1), size };
}

const dupElement =
  (isScalar: boolean): Perform =>
  (unit, word) => {
    const { bits, index } = lane(word);
    const value = unit.element(Rn(word), bits, index);
    unit.setElements(Rd(word), bits, new Array(isScalar ? 1 : (64 << Q(word)) / bits).fill(value));
  };

const dupGeneral: Perform = (unit, word) => {
  const { bits } = lane(word);
  unit.setElements(Rd(word), bits, new Array((64 << Q(word)) / bits).fill(unit.general(Rn(word), 64)));
};

const moveToGeneral =
  (signed: boolean): Perform =>
  (unit, word) => {
    const { bits, index } = lane(word);
    const value = unit.element(Rn(word), bits, index);
    unit.setGeneral(Rd(word), Q(word) ? 64 : 32, signed ? BigInt.asIntN(bits, value) : value);
  };

const insertGeneral: Perform = (unit, word) => {
  const { bits, index } = lane(word);
  unit.setElement(Rd(word), bits, index, unit.general(Rn(word), 64));
};

const insertElement: Perform = (unit, word) => {
  const { bits, index, size } = lane(word);
  const from = ((word >>> 11) & 15) >> size;
  unit.setElement(Rd(word), bits, index, unit.element(Rn(word), bits, from));
};

/**
 * UZP, TRN, ZIP: where element i of the result comes from.
 * @param part 0 for the first of two instructions, 1 for the second
 * @returns an index into n, or count plus one into m
 */
type Source = (i: number, count: number, part: number) => number;
const unzip: Source = (i, _count, part) => 2 * i + part;
const transpose: Source = (i, count, part) => (i & ~1) + part + (i & 1) * count;
const zip: Source = (i, count, part) => (i >> 1) + (part * count) / 2 + (i & 1) * count;

const permute =
  (source: Source): Perform =>
  (unit, word) => {
    const { bits, count } = integerShape(word);
    const all = [...unit.elements(Rn(word), bits, count), ...unit.elements(Rm(word), bits, count)];
    const part = bit(word, 14);
    unit.setElements(
      Rd(word),
      bits,
      Array.from({ length: count }, (_, i) => all[source(i, count, part)]),
    );
  };

const extract: Perform = (unit, word) => {
  const count = 8 << Q(word);
  const all = [...unit.elements(Rn(word), 8, count), ...unit.elements(Rm(word), 8, count)];
  const position = (word >>> 11) & 15;
  unit.setElements(Rd(word), 8, all.slice(position, position + count));
};

const REGISTERS = 32;

/** TBL, and TBX (bit 12), which keeps the elements whose index leads nowhere. */
const lookUp: Perform = (unit, word) => {
  const count = 8 << Q(word);
  const length = ((word >>> 13) & 3) + 1;
  const table: bigint[] = [];
  for (let i = 0; i < length; i++) table.push(...unit.elements((Rn(word) + i) % REGISTERS, 8, 16));
  const old = unit.elements(Rd(word), 8, count);
  const keeps = bit(word, 12) === 1;
  unit.setElements(
    Rd(word),
    8,
    unit.elements(Rm(word), 8, count).map((index, i) => table[Number(index)] ?? (keeps ? old[i] : 0n)),
  );
};

const copy = (pattern: string, name: string, perform: Perform): SimdRow => row(name, `${pattern} Rn Rd`, perform);
const permutation = (opcode: string, name: string, source: Source): SimdRow =>
  row(name, `0 x 0 01110 xx 0 Rm 0 ${opcode} 10 Rn Rd`, permute(source));

export const PERMUTE: readonly SimdRow[] = [
  copy('0 x 0 01110000 imm5 0 0000 1', 'DUP (element)', dupElement(false)),
  copy('01 0 11110000 imm5 0 0000 1', 'DUP (element) scalar', dupElement(true)),
  copy('0 x 0 01110000 imm5 0 0001 1', 'DUP (general)', dupGeneral),
  copy('0 x 0 01110000 imm5 0 0101 1', 'SMOV', moveToGeneral(true)),
  copy('0 x 0 01110000 imm5 0 0111 1', 'UMOV', moveToGeneral(false)),
  copy('0 1 0 01110000 imm5 0 0011 1', 'INS (general)', insertGeneral),
  copy('0 1 1 01110000 imm5 0 xxxx 1', 'INS (element)', insertElement),
  permutation('x01', 'UZP1, UZP2', unzip),
  permutation('x10', 'TRN1, TRN2', transpose),
  permutation('x11', 'ZIP1, ZIP2', zip),
  row('EXT', '0 x 1 01110 00 0 Rm 0 xxxx 0 Rn Rd', extract),
  row('TBL, TBX', '0 x 0 01110 00 0 Rm 0 xx x 00 Rn Rd', lookUp),
];
