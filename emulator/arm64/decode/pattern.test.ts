import { describe, expect, it } from 'vitest';
import * as extractors from './fields.ts';
import { FIELDS } from './fields.ts';
import { A64_TABLE, decodeA64 } from './index.ts';
import { parsePattern } from './pattern.ts';

describe('patterns', () => {
  it('literal bits are mask and value, x is free, (1) is not decoded, names are fields', () => {
    expect(parsePattern('1 00 100110 1 immr x00000 (11) 000 Rd')).toEqual({
      mask: 0xffc07ce0,
      value: 0x93400000,
      shouldBeOnes: 0x300,
      fields: [
        { name: 'immr', low: 16, width: 6 },
        { name: 'Rd', low: 0, width: 5 },
      ],
    });
  });

  it('name:n is the low n bits of a field', () => {
    const { fields } = parsePattern('0 00 100110 0 0 immr:5 0 imms:5 Rn Rd');
    expect(fields.slice(0, 2)).toEqual([
      { name: 'immr', low: 16, width: 5 },
      { name: 'imms', low: 10, width: 5 },
    ]);
  });

  it.each([
    ['0 1', 'has 2 bits'],
    ['0000000000000000000000000000000 Q', 'Q stands at bit 0'],
    ['0000000000000000000000000000000 what', 'no field is called what'],
  ])('"%s" is refused', (text, message) => {
    expect(() => parsePattern(text)).toThrow(message);
  });
});

describe('extractors', () => {
  // [name in fields.ts, extractor, the fields it reads from high to low, signed]
  const EXTRACTORS = [
    ['Rd', extractors.Rd, ['Rd'], false],
    ['Rn', extractors.Rn, ['Rn'], false],
    ['Rm', extractors.Rm, ['Rm'], false],
    ['Ra', extractors.Ra, ['Ra'], false],
    ['Rt2', extractors.Rt2, ['Rt2'], false],
    ['Rs', extractors.Rs, ['Rs'], false],
    ['sh', extractors.sh, ['sh'], false],
    ['shift', extractors.shift, ['shift'], false],
    ['imm12', extractors.imm12, ['imm12'], false],
    ['imm9', extractors.imm9, ['imm9'], true],
    ['imm7', extractors.imm7, ['imm7'], true],
    ['imm6', extractors.imm6, ['imm6'], false],
    ['imm5', extractors.imm5, ['imm5'], false],
    ['imm3', extractors.imm3, ['imm3'], false],
    ['imm16', extractors.imm16, ['imm16'], false],
    ['imm14', extractors.imm14, ['imm14'], true],
    ['imm19', extractors.imm19, ['imm19'], true],
    ['imm26', extractors.imm26, ['imm26'], true],
    ['immhiImmlo', extractors.immhiImmlo, ['immhi', 'immlo'], true],
    ['immr', extractors.immr, ['immr'], false],
    ['imms', extractors.imms, ['imms'], false],
    ['hw', extractors.hw, ['hw'], false],
    ['cond', extractors.cond, ['cond'], false],
    ['bcond', extractors.bcond, ['bcond'], false],
    ['nzcv', extractors.nzcv, ['nzcv'], false],
    ['testedBit', extractors.testedBit, ['b5', 'b40'], false],
    ['option', extractors.option, ['option'], false],
    ['S', extractors.S, ['S'], false],
  ] as const;

  it.each(EXTRACTORS)('%s reads its field, and nothing else', (_name, extract, fields, signed) => {
    const width = fields.reduce((sum, field) => sum + FIELDS[field]![1], 0);
    for (let bit = 0; bit < width; bit++) {
      let word = 0;
      let rest = 2 ** bit;
      for (const field of [...fields].reverse()) {
        const [low, bits] = FIELDS[field]!;
        word |= (rest % 2 ** bits) << low;
        rest = Math.floor(rest / 2 ** bits);
      }
      const expected = signed && bit === width - 1 ? -(2 ** bit) : 2 ** bit;
      expect(extract(word >>> 0)).toBe(expected);
      expect(extract(word | 0)).toBe(expected);
    }
    const all = fields.reduce((mask, field) => mask | ((2 ** FIELDS[field]![1] - 1) << FIELDS[field]![0]), 0);
    expect(extract(~all >>> 0)).toBe(0);
  });
});

describe('the A64 table', () => {
  const rows = A64_TABLE.map((encoding) => ({ encoding, ...parsePattern(encoding.pattern) }));

  it('two rows that match the same encoding are a general row and a special case of it', () => {
    const clashes: string[] = [];
    rows.forEach((a, i) => {
      for (const b of rows.slice(i + 1)) {
        if (((a.value ^ b.value) & a.mask & b.mask) !== 0) continue;
        const common = (a.mask & b.mask) >>> 0;
        if (common !== a.mask && common !== b.mask) clashes.push(`${a.encoding.name} / ${b.encoding.name}`);
        else if (a.mask === b.mask) clashes.push(`${a.encoding.name} = ${b.encoding.name}`);
      }
    });
    expect(clashes).toEqual([]);
  });

  it('every row is found by an encoding of its own', () => {
    const lost = rows.filter(({ encoding, value, shouldBeOnes }) => {
      // The free bits are set as well: special cases (YIELD within HINT) must not hide the whole of a general row.
      const free = ~parsePattern(encoding.pattern).mask;
      return decodeA64(value | shouldBeOnes) !== encoding && decodeA64((value | free) >>> 0) !== encoding;
    });
    expect(lost.map(({ encoding }) => encoding.name)).toEqual([]);
  });

  it('every row has a name of its own', () => {
    const names = A64_TABLE.map(({ name }) => name);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });
});
