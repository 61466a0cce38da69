import { describe, expect, test } from 'vitest';
import { cyclesOf, profileNamed } from '../emulator/cost/profiles.ts';
import type { Result } from '../scenarios/result.ts';
import { palette } from './colour.ts';
import { type Measured, misfits, overheads } from './overhead.ts';
import { costsText, milliseconds, spreadText } from './overhead-text.ts';

const A57 = profileNamed('juno-a57')!;
const DONE = ['el3: loaded', 'g0: pid 2 copy 12', 'g1: pid 2 copy 12', 'g0: done 12'];

function measured(
  period: number | null,
  seed: number,
  counts: Record<string, number>,
  over: Partial<Result> = {},
): Measured {
  const system = period === null ? 'none' : 'tvmi';
  const work = { instructions: counts.instructions, counts, cycles: cyclesOf(counts) };
  const result = { system, scenario: 'benign.copy', ablations: [], variant: null, seed, work } as unknown as Result;
  const rest = { detection: 'silent', serial: { uart0: DONE }, ...over };
  const point = { workload: 'benign.copy', system, period, seed, scenario: {} as never };
  return { point, result: { ...result, ...rest } as Result };
}

const runs = [
  measured(null, 1, { instructions: 1000 }),
  measured(500, 1, { instructions: 1500 }),
  measured(9000, 1, { instructions: 1000, 'exception.smc.el3': 1 }),
  measured(null, 2, { instructions: 2000 }),
  measured(500, 2, { instructions: 4000 }),
];

describe('overhead', () => {
  test('is the mean over seeds of cycles with the monitor over those of the same seed without, less one', () => {
    const [first] = overheads(runs, A57);
    expect(first).toMatchObject({ workload: 'benign.copy', system: 'tvmi', period: 500, seeds: 2 });
    expect(first.bounds.mid).toEqual({ mean: 0.75, min: 0.5, max: 1 });
  });

  test('is told at both ends of the range of prices', () => {
    const { bounds } = overheads(runs, A57)[1];
    expect([bounds.low.mean, bounds.high.mean].map((value) => value.toFixed(3))).toEqual(['0.470', '0.650']);
  });

  test.each([
    ['the monitor raised an alarm', { detection: 'false-alarm' }],
    ['the guests did not come to the end of their work', { work: null }],
    ['the guests did other work', { serial: { uart0: [...DONE.slice(0, 3), 'g0: done 13'] } }],
  ] as const)('is not told where %s', (reason, over) => {
    const wrong = measured(500, 1, { instructions: 1500 }, over as unknown as Partial<Result>);
    const list = [runs[0], wrong];
    expect(overheads(list, A57)).toEqual([]);
    expect(misfits(list).map((misfit) => misfit.reason)).toEqual([reason]);
  });

  test('does not mind in what order the lines of two guests came', () => {
    const uart0 = [DONE[0], DONE[2], DONE[1], DONE[3]];
    expect(misfits([runs[0], measured(500, 1, { instructions: 1500 }, { serial: { uart0 } })])).toEqual([]);
  });
});

describe('the text of costs', () => {
  const text = costsText(runs, [A57], palette(false));

  test('has a column for each period and a row for each workload and system', () => {
    expect(text).toMatch(/^a poll every +0\.008 ms +0\.14 ms$/m);
    expect(text).toMatch(/^copy, tvmi +75 % \(50 to 100\) +55 %$/m);
    expect(text).toMatch(/^all workloads, tvmi, low prices +75 % +47 %$/m);
  });

  test('tells what the work was made of, at the shortest period', () => {
    expect(text).toMatch(/^ +instructions +secure calls .* bytes hashed$/m);
    expect(text).toMatch(/^copy, no monitor +1 500 +0 /m);
    expect(text).toMatch(/^copy, tvmi +2 750 +0 /m);
  });

  test('marks each price as published or an estimate, the published ones first', () => {
    const prices = text.slice(text.indexOf('Prices of juno-a57'));
    expect(prices.indexOf('(published; ')).toBeGreaterThan(0);
    expect(prices.lastIndexOf('(published; ')).toBeLessThan(prices.indexOf('(estimate; '));
  });

  test('ends with how many runs could be compared, after the command of each that could not', () => {
    const alarm = measured(500, 1, { instructions: 1500 }, { detection: 'false-alarm' });
    const lines = costsText([runs[0], alarm], [A57], palette(false)).trimEnd().split('\n');
    expect(lines.at(-2)).toMatch(
      /^the monitor raised an alarm: ringwarden run benign\.copy --system tvmi .*period 500$/,
    );
    expect(lines.at(-1)).toMatch(/^0 of 1 runs did the same work/);
  });
});

test('periods are told in milliseconds of the machine, and spreads only where there are any', () => {
  expect(milliseconds(62_500)).toBe('1 ms');
  expect(spreadText({ mean: 0.0123, min: 0.01, max: 0.02 })).toBe('1.2 % (1.0 to 2.0)');
  expect(spreadText({ mean: -0.0001, min: -0.0001, max: -0.0001 })).toBe('0.0 %');
  expect(spreadText({ mean: 2, min: 2, max: 2 })).toBe('200 %');
});
