import { describe, expect, test } from 'vitest';
import { cyclesOf, profileNamed } from '../../emulator/cost/profiles.ts';
import type { Result } from '../../scenarios/result.ts';
import type { Measured } from '../overhead.ts';
import { overheads } from '../overhead.ts';
import { scriptData } from './markup.ts';
import { page } from './page.ts';
import { apart, overheadPlot } from './plot.ts';
import type { ToldRun } from './run-data.ts';

const HOSTILE = '</script><script>alert(1)</script>';
const counts = { instructions: 10, 'exception.smc.el3': 2 };

function told(system: string, over: Partial<Result> = {}): ToldRun {
  const result = {
    scenario: 'guest.syscall.hook',
    attack: 'guest.syscall.hook',
    variant: 'table',
    system,
    ablations: [],
    seed: 1,
    run: 'ab'.repeat(32),
    configuration: { title: HOSTILE },
    end: 'power-off',
    effect: 'succeeded',
    detection: 'detected',
    agrees: true,
    expected: { effect: 'succeeded', detection: 'detected', reason: HOSTILE },
    alarms: [{ id: 'guest.syscall-table', component: 'agent', instruction: 5, cycles: {}, cause: HOSTILE }],
    latency: null,
    counts,
    cycles: cyclesOf(counts),
    unimplemented: [],
    ...over,
  } as unknown as Result;
  return { result, events: [{ time: 3, kind: 'alarm', text: HOSTILE }] };
}

const scenario = {} as never;
const row = {
  kind: 'attack',
  id: 'guest.syscall.hook',
  title: 'A <hook>',
  variant: 'table',
  hasSiblings: false,
} as const;
const plan = {
  columns: [
    { system: 'tvmi', ablations: [] },
    { system: 'tvmi', ablations: ['no-tvm'] },
    { system: 'none', ablations: [] },
  ],
  rows: [row],
  cells: [[scenario, scenario, null]],
};
const runs = [told('tvmi'), told('tvmi', { ablations: ['no-tvm'], detection: 'missed', agrees: false })];
const text = page({ matrix: { plan, runs } });
const data = JSON.parse(/<script type="application\/json" id="runs">(.*)<\/script>/.exec(text)![1]);

describe('the page', () => {
  test('has nothing in it that leads elsewhere', () => {
    expect(text).not.toMatch(/\b(?:src|href)="(?!data:)|url\(|@import|https?:/);
  });

  test('never lets what a run says become markup', () => {
    expect(text).not.toContain(HOSTILE);
    expect(data.runs[0].reason).toBe(HOSTILE);
    expect(scriptData('</script>')).toBe('"\\u003c/script>"');
  });

  test('tells each run once, with counts under names that stand once', () => {
    expect(data.runs).toHaveLength(2);
    expect(data.events).toEqual(['exception.smc.el3', 'instructions']);
    expect(data.runs[0].counts).toEqual([1, 10, 0, 2]);
    expect(data.runs[0].steps).toEqual([[3, 'alarm', HOSTILE]]);
    expect(data.runs[1].command).toContain('--ablate no-tvm');
  });

  test('marks a cell that is not as expected, one that an ablation changes, and one without a run', () => {
    const buttons = [...text.matchAll(/<button[^>]*id="cell-0-(\d)" class="([^"]*)"/g)].map((match) => match[2]);
    expect(buttons).toEqual(['warn', 'wrong flip']);
    expect(text).toContain('<div class="none"');
    expect(text).toContain('class="summary bad"');
  });

  test('names each cell for those who do not see the table', () => {
    expect(text).toContain('aria-label="guest.syscall.hook, tvmi: succeeded, and was detected, as expected"');
    expect(text).toContain('<th scope="row" class="mono" title="A &lt;hook&gt;">');
  });

  test('is the same text for the same content', () => {
    expect(page({ matrix: { plan, runs } })).toBe(text);
  });
});

describe('the drawing of overhead', () => {
  const point = (workload: string, period: number | null, instructions: number): Measured => {
    const work = { instructions, counts: { instructions }, cycles: cyclesOf({ instructions }) };
    const result = { work, detection: 'silent', serial: { uart0: [] } } as unknown as Result;
    return { point: { workload, system: 'tvmi', period, seed: 1, scenario }, result };
  };
  const measured = ['benign.copy', 'benign.pipe'].flatMap((workload, index) => [
    point(workload, null, 1000),
    point(workload, 1000, 3000 + 1000 * index),
    point(workload, 10_000, 1000),
  ]);
  const svg = overheadPlot(overheads(measured, profileNamed('juno-a57')!), 'Overhead & <more>');

  test('has a curve and a label for each workload and a tick for each period', () => {
    expect(svg.match(/class="curve"/g)).toHaveLength(2);
    expect(svg).toContain('>copy</text>');
    expect(svg).toContain('>0.016 ms</text>');
    expect(svg).toContain('aria-label="Overhead &amp; &lt;more>"'.replace('more>', 'more&gt;'));
  });

  test('shows an overhead of nothing at the foot of its axis, since a logarithm has no zero', () => {
    expect(svg).not.toMatch(/NaN|Infinity/);
  });

  test('moves labels apart that would touch, and keeps them within', () => {
    expect(apart([10, 12, 100], 15, 0, 200)).toEqual([10, 25, 100]);
    expect(apart([195, 198], 15, 0, 200)).toEqual([185, 200]);
    const many = apart([50, 50, 50, 50], 15, 0, 60);
    expect([...many].sort((a, b) => a - b)).toEqual([15, 30, 45, 60]);
  });
});
