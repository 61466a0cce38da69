import { describe, expect, test } from 'vitest';
import type { MatrixRow } from '../scenarios/matrix.ts';
import type { Result } from '../scenarios/result.ts';
import { palette } from './colour.ts';
import { commandLine } from './command-line.ts';
import { fillMatrix, type MatrixResults, matrixSummary, matrixTable } from './matrix.ts';

const PLAIN = palette(false);
const row = (id: string, variant: string | null, hasSiblings = false): MatrixRow => {
  return { kind: variant === null ? 'workload' : 'attack', id, title: id, variant, hasSiblings };
};
const result = (over: Partial<Result> = {}) =>
  ({
    scenario: 'arm64.a',
    attack: 'arm64.a',
    variant: 'x',
    system: 'tvmi',
    ablations: [],
    seed: 1,
    end: 'power-off',
    effect: 'blocked',
    detection: 'detected',
    agrees: true,
    expected: { effect: 'blocked', detection: 'detected', reason: 'r' },
    ...over,
  }) as Result;

const wrong = result({ agrees: false, effect: 'succeeded', detection: 'missed', ablations: ['no-tvm'] });
const results: MatrixResults = {
  columns: [
    { system: 'tvmi', ablations: [] },
    { system: 'tvmi', ablations: ['no-tvm'] },
    { system: 'none', ablations: [] },
  ],
  rows: [row('arm64.a', 'x', true), row('benign.b', null)],
  cells: [
    [result(), wrong, null],
    [result({ effect: null, detection: 'silent' }), null, null],
  ],
};

describe('the table', () => {
  const lines = matrixTable(results, PLAIN).split('\n');

  test('has a heading in which ablations are numbers, and a line for each row', () => {
    expect(lines[0]).toBe('             tvmi  1   none');
    expect(lines[1]).toBe('arm64.a (x)  PD    M!  -');
    expect(lines[2]).toBe('benign.b     s     -   -');
  });

  test('explains every mark and every number in it, and no others', () => {
    const key = lines.slice(4);
    expect(key).toContain('  PD  prevented and detected');
    expect(key).toContain('   -  no rule: the record says nothing of this system');
    expect(key).toContain('   !  not as expected');
    expect(key).toContain('   1  tvmi with no-tvm');
    expect(key.filter((line) => line !== '')).toHaveLength(6);
  });

  test('is the same text with and without colour', () => {
    const coloured = matrixTable(results, palette(true));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes are what is taken out
    expect(coloured.replace(/\u001b\[[\d;]*m/g, '')).toBe(lines.join('\n'));
    expect(coloured).toContain('\u001b[1;41;97mM!');
  });
});

describe('the summary', () => {
  test('names each run that differs with the command that shows it, and counts at its end', () => {
    const lines = matrixSummary(results, PLAIN).trimEnd().split('\n');
    expect(lines).toEqual([
      'expected blocked/detected, found succeeded/missed: ringwarden run arm64.a --system tvmi --ablate no-tvm --variant x --seed 1',
      '1 of 2 rows as expected: 2 of 3 runs, 3 cells without a rule',
    ]);
  });

  test('says so where every row is as expected', () => {
    const good = { ...results, cells: [[result(), result(), result()], results.cells[1]] };
    expect(matrixSummary(good, PLAIN)).toBe('every row (2) as expected: 4 of 4 runs, 2 cells without a rule\n');
  });
});

test('results go back into the cells that had a scenario, in their order', () => {
  const scenario = {} as never;
  const plan = {
    columns: results.columns,
    rows: results.rows,
    cells: [
      [scenario, null, scenario],
      [null, scenario, null],
    ],
  };
  const list = [result({ seed: 1 }), result({ seed: 2 }), result({ seed: 3 })];
  expect(fillMatrix(plan, list).cells.map((cells) => cells.map((cell) => cell?.seed ?? null))).toEqual([
    [1, null, 2],
    [null, 3, null],
  ]);
});

test('the command of a run names all that its composition is made of', () => {
  expect(commandLine(result({ system: 'none', variant: null, scenario: 'benign.b', attack: null, seed: 3 }))).toBe(
    'ringwarden run benign.b --no-monitor --seed 3',
  );
});
