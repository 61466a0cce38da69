import { describe, expect, it } from 'vitest';
import { LiftMode, SystemCall } from '../system-calls.ts';
import { type Case, LiftBench, outcome } from './bench.ts';

const W = {
  LDXR: 0xc85f7c20, // ldxr x0, [x1]
  STXR: 0xc8037c22, // stxr w3, x2, [x1]
  LDXP: 0xc87f1420, // ldxp x0, x5, [x1]
  STXP: 0xc8231022, // stxp w3, x2, x4, [x1]
  CLREX: 0xd5033f5f, // clrex
  LDXP_W: 0x887f9420, // ldaxp w0, w5, [x1]
  STXP_W: 0x88239022, // stlxp w3, w2, w4, [x1]
} as const;

const before = { x1: 0x100n, x2: 0x77n, x3: 9n, x4: 0x88n, memory: { 256: 1n, 264: 2n } };

describe('exclusives (B2.9)', () => {
  it('a store-exclusive after its load-exclusive stores and says 0', () => {
    const bench = new LiftBench(before).step(W.LDXR).step(W.STXR);
    expect(bench.state({ x0: 0n, x3: 0n, memory: { 256: 0n } })).toEqual({ x0: 1n, x3: 0n, memory: { 256: 0x77n } });
  });

  it('a second store-exclusive fails with 1: the monitor is open', () => {
    const bench = new LiftBench(before).step(W.LDXR).step(W.STXR).step(W.STXR);
    expect(bench.state({ x3: 0n })).toEqual({ x3: 1n });
  });

  it('CLREX opens the monitor', () => {
    const bench = new LiftBench(before).step(W.LDXR).step(W.CLREX).step(W.STXR);
    expect(bench.state({ x3: 0n, memory: { 256: 0n } })).toEqual({ x3: 1n, memory: { 256: 1n } });
  });

  it.each([
    ['64-bit', W.LDXP, W.STXP, { x0: 1n, x5: 2n, x3: 0n, memory: { 256: 0x77n, 264: 0x88n } }],
    ['32-bit', W.LDXP_W, W.STXP_W, { x0: 1n, x5: 0n, x3: 0n, memory: { 256: 0x88_0000_0077n, 264: 2n } }],
  ] as const)('a %s pair is loaded and stored whole', (_size, load, store, after) => {
    expect(new LiftBench(before).step(load).step(store).state(after)).toEqual(after);
  });

  it.each([
    ['ldxr x0, [x1]', 0xc85f7c20, 0x104n],
    ['ldaxrh w0, [x1]', 0x485ffc20, 0x101n],
    ['stxr w3, w2, [x1]', 0x88037c22, 0x102n],
    ['ldxp x0, x5, [x1]', 0xc87f1420, 0x108n],
    ['ldxp w0, w5, [x1]', 0x887f1420, 0x104n],
    ['ldar x0, [x1]', 0xc8dffc20, 0x104n],
    ['stlrh w0, [x1]', 0x489ffc20, 0x101n],
  ])('%s requires an address aligned to the whole access without SCTLR_ELx.A', (_text, word, base) => {
    const bench = new LiftBench({ x1: base }).step(word);
    expect(bench.calls).toEqual([{ call: SystemCall.alignment, word }]);
    expect(bench.accesses).toEqual([]);
  });

  it('SP as a base is checked first', () => {
    const LDXR_SP = 0xc85f7fe0; // ldxr x0, [sp]
    expect(new LiftBench({ sp: 8n }).step(LDXR_SP, LiftMode.spCheck).calls[0]?.call).toBe(SystemCall.spAlignment);
  });
});

describe('load-acquire, store-release', () => {
  const cases: readonly Case[] = [
    ['ldarb w0, [x1]', 0x08dffc20, { x1: 0x101n, memory: { 256: 0xab00n } }, { x0: 0xabn }],
    ['ldar w0, [x1]', 0x88dffc20, { x1: 0x104n, memory: { 256: 0x8000_0000_0000_0000n } }, { x0: 0x8000_0000n }],
    ['stlr x0, [x1]', 0xc89ffc20, { x0: 5n, x1: 0x100n }, { memory: { 256: 5n } }],
    ['stlrb w0, [sp]', 0x089fffe0, { x0: 0x1ffn, sp: 0x100n }, { memory: { 256: 0xffn } }],
  ];
  it.each(cases)('%s', (...row) => {
    expect(outcome(row)).toEqual(row[3]);
  });
});
