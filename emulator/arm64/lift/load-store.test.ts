import { describe, expect, it } from 'vitest';
import { LiftMode, SystemCall } from '../system-calls.ts';
import { BENCH_PC, type Case, LiftBench, outcome } from './bench.ts';

const run = (cases: readonly Case[]): void => {
  it.each(cases)('%s', (...row) => {
    expect(outcome(row)).toEqual(row[3]);
  });
};
const M = 0x8877_6655_4433_2281n;
const ALL = 0xffff_ffff_ffff_ffffn;

describe('sizes and extension', () => {
  const before = { x0: ALL, x1: 0x100n, memory: { 256: M } };
  run([
    ['ldrb w0, [x1]', 0x39400020, before, { x0: 0x81n }],
    ['ldrsb w0, [x1]', 0x39c00020, before, { x0: 0xffff_ff81n }],
    ['ldrsb x0, [x1]', 0x39800020, before, { x0: 0xffff_ffff_ffff_ff81n }],
    ['ldrh w0, [x1, #6]', 0x79400c20, before, { x0: 0x8877n }],
    ['ldrsh w0, [x1, #6]', 0x79c00c20, before, { x0: 0xffff_8877n }],
    ['ldrsh x0, [x1, #6]', 0x79800c20, before, { x0: 0xffff_ffff_ffff_8877n }],
    ['ldr w0, [x1, #4]', 0xb9400420, before, { x0: 0x8877_6655n }],
    ['ldrsw x0, [x1, #4]', 0xb9800420, before, { x0: 0xffff_ffff_8877_6655n }],
    ['ldr x0, [x1]', 0xf9400020, before, { x0: M }],
    ['strb w2, [x1]', 0x39000022, { ...before, x2: 0x1ffn }, { memory: { 256: 0x8877_6655_4433_22ffn } }],
    ['strh w2, [x1, #2]', 0x79000422, { ...before, x2: 0xf_abcdn }, { memory: { 256: 0x8877_6655_abcd_2281n } }],
    ['str w2, [x1, #4]', 0xb9000422, { ...before, x2: ALL }, { memory: { 256: 0xffff_ffff_4433_2281n } }],
    ['str xzr, [x1]', 0xf900003f, before, { memory: { 256: 0n } }],
    ['ldr xzr, [x1]', 0xf940003f, { ...before, sp: 5n }, { sp: 5n }],
  ]);
});

describe('addressing modes', () => {
  const at = (address: number) => ({ memory: { [address]: 0x77n } });
  run([
    ['ldr x0, [x1, #32760]', 0xf97ffc20, { x1: 8n, ...at(0x8000) }, { x0: 0x77n, x1: 8n }],
    ['ldur x0, [x1, #-256]', 0xf8500020, { x1: 0x200n, ...at(0x100) }, { x0: 0x77n }],
    ['ldr x0, [x1, #-8]!', 0xf85f8c20, { x1: 0x108n, ...at(0x100) }, { x0: 0x77n, x1: 0x100n }],
    ['ldr x0, [x1], #255', 0xf84ff420, { x1: 0x100n, ...at(0x100) }, { x0: 0x77n, x1: 0x1ffn }],
    ['str x0, [sp, #-16]!', 0xf81f0fe0, { x0: 0x77n, sp: 0x110n }, { sp: 0x100n, ...at(0x100) }],
    ['ldr x0, [x1, x2]', 0xf8626820, { x1: 0x180n, x2: -0x80n & ALL, ...at(0x100) }, { x0: 0x77n }],
    ['ldr x0, [x1, x2, lsl #3]', 0xf8627820, { x1: 0xf8n, x2: 1n, ...at(0x100) }, { x0: 0x77n }],
    ['ldr x0, [x1, w2, uxtw]', 0xf8624820, { x1: 0n, x2: 0xffff_ffff_0000_0100n, ...at(0x100) }, { x0: 0x77n }],
    ['ldrh w0, [x1, w2, sxtw #1]', 0x7862d820, { x1: 0x102n, x2: 0xffff_ffffn, ...at(0x100) }, { x0: 0x77n }],
    ['ldr w0, [sp, xzr, sxtx #2]', 0xb87ffbe0, { sp: 0x100n, ...at(0x100) }, { x0: 0x77n }],
    ['ldr x0, .+0x100', 0x58000800, { pc: 0x1000n, ...at(0x1100) }, { x0: 0x77n }],
    ['ldrsw x0, .-4', 0x98ffffe0, { pc: 0x1004n, memory: { 4096: 0x8000_0000n } }, { x0: 0xffff_ffff_8000_0000n }],
    ['ldr w0, .+8', 0x18000040, { pc: 0xff8n, memory: { 4096: ALL } }, { x0: 0xffff_ffffn }],
  ]);
});

describe('pairs', () => {
  const memory = { 256: 0x1111_1111_8000_0000n, 264: 0x2222n };
  run([
    ['ldp x0, x2, [x1]', 0xa9400820, { x1: 0x100n, memory }, { x0: 0x1111_1111_8000_0000n, x2: 0x2222n }],
    ['ldp w0, w2, [x1, #-256]', 0x29600820, { x1: 0x200n, memory }, { x0: 0x8000_0000n, x2: 0x1111_1111n }],
    [
      'ldpsw x0, x2, [x1], #8',
      0x68c10820,
      { x1: 0x100n, memory },
      { x0: 0xffff_ffff_8000_0000n, x2: 0x1111_1111n, x1: 0x108n },
    ],
    [
      'stp x0, xzr, [sp, #-16]!',
      0xa9bf7fe0,
      { x0: 5n, sp: 0x110n, memory },
      { sp: 0x100n, memory: { 256: 5n, 264: 0n } },
    ],
    ['stp w0, w1, [x2, #4]', 0x29008440, { x0: 5n, x1: 6n, x2: 0xfcn, memory }, { memory: { 256: 0x6_0000_0005n } }],
    ['ldnp x0, x2, [x1, #504]', 0xa85f8820, { x1: 0x100n - 504n, memory }, { x0: 0x1111_1111_8000_0000n, x2: 0x2222n }],
    ['stnp x0, x1, [x2]', 0xa8000440, { x0: 1n, x1: 2n, x2: 0x100n }, { memory: { 256: 1n, 264: 2n } }],
  ]);

  it('is one access of both registers', () => {
    const bench = new LiftBench({ x1: 0x100n }).step(0xa9400820);
    expect(bench.accesses).toEqual(['load 0x100 16']);
  });
});

describe('CONSTRAINED UNPREDICTABLE choices, K1.2', () => {
  run([
    ['.inst 0xf8408421 // ldr x1, [x1], #8', 0xf8408421, { x1: 0x100n, memory: { 256: 7n } }, { x1: 0x108n }],
    ['.inst 0xf8008c21 // str x1, [x1, #8]!', 0xf8008c21, { x1: 0xf8n }, { x1: 0x100n, memory: { 256: 0xf8n } }],
    [
      '.inst 0xa8c10821 // ldp x1, x2, [x1], #16',
      0xa8c10821,
      { x1: 0x100n, memory: { 264: 9n } },
      { x1: 0x110n, x2: 9n },
    ],
    ['.inst 0xa9400020 // ldp x0, x0, [x1]', 0xa9400020, { x1: 0x100n, memory: { 256: 3n, 264: 4n } }, { x0: 3n }],
  ]);
});

describe('prefetches do nothing', () => {
  it.each([
    ['prfm pldl1keep, [x1, #8]', 0xf9800420],
    ['prfum pldl1keep, [x1, #-1]', 0xf89ff020],
    ['prfm pstl3strm, [x1, x2]', 0xf8a26835],
    ['prfm pldl1keep, .+8', 0xd8000040],
  ])('%s', (_text, word) => {
    const bench = new LiftBench({}).step(word, LiftMode.alignmentCheck | LiftMode.spCheck);
    expect([bench.accesses, bench.calls, bench.state({ pc: 0n })]).toEqual([[], [], { pc: BENCH_PC + 4n }]);
  });
});

describe('LDTR, STTR (C6.2): EL0 permissions from EL1 alone', () => {
  const loads: readonly (readonly [number, string])[] = [
    [0, 'load 0x100 8'],
    [1, 'load user 0x100 8'],
    [2, 'load 0x100 8'],
    [3, 'load 0x100 8'],
  ];
  it.each(loads)('ldtr x0, [x1] at EL%i is "%s"', (el, access) => {
    expect(new LiftBench({ x1: 0x100n }).step(0xf8400820, el).accesses).toEqual([access]);
  });

  it('sttrb w0, [x1, #-1] at EL1 stores with EL0 permissions', () => {
    expect(new LiftBench({ x1: 0x100n }).step(0x381ff820, 1).accesses).toEqual(['store user 0xff 1']);
  });
});

describe('alignment checks (SCTLR_ELx.A, D5.9)', () => {
  const ALIGNMENT = [{ call: SystemCall.alignment, word: 0 }];
  const step = (word: number, base: bigint, mode: number) => {
    const bench = new LiftBench({ x1: base, sp: base }).step(word, mode);
    return { accesses: bench.accesses, calls: bench.calls.map(({ call }) => ({ call, word: 0 })) };
  };

  it.each([
    ['ldr x0, [x1]', 0xf9400020, 4n],
    ['str w0, [x1]', 0xb9000020, 2n],
    ['ldrh w0, [x1]', 0x79400020, 1n],
    ['ldp x0, x2, [x1]', 0xa9400820, 4n],
    ['ldpsw x0, x2, [x1]', 0x69400820, 2n],
    ['ldr x0, [x1], #8', 0xf8408420, 1n],
    ['ldtr x0, [x1]', 0xf8400820, 4n],
  ])('%s leaves before the access if its address is not a multiple of the register size', (_text, word, base) => {
    expect(step(word, base, LiftMode.alignmentCheck)).toEqual({ accesses: [], calls: ALIGNMENT });
    expect(step(word, base, 0).calls).toEqual([]);
  });

  it.each([
    ['ldrb w0, [x1]', 0x39400020, 1n, 'load 0x1 1'],
    ['ldp x0, x2, [x1]', 0xa9400820, 8n, 'load 0x8 16'],
    ['ldr x0, [x1, #8]', 0xf9400420, 0n, 'load 0x8 8'],
  ])('%s does not', (_text, word, base, access) => {
    expect(step(word, base, LiftMode.alignmentCheck)).toEqual({ accesses: [access], calls: [] });
  });

  it('the address of the access is told in EXIT_VA', () => {
    const bench = new LiftBench({ x1: 0xffff_0000_0000_0000n }).step(0xf8401020, LiftMode.alignmentCheck);
    expect(bench.readSlot(41)).toBe(0xffff_0000_0000_0001n);
  });

  it('SP as a base must be a multiple of 16 if SCTLR_ELx.SA is set, whatever the offset (D1.8.2)', () => {
    const LDR_SP = 0xf94007e0; // ldr x0, [sp, #8]
    expect(step(LDR_SP, 8n, LiftMode.spCheck).calls).toEqual([{ call: SystemCall.spAlignment, word: 0 }]);
    expect(step(LDR_SP, 16n, LiftMode.spCheck)).toEqual({ accesses: ['load 0x18 8'], calls: [] });
    expect(step(LDR_SP, 8n, 0).calls).toEqual([]);
  });
});
