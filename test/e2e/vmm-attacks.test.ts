import { expect, test } from 'vitest';
import { rows } from './attacks.ts';
import { runOf } from './runs.ts';

test.each(rows((id) => id.startsWith('arm64.')))('$name', async ({ id, overrides, effect, detections, end }) => {
  const result = await runOf(id, overrides);
  expect([result.end, result.effect]).toEqual([end, effect]);
  expect(detections).toContain(result.detection);
  expect(result.agrees).toBe(true);
  expect(result.unimplemented).toEqual([]);
});
