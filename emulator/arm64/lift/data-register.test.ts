import { describe, expect, it } from 'vitest';
import { type Case, outcome } from './bench.ts';

const ALL = 0xffff_ffff_ffff_ffffn;
const run = (cases: readonly Case[]): void => {
  it.each(cases)('%s', (...row) => {
    expect(outcome(row)).toEqual(row[3]);
  });
};

describe('logical (shifted register)', () => {
  run([
    ['and x0, x1, x2, lsl #4', 0x8a021020, { x1: 0xff0n, x2: 0x0fn }, { x0: 0xf0n }],
    ['bic w0, w1, w2', 0x0a220020, { x1: ALL, x2: 0xffn }, { x0: 0xffff_ff00n }],
    ['orr x0, x1, x2, ror #1', 0xaac20420, { x1: 2n, x2: 1n }, { x0: 0x8000_0000_0000_0002n }],
    ['mvn w0, w1', 0x2a2103e0, { x1: 0n }, { x0: 0xffff_ffffn }],
    ['mov x0, x1', 0xaa0103e0, { x1: 0x1234_5678_9abc_def0n }, { x0: 0x1234_5678_9abc_def0n }],
    ['mov w0, w1', 0x2a0103e0, { x1: ALL }, { x0: 0xffff_ffffn }],
    ['eor w0, w1, w2, asr #31', 0x4a827c20, { x1: 0xfn, x2: 0x8000_0000n }, { x0: 0xffff_fff0n }],
    ['eon x0, x1, x1', 0xca210020, { x1: 77n }, { x0: ALL }],
    ['ands x0, x1, x2, lsr #63', 0xea42fc20, { x1: 1n, x2: ALL, nzcv: 0b0011n }, { x0: 1n, nzcv: 0n }],
    ['bics wzr, w1, w1', 0x6a21003f, { x1: 5n }, { nzcv: 0b0100n }],
  ]);
});

describe('ADD, SUB (shifted register)', () => {
  run([
    ['add w0, w1, w2, lsl #31', 0x0b027c20, { x1: 1n, x2: 1n }, { x0: 0x8000_0001n }],
    ['sub x0, x1, x2, asr #1', 0xcb820420, { x1: 0n, x2: 0x8000_0000_0000_0000n }, { x0: 0x4000_0000_0000_0000n }],
    ['neg w0, w1', 0x4b0103e0, { x1: 1n }, { x0: 0xffff_ffffn }],
    ['cmp x1, x2', 0xeb02003f, { x1: 1n, x2: 2n }, { nzcv: 0b1000n }],
    ['adds x0, x0, x0', 0xab000000, { x0: 0x8000_0000_0000_0000n }, { x0: 0n, nzcv: 0b0111n }],
    ['negs w0, wzr', 0x6b1f03e0, {}, { x0: 0n, nzcv: 0b0110n }],
  ]);
});

describe('ADD, SUB (extended register)', () => {
  run([
    ['add x0, sp, w1, uxtb #4', 0x8b2113e0, { sp: 0x1000n, x1: 0xffffn }, { x0: 0x1ff0n }],
    ['add sp, sp, w1, sxtw', 0x8b21c3ff, { sp: 0x1000n, x1: 0xffff_fff0n }, { sp: 0xff0n }],
    ['add x0, x1, w2, uxth', 0x8b222020, { x1: 1n, x2: 0xf_ffffn }, { x0: 0x1_0000n }],
    ['add x0, x1, w2, sxtb #1', 0x8b228420, { x1: 0n, x2: 0x80n }, { x0: 0xffff_ffff_ffff_ff00n }],
    ['sub w0, w1, w2, sxth', 0x4b22a020, { x1: 0n, x2: 0x8000n }, { x0: 0x8000n }],
    ['add x0, x1, x2, sxtx #4', 0x8b22f020, { x1: 0n, x2: 0x1n }, { x0: 0x10n }],
    ['cmp sp, w1, uxtw', 0xeb2143ff, { sp: 0xffff_ffffn, x1: ALL }, { nzcv: 0b0110n }],
  ]);
});

describe('with carry', () => {
  run([
    ['adc x0, x1, x2', 0x9a020020, { x1: ALL, x2: 0n, nzcv: 0b0010n }, { x0: 0n, nzcv: 0b0010n }],
    ['adcs w0, w0, w1', 0x3a010000, { x0: 0x7fff_ffffn, x1: 0n, nzcv: 0b0010n }, { x0: 0x8000_0000n, nzcv: 0b1001n }],
    ['sbc w0, w1, w2', 0x5a020020, { x1: 5n, x2: 3n, nzcv: 0n }, { x0: 1n }],
    ['sbcs x0, x1, x0', 0xfa000020, { x0: 0n, x1: 0n, nzcv: 0b0010n }, { x0: 0n, nzcv: 0b0110n }],
    ['sbcs xzr, x1, x2', 0xfa02003f, { x1: 0n, x2: 0n, nzcv: 0n }, { nzcv: 0b1000n }],
    ['ngc x0, xzr', 0xda1f03e0, { nzcv: 0n }, { x0: ALL }],
  ]);
});

describe('conditional compare and select', () => {
  run([
    ['ccmp x1, #5, #0xf, eq', 0xfa45082f, { x1: 5n, nzcv: 0b0100n }, { nzcv: 0b0110n }],
    ['ccmp x1, #5, #0xf, eq', 0xfa45082f, { x1: 5n, nzcv: 0n }, { nzcv: 0b1111n }],
    ['ccmn w1, w2, #0, al', 0x3a42e020, { x1: 0xffff_ffffn, x2: 1n }, { nzcv: 0b0110n }],
    ['csel x0, x1, x2, hi', 0x9a828020, { x1: 1n, x2: 2n, nzcv: 0b0010n }, { x0: 1n }],
    ['csel x0, x1, x2, hi', 0x9a828020, { x1: 1n, x2: 2n, nzcv: 0b0110n }, { x0: 2n }],
    ['csinc w0, w1, w2, lt', 0x1a82b420, { x1: 1n, x2: 0xffff_ffffn, nzcv: 0n }, { x0: 0n }],
    ['csinv w0, w1, w2, mi', 0x5a824020, { x1: 1n, x2: 0n, nzcv: 0n }, { x0: 0xffff_ffffn }],
    ['csneg x0, x1, x2, vs', 0xda826420, { x1: 1n, x2: 1n, nzcv: 0n }, { x0: ALL }],
    ['cset w0, cs', 0x1a9f37e0, { x0: ALL, nzcv: 0b0010n }, { x0: 1n }],
    ['csetm x0, ne', 0xda9f03e0, { nzcv: 0n }, { x0: ALL }],
    ['csel x0, x1, x2, nv', 0x9a82f020, { x1: 1n, x2: 2n }, { x0: 1n }],
  ]);
});

describe('one source', () => {
  run([
    ['rbit w0, w1', 0x5ac00020, { x1: 1n }, { x0: 0x8000_0000n }],
    ['rev16 w0, w1', 0x5ac00420, { x1: 0x1122_3344n }, { x0: 0x2211_4433n }],
    ['rev w0, w1', 0x5ac00820, { x1: 0x1122_3344n }, { x0: 0x4433_2211n }],
    ['rev32 x0, x1', 0xdac00820, { x1: 0x1122_3344_5566_7788n }, { x0: 0x4433_2211_8877_6655n }],
    ['rev x0, x1', 0xdac00c20, { x1: 0x1122_3344_5566_7788n }, { x0: 0x8877_6655_4433_2211n }],
    ['clz w0, w1', 0x5ac01020, { x1: 0xffff_ffff_0000_0000n }, { x0: 32n }],
    ['cls x0, x1', 0xdac01420, { x1: ALL }, { x0: 63n }],
  ]);
});

describe('two sources', () => {
  run([
    ['udiv w0, w1, w2', 0x1ac20820, { x1: 7n, x2: 0n }, { x0: 0n }],
    ['sdiv x0, x1, x2', 0x9ac20c20, { x1: 0x8000_0000_0000_0000n, x2: ALL }, { x0: 0x8000_0000_0000_0000n }],
    ['sdiv w0, w1, w2', 0x1ac20c20, { x1: 0xffff_fff9n, x2: 2n }, { x0: 0xffff_fffdn }],
    ['lsl w0, w1, w2', 0x1ac22020, { x1: 1n, x2: 33n }, { x0: 2n }],
    ['lsr x0, x1, x2', 0x9ac22420, { x1: ALL, x2: 127n }, { x0: 1n }],
    ['asr w0, w1, w2', 0x1ac22820, { x1: 0x8000_0000n, x2: 0xffn }, { x0: 0xffff_ffffn }],
    ['ror x0, x1, x2', 0x9ac22c20, { x1: 1n, x2: 1n }, { x0: 0x8000_0000_0000_0000n }],
    // CRC32 of the one byte "a" is 0xe8b7be43; software presets and inverts.
    ['crc32b w0, w1, w2', 0x1ac24020, { x1: 0xffff_ffffn, x2: 0x61n }, { x0: 0x1748_41bcn }],
    // CRC32C of 8 zero bytes, not inverted: RFC 3720's 0x8c28b28a over the preset.
    ['crc32cx w0, w1, x2', 0x9ac25c20, { x1: 0xffff_ffffn, x2: 0n }, { x0: 0x73d7_4d75n }],
  ]);
});

describe('three sources', () => {
  run([
    ['madd w0, w1, w2, w3', 0x1b020c20, { x1: 0x1_0000n, x2: 0x1_0000n, x3: 5n }, { x0: 5n }],
    ['msub x0, x1, x2, x3', 0x9b028c20, { x1: 3n, x2: 4n, x3: 10n }, { x0: 0xffff_ffff_ffff_fffen }],
    ['mneg x0, x1, x2', 0x9b02fc20, { x1: 3n, x2: 4n }, { x0: 0xffff_ffff_ffff_fff4n }],
    ['smaddl x0, w1, w2, x3', 0x9b220c20, { x1: 0xffff_ffffn, x2: 2n, x3: 1n }, { x0: ALL }],
    ['umaddl x0, w1, w2, x3', 0x9ba20c20, { x1: 0xffff_ffffn, x2: 2n, x3: 1n }, { x0: 0x1_ffff_ffffn }],
    ['smsubl x0, w1, w2, x3', 0x9b228c20, { x1: 0xffff_ffffn, x2: 2n, x3: 1n }, { x0: 3n }],
    ['umnegl x0, w1, w2', 0x9ba2fc20, { x1: 1n, x2: 1n }, { x0: ALL }],
    ['smulh x0, x1, x2', 0x9b427c20, { x1: ALL, x2: 1n }, { x0: ALL }],
    ['umulh x0, x1, x2', 0x9bc27c20, { x1: ALL, x2: ALL }, { x0: 0xffff_ffff_ffff_fffen }],
  ]);
});

describe('results for the zero register are nobody\u2019s', () => {
  run([['add xzr, x1, x2', 0x8b02003f, { x1: 1n, x2: 2n, sp: 7n }, { sp: 7n, nzcv: 0n }]]);
});
