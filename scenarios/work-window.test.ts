import { expect, test } from 'vitest';
import { cyclesOf } from '../emulator/cost/profiles.ts';
import { WorkWindow } from './work-window.ts';

test('work is what happened between the two moments, and its cycles are those of its counts', () => {
  const window = new WorkWindow();
  window.begin({ instructions: 100, 'walk.stage1': 3, 'exception.smc.el3': 7 });
  window.end({ instructions: 1100, 'walk.stage1': 8, 'walk.stage2': 2, 'exception.smc.el3': 7 });
  const counts = { instructions: 1000, 'walk.stage1': 5, 'walk.stage2': 2 };
  expect(window.work()).toEqual({ instructions: 1000, counts, cycles: cyclesOf(counts) });
});

test('only the first of each moment counts', () => {
  const window = new WorkWindow();
  for (const instructions of [100, 500]) window.begin({ instructions });
  for (const instructions of [600, 900]) window.end({ instructions });
  expect(window.work()!.instructions).toBe(500);
});

test('there is no work where guests did not come to their end', () => {
  const window = new WorkWindow();
  expect(window.work()).toBeNull();
  window.begin({ instructions: 1 });
  expect(window.work()).toBeNull();
});
