import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { runKey } from './key.ts';
import { PACKAGE_ROOT } from './paths.ts';
import { type Result, resultJsonSchema, resultLine } from './result.ts';
import { scenarioSchema } from './schema.ts';

const shipped = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'docs', 'result.schema.json'), 'utf8'));
const scenario = scenarioSchema.parse({ schema: 1, name: 'a.b', title: 't' });

const result: Result = {
  unimplemented: [],
  serial: { uart1: ['x'], uart0: [] },
  schema: 1,
  run: 'ab'.repeat(32),
  scenario: 'a.b',
  system: 'tvmi',
  ablations: [],
  attack: null,
  variant: null,
  arch: 'arm64',
  seed: 1,
  engine: '0.1.0',
  image: { vmm: 'cd'.repeat(32), el3: 'ef'.repeat(32) },
  configuration: scenario,
  expected: { effect: null, detection: 'silent', reason: 'r' },
  end: 'power-off',
  effect: null,
  detection: 'silent',
  agrees: true,
  alarms: [],
  latency: null,
  counts: { z: 1, a: 2 },
  work: null,
  cycles: {},
};

test('the JSON Schema that is shipped is the one of the code', () => {
  expect(shipped).toEqual(JSON.parse(JSON.stringify(resultJsonSchema())));
});

test('a result line passes a validator made from the shipped schema, and a wrong one does not', () => {
  const validator = z.fromJSONSchema(shipped);
  expect(validator.safeParse(JSON.parse(resultLine(result))).success).toBe(true);
  for (const wrong of [{ schema: 2 }, { effect: 'stopped' }, { run: 'abc' }, { extra: 1 }, { alarms: [{}] }]) {
    expect(validator.safeParse({ ...result, ...wrong }).success, JSON.stringify(wrong)).toBe(false);
  }
});

test('the keys of a line come in the order of the schema, those of its records in alphabetical order', () => {
  const keys = Object.keys(JSON.parse(resultLine(result)));
  expect(keys.slice(0, 4)).toEqual(['schema', 'run', 'scenario', 'system']);
  expect(keys).toHaveLength(Object.keys(result).length);
  expect(resultLine(result)).toContain('"counts":{"a":2,"z":1}');
  expect(resultLine(result)).toContain('"image":{"el3":');
});

test('the run key depends on images, scenario, seed and engine, and not on the order of keys', () => {
  const images = { vmm: 'a', el3: 'b' };
  const key = runKey(scenario, images, '1');
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(runKey(scenario, { el3: 'b', vmm: 'a' }, '1')).toBe(key);
  expect(runKey({ ...scenario, seed: 2 }, images, '1')).not.toBe(key);
  expect(runKey({ ...scenario, workload: 'pipe' }, images, '1')).not.toBe(key);
  expect(runKey(scenario, { ...images, vmm: 'c' }, '1')).not.toBe(key);
  expect(runKey(scenario, images, '2')).not.toBe(key);
});
