import { describe, expect, it } from 'vitest';
import { type Case, outcome } from './bench.ts';

const ALL = 0xffff_ffff_ffff_ffffn;
const run = (cases: readonly Case[]): void => {
  it.each(cases)('%s', (...row) => {
    expect(outcome(row)).toEqual(row[3]);
  });
};

describe('ADD, SUB (immediate), C6.2.4 and following', () => {
  run([
    ['add x0, x1, #1', 0x91000420, { x1: ALL }, { x0: 0n, pc: 0x8000_1004n }],
    ['add w0, w1, #0xfff, lsl #12', 0x117ffc20, { x0: ALL, x1: 0xffff_ffff_0000_0001n }, { x0: 0xff_f001n }],
    ['sub w0, w1, #1', 0x51000420, { x1: 0n }, { x0: 0xffff_ffffn }],
    ['sub x0, x1, #0xfff, lsl #12', 0xd17ffc20, { x1: 0n }, { x0: 0xffff_ffff_ff00_1000n }],
    ['mov sp, x3', 0x9100007f, { x3: 0x1234n }, { sp: 0x1234n }],
    ['sub sp, sp, #32', 0xd10083ff, { sp: 0x1000n }, { sp: 0xfe0n }],
    ['mov w5, wsp', 0x110003e5, { sp: 0x1_0000_0008n }, { x5: 8n }],
  ]);
});

describe('ADDS, SUBS (immediate): NZCV from the result; Rd = 31 is the zero register', () => {
  run([
    ['adds x0, x1, #1', 0xb1000420, { x1: ALL }, { x0: 0n, nzcv: 0b0110n }],
    ['adds w0, w1, #1', 0x31000420, { x1: 0x7fff_ffffn }, { x0: 0x8000_0000n, nzcv: 0b1001n }],
    ['subs w0, w1, #1', 0x71000420, { x1: 0x8000_0000n }, { x0: 0x7fff_ffffn, nzcv: 0b0011n }],
    ['subs x0, x0, #1', 0xf1000400, { x0: 0n }, { x0: ALL, nzcv: 0b1000n }],
    ['cmp x1, #5', 0xf100143f, { x1: 5n, sp: 9n }, { sp: 9n, nzcv: 0b0110n }],
    ['cmn sp, #1', 0xb10007ff, { sp: ALL }, { sp: ALL, nzcv: 0b0110n }],
  ]);
});

describe('logical (immediate)', () => {
  run([
    ['and x0, x1, #0xff00ff00ff00ff00', 0x92089c20, { x1: 0x1234_5678_9abc_def0n }, { x0: 0x1200_5600_9a00_de00n }],
    ['orr w0, wzr, #0x55555555', 0x3200f3e0, {}, { x0: 0x5555_5555n }],
    ['eor x0, x1, #0x8000000000000001', 0xd2410420, { x1: ALL }, { x0: 0x7fff_ffff_ffff_fffen }],
    ['and sp, x1, #0xfffffffffffffff0', 0x927cec3f, { x1: 0x100fn }, { sp: 0x1000n }],
    ['ands w0, w1, #0x80000000', 0x72010020, { x1: ALL, nzcv: 0b0011n }, { x0: 0x8000_0000n, nzcv: 0b1000n }],
    ['tst x1, #1', 0xf240003f, { x1: 2n, nzcv: 0b1011n }, { nzcv: 0b0100n }],
    ['orr x0, x1, #0x3ffffffffc000000', 0xb2668c20, { x1: 1n }, { x0: 0x3fff_ffff_fc00_0001n }],
  ]);
});

describe('MOVZ, MOVN, MOVK', () => {
  run([
    ['movz x0, #0xffff, lsl #48', 0xd2ffffe0, { x0: 1n }, { x0: 0xffff_0000_0000_0000n }],
    ['movn x0, #0', 0x92800000, {}, { x0: ALL }],
    ['movn w0, #0xf, lsl #16', 0x12a001e0, {}, { x0: 0xfff0_ffffn }],
    ['movk x0, #0x1234, lsl #16', 0xf2a24680, { x0: ALL }, { x0: 0xffff_ffff_1234_ffffn }],
    ['movk w0, #0x1234', 0x72824680, { x0: ALL }, { x0: 0xffff_1234n }],
    ['movk x0, #0xabcd, lsl #48', 0xf2f579a0, { x0: 7n }, { x0: 0xabcd_0000_0000_0007n }],
  ]);
});

describe('ADR, ADRP', () => {
  run([
    ['adr x0, .+7', 0x70000020, { pc: 0x8000_1000n }, { x0: 0x8000_1007n }],
    ['adr x0, .-4', 0x10ffffe0, { pc: 0n }, { x0: 0xffff_ffff_ffff_fffcn }],
    ['adr x0, .-8', 0x10ffffc0, { pc: 0xffff_8000_0000_0004n }, { x0: 0xffff_7fff_ffff_fffcn }],
    [
      '.inst 0xb0000000 // adrp x0, one page on',
      0xb0000000,
      { pc: 0xffff_8000_1234_5ffcn },
      { x0: 0xffff_8000_1234_6000n },
    ],
    ['.inst 0xf0ffffe0 // adrp x0, one page back', 0xf0ffffe0, { pc: 0x1_0000_0ffcn }, { x0: 0xffff_f000n }],
  ]);
});

describe('SBFM, BFM, UBFM and their aliases', () => {
  run([
    ['ubfx x0, x1, #8, #16', 0xd3485c20, { x1: 0x1122_3344_5566_7788n }, { x0: 0x6677n }],
    ['sbfx w0, w1, #4, #8', 0x13042c20, { x1: 0xf80n }, { x0: 0xffff_fff8n }],
    ['ubfiz x0, x1, #60, #4', 0xd3440c20, { x1: 0x1fn }, { x0: 0xf000_0000_0000_0000n }],
    ['sbfiz x0, x1, #8, #8', 0x93781c20, { x1: 0x80n }, { x0: 0xffff_ffff_ffff_8000n }],
    ['lsl x0, x1, #63', 0xd3410020, { x1: 3n }, { x0: 0x8000_0000_0000_0000n }],
    ['lsr w0, w1, #31', 0x531f7c20, { x1: 0xffff_ffffn }, { x0: 1n }],
    ['asr w0, w1, #31', 0x131f7c20, { x1: 0x8000_0000n }, { x0: 0xffff_ffffn }],
    ['sxtb x0, w1', 0x93401c20, { x1: 0x180n }, { x0: 0xffff_ffff_ffff_ff80n }],
    ['sxth w0, w1', 0x13003c20, { x1: 0x1_8000n }, { x0: 0xffff_8000n }],
    ['sxtw x0, w1', 0x93407c20, { x1: 0x8000_0000n }, { x0: 0xffff_ffff_8000_0000n }],
    ['ubfx x0, x1, #0, #32', 0xd3407c20, { x1: ALL }, { x0: 0xffff_ffffn }],
    ['lsl w0, w1, #0', 0x53007c20, { x1: ALL }, { x0: 0xffff_ffffn }],
    ['bfi x0, x1, #8, #4', 0xb3780c20, { x0: ALL, x1: 0x5n }, { x0: 0xffff_ffff_ffff_f5ffn }],
    ['bfxil w0, w1, #28, #4', 0x331c7c20, { x0: 0x1111_1111n, x1: 0xa000_0000n }, { x0: 0x1111_111an }],
    ['bfxil x0, x1, #0, #64', 0xb340fc20, { x0: 1n, x1: 0x22n }, { x0: 0x22n }],
    ['bfi w0, wzr, #0, #31', 0x33007be0, { x0: ALL }, { x0: 0x8000_0000n }],
  ]);
});

describe('EXTR', () => {
  run([
    ['extr x0, x1, x2, #8', 0x93c22020, { x1: 0xabn, x2: 0x1100n }, { x0: 0xab00_0000_0000_0011n }],
    ['extr w0, w1, w2, #0', 0x13820020, { x1: 5n, x2: ALL }, { x0: 0xffff_ffffn }],
    ['ror w0, w1, #4', 0x13811020, { x1: 0x1234_5678n }, { x0: 0x8123_4567n }],
  ]);
});
