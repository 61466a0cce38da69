import { expect, test } from 'vitest';
import { EventCounts } from '../emulator/cost/counts.ts';
import { CostClock } from './cost-clock.ts';

test('between two moments stand the time that passed and the price of what happened meanwhile', () => {
  const counts = new EventCounts();
  const clock = new CostClock(counts);
  counts.count('exception.smc.el3');
  clock.mark(100);
  counts.count('exception.smc.el3');
  counts.count('exception.hvc.el2');
  clock.mark(1100);
  expect(clock.at(100)['juno-a57.low']).toBe(100 + 470);
  expect(clock.between(100, 1100)['juno-a57.low']).toBe(1000 + 470 + 40);
  expect(clock.between(100, 1100)['juno-a53.high']).toBe(1000 + 1990 + 80);
});

test('a moment that was not kept is an error', () => {
  expect(() => new CostClock(new EventCounts()).at(5)).toThrow('no moment was kept at time 5');
});
