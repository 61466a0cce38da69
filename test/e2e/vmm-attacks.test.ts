import { expect, test } from 'vitest';
import { rows } from './attacks.ts';
import { runOf } from './runs.ts';

test.each(rows((id) => id.startsWith('arm64.')))('$name', async ({ id, overrides, effect, detection, end }) => {
  const result = await runOf(id, overrides);
  expect([result.end, result.effect, result.detection]).toEqual([end, effect, detection]);
  expect(result.agrees).toBe(true);
  expect(result.unimplemented).toEqual([]);
});
