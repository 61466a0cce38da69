import { describe, expect, it } from 'vitest';
import { lineOf, median, rowsOf } from '../../bench/figures.ts';
import { KERNELS } from '../../bench/kernels.ts';
import type { Subject } from '../../bench/subject.ts';

const subject = (name: string): Subject => ({
  ...{ name, version: '1', absent: () => undefined },
  run: () => Promise.reject(new Error('not run here')),
});
const pair = (quarter: number, whole: number, instructions?: number) => ({
  quarter: { ms: quarter, result: 1n },
  whole: { ms: whole, result: 1n, ...(instructions !== undefined && { instructions }) },
});
const flat = KERNELS.find((k) => k.name === 'flat')!;

describe('figures of the benchmark', () => {
  it('medians are the middle of the sorted values', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 9, 2])).toBe(3);
  });

  it('ratios are taken pair by pair, and say how many times as fast a subject is as the other', () => {
    const [ours, theirs] = [subject('ours'), subject('theirs')];
    const rows = rowsOf(
      flat,
      new Map([
        [ours, [pair(10, 20, 4e6), pair(30, 50, 4e6), pair(10, 30, 4e6)]],
        [theirs, [pair(20, 60), pair(30, 60), pair(10, 30)]],
      ]),
    );
    expect(rows[0].ratios.theirs).toEqual({ quarter: 1, whole: 1.2, steady: 1.5 });
    expect(rows[1].ratios.ours.whole).toBeCloseTo(1 / 1.2);
    expect(rows[1].instructions).toBe(4e6);
  });

  it('the steady state is what is left when a quarter of the rounds is taken off', () => {
    const [row] = rowsOf(flat, new Map([[subject('ours'), [pair(40, 100, 6e6)]]]));
    expect(row.ms).toEqual({ quarter: 40, whole: 100, steady: 60 });
    expect(lineOf(row)).toMatch(/60 MIPS +75 MIPS/);
  });

  it('kernels have names and numbers of their own', () => {
    for (const key of ['name', 'number'] as const)
      expect(new Set(KERNELS.map((k) => k[key])).size).toBe(KERNELS.length);
  });
});
