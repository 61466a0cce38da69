import { describe, expect, it } from 'vitest';
import { SystemCall, type SystemCallNumber } from '../system-calls.ts';
import { BENCH_PC, LiftBench } from './bench.ts';
import { liftA64 } from './index.ts';

const lift = (word: number) => liftA64(word, 0x1000, 0, 0);

const ENDING: readonly (readonly [string, number, SystemCallNumber])[] = [
  ['hvc #0', 0xd4000002, SystemCall.hvc],
  ['smc #0xffff', 0xd41fffe3, SystemCall.smc],
  ['brk #1', 0xd4200020, SystemCall.brk],
  ['hlt #0xf000', 0xd45e0000, SystemCall.hlt],
  ['dcps1', 0xd4a00001, SystemCall.dcps],
  ['dcps3 #5', 0xd4a000a3, SystemCall.dcps],
  ['eret', 0xd69f03e0, SystemCall.eret],
  ['drps', 0xd6bf03e0, SystemCall.drps],
  ['wfi', 0xd503207f, SystemCall.wfi],
  ['wfe', 0xd503205f, SystemCall.wfe],
  ['yield', 0xd503203f, SystemCall.yield],
  ['msr ttbr0_el1, x3', 0xd5182003, SystemCall.msr],
  ['msr spsel, #1', 0xd50041bf, SystemCall.msrImmediate],
  ['msr daifset, #2, at EL0', 0xd50342df, SystemCall.msrImmediate],
  ['msr daifclr, #15, at EL0', 0xd5034fff, SystemCall.msrImmediate],
  ['dc ivac, x0', 0xd5087620, SystemCall.sys],
  ['at s1e1r, x0', 0xd5087800, SystemCall.sys],
];
const STAYING: readonly (readonly [string, number, SystemCallNumber])[] = [
  ['mrs x0, sctlr_el1, at EL0', 0xd5381000, SystemCall.mrs],
  ['mrs x0, cntpct_el0', 0xd53be020, SystemCall.mrs],
  ['tlbi vmalle1', 0xd508871f, SystemCall.sys],
  ['sysl x0, #3, c7, c4, #1', 0xd52b7420, SystemCall.sysl],
  ['sev', 0xd503209f, SystemCall.sev],
  ['sevl', 0xd50320bf, SystemCall.sevl],
];

describe('what leaves to the system side', () => {
  it.each(ENDING)('%s ends the block', (_text, word, call) => {
    expect(lift(word)).toMatchObject({
      statements: [{ kind: 'system', call, word, ends: true }],
      ends: true,
      length: 4,
    });
  });
  it.each(STAYING)('%s does not end the block', (_text, word, call) => {
    expect(lift(word)).toMatchObject({
      statements: [{ kind: 'system', call, word, ends: false }],
      ends: false,
      length: 4,
    });
  });
});

describe('what does nothing', () => {
  it.each([
    ['nop', 0xd503201f],
    ['hint #0x7f', 0xd5032fff],
    ['hint #25', 0xd503233f],
    ['dmb sy', 0xd5033fbf],
    ['dsb ish', 0xd5033b9f],
    ['isb', 0xd5033fdf],
  ])('%s', (_text, word) => {
    expect(lift(word)).toMatchObject({ statements: [], ends: false, length: 4 });
  });
});

describe('NZCV is read and written in bits 31:28', () => {
  it('mrs x0, nzcv', () => {
    const bench = new LiftBench({ x0: 0xffff_ffff_ffff_ffffn, nzcv: 0b1010n }).step(0xd53b4200);
    expect(bench.state({ x0: 0n, pc: 0n })).toEqual({ x0: 0xa000_0000n, pc: BENCH_PC + 4n });
  });
  it('msr nzcv, x0', () => {
    const bench = new LiftBench({ x0: 0xffff_ffff_5fff_ffffn, nzcv: 0b1010n }).step(0xd51b4200);
    expect(bench.state({ nzcv: 0n })).toEqual({ nzcv: 0b0101n });
  });
});

describe('floating point and SIMD leave to their trap', () => {
  it.each([
    ['fadd d0, d1, d2', 0x1e622820],
    ['ldr q0, [x1]', 0x3dc00020],
    ['stp d8, d9, [sp, #-16]!', 0x6dbf27e8],
    ['ld1 {v0.16b}, [x0]', 0x4c407000],
    ['ldr s0, .+8', 0x1c000040],
    ['movi v0.2d, #0', 0x6f00e400],
    ['fmov x0, d0', 0x9e660000],
    ['aese v0.16b, v1.16b', 0x4e284820],
  ])('%s', (_text, word) => {
    expect(lift(word).statements).toEqual([{ kind: 'system', call: SystemCall.fpSimd, word, ends: true }]);
  });
});

describe('unallocated encodings are undefined', () => {
  // Each differs from an instruction of ARMv8.0 in a reserved field, or belongs to a later version.
  it.each([
    ['udf #0', 0x00000000],
    ['all ones', 0xffffffff],
    ['add w0, w0, w0, lsl #32', 0x0b008000],
    ['add x0, x0, x0, ror #1', 0x8bc00400],
    ['add x0, x0, w0, uxtb #5', 0x8b201400],
    ['movz w0, #0, lsl #32', 0x52c00000],
    ['movn with opc = 01', 0xb2800000],
    ['and w0, w0 with N = 1', 0x12400000],
    ['orr x0, x0 with an element of all ones', 0xb240fc00],
    ['ubfm w0, w0, #32, #0', 0x53200000],
    ['ubfm x0 with N = 0', 0xd3000000],
    ['extr w0 with imms = 32', 0x13808000],
    ['ldr (register) with option = 000', 0xf8600800],
    ['ldpsw with L = 0', 0x69000000],
    ['ldnp of opc 01', 0x68400000],
    ['ldp of opc 11', 0xe9400000],
    ['prfm, post-index', 0xf8800400],
    ['ccmp with o3 = 1', 0xfa400810],
    ['b.cond with o0 = 1', 0x54000010],
    ['br with op4 = 1', 0xd61f0001],
    ['eret with Rn = 0', 0xd69f0000],
    ['svc with op2 = 1', 0xd4000005],
    ['hlt with LL = 1', 0xd4400001],
    ['crc32x with sf = 0', 0x1ac04c00],
    ['rev of opcode 3 with sf = 0', 0x5ac00c00],
    ['smulh with sf = 0', 0x1b407c00],
    ['ldadd x0, x1, [x2] (ARMv8.1)', 0xf8200041],
    ['cas x0, x1, [x2] (ARMv8.1)', 0xc8a07c41],
    ['casp x0, x1, x2, x3, [x4] (ARMv8.1)', 0x48207c82],
    ['ldlar x0, [x1] (ARMv8.1)', 0xc8df7c20],
    ['msr pan, #1 (ARMv8.1)', 0xd500419f],
    ['ldapr x0, [x1] (ARMv8.3)', 0xf8bfc020],
    ['retaa (ARMv8.3)', 0xd65f0bff],
    ['pacia x0, x1 (ARMv8.3)', 0xdac10020],
    ['ptrue p0.b (SVE)', 0x2518e3e0],
    ['ldtr q0 does not exist', 0x3cc00800],
  ])('%s', (_text, word) => {
    expect(lift(word).statements).toEqual([{ kind: 'system', call: SystemCall.undefined, word, ends: true }]);
  });
});
