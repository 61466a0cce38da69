import { expect, test } from 'vitest';
import { ATTACKS } from '../attacks/index.ts';
import { systemNamed } from '../monitor/index.ts';
import { matrixAttacks, matrixSystems, matrixWorkloads, planMatrix } from './matrix.ts';

const selection = {
  systems: ['tvmi', 'none'],
  attacks: ['arm64.vttbr.swap'],
  workloads: ['benign.pipe'],
  ablations: true,
};

test('a system has a column for itself and one for each ablation, and none has one', () => {
  const { columns } = planMatrix(selection);
  const names = systemNamed('tvmi')!.ablations.map(({ name }) => name);
  expect(columns.map(({ system, ablations }) => [system, ...ablations])).toEqual([
    ['tvmi'],
    ...names.map((name) => ['tvmi', name]),
    ['none'],
  ]);
  expect(planMatrix({ ...selection, ablations: false }).columns).toHaveLength(2);
});

test('each variant of an attack is a row, and each workload is one', () => {
  const { rows } = planMatrix(selection);
  expect(rows.map(({ kind, id, variant }) => [kind, id, variant])).toEqual([
    ['attack', 'arm64.vttbr.swap', 'msr'],
    ['attack', 'arm64.vttbr.swap', 'smc'],
    ['workload', 'benign.pipe', null],
  ]);
});

test('a cell is the scenario of its row under the monitor of its column, with the seed that was asked for', () => {
  const { columns, cells } = planMatrix({ ...selection, seed: 9 });
  for (const [index, { system, ablations }] of columns.entries()) {
    expect(cells[1][index]).toMatchObject({ attack: 'arm64.vttbr.swap', variant: 'smc', seed: 9 });
    expect(cells[1][index]).toMatchObject({ monitor: system, ablations });
    expect(cells[2][index]!.attack).toBeUndefined();
  }
});

test('a cell for which the record has no rule is empty, and an empty matrix is a usage error', () => {
  const record = ATTACKS.find((attack) => attack.record.id === 'arm64.vttbr.swap')!.record;
  const expectations = record.expectations.filter(({ system }) => system !== 'none');
  const kept = record.expectations;
  Object.assign(record, { expectations });
  try {
    const { cells } = planMatrix({ ...selection, ablations: false });
    expect(cells[0].map((cell) => cell === null)).toEqual([false, true]);
    expect(() => planMatrix({ ...selection, systems: ['none'], workloads: [] })).toThrow(/nothing to run/);
  } finally {
    Object.assign(record, { expectations: kept });
  }
});

test('the whole matrix holds every attack, every system and every workload', () => {
  expect(matrixAttacks()).toEqual(ATTACKS.map(({ record }) => record.id));
  expect(matrixSystems().slice(-1)).toEqual(['none']);
  expect(matrixWorkloads()).toContain('benign.mixed');
  expect(matrixWorkloads()).not.toContain('arm64.vttbr.swap');
});
