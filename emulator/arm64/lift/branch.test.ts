import { describe, expect, it } from 'vitest';
import { BENCH_PC, type Case, outcome } from './bench.ts';

const run = (cases: readonly Case[]): void => {
  it.each(cases)('%s', (...row) => {
    expect(outcome(row)).toEqual(row[3]);
  });
};
const NEXT = BENCH_PC + 4n;

describe('branches with a constant target', () => {
  run([
    ['b .+8', 0x14000002, {}, { pc: BENCH_PC + 8n }],
    ['b .-0x8000000', 0x16000000, { pc: 0x1000n }, { pc: 0xffff_ffff_f800_1000n }],
    ['bl .-4', 0x97ffffff, {}, { pc: BENCH_PC - 4n, x30: NEXT }],
    ['b.eq .+16', 0x54000080, { nzcv: 0b0100n }, { pc: BENCH_PC + 16n }],
    ['b.eq .+16', 0x54000080, { nzcv: 0n }, { pc: NEXT }],
    ['b.lt .-16', 0x54ffff8b, { nzcv: 0b1000n }, { pc: BENCH_PC - 16n }],
    ['b.nv .+16', 0x5400008f, {}, { pc: BENCH_PC + 16n }],
    ['cbz w1, .+16', 0x34000081, { x1: 0xffff_ffff_0000_0000n }, { pc: BENCH_PC + 16n }],
    ['cbz x1, .+16', 0xb4000081, { x1: 0xffff_ffff_0000_0000n }, { pc: NEXT }],
    ['cbnz x1, .-0x100000', 0xb5800001, { x1: 1n }, { pc: BENCH_PC - 0x10_0000n }],
    ['tbz x1, #63, .+0x7ffc', 0xb6fbffe1, { x1: 0x7fff_ffff_ffff_ffffn }, { pc: BENCH_PC + 0x7ffcn }],
    ['tbz w1, #0, .+8', 0x36000041, { x1: 1n }, { pc: NEXT }],
    ['tbnz w1, #31, .-0x8000', 0x37fc0001, { x1: 0x8000_0000n }, { pc: BENCH_PC - 0x8000n }],
    ['tbnz x1, #32, .+8', 0xb7000041, { x1: 0xffff_ffffn }, { pc: NEXT }],
  ]);
});

describe('branches to a register', () => {
  run([
    ['br x7', 0xd61f00e0, { x7: 0xffff_0000_1234_5678n }, { pc: 0xffff_0000_1234_5678n }],
    ['blr x7', 0xd63f00e0, { x7: 0x40n }, { pc: 0x40n, x30: NEXT }],
    ['blr x30', 0xd63f03c0, { x30: 0x80n }, { pc: 0x80n, x30: NEXT }],
    ['ret', 0xd65f03c0, { x30: 0x44n }, { pc: 0x44n, x30: 0x44n }],
    ['ret x2', 0xd65f0040, { x2: 0x48n }, { pc: 0x48n }],
    ['br xzr', 0xd61f03e0, {}, { pc: 0n }],
  ]);
});
