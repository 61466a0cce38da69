import { expect, test } from 'vitest';
import { cyclesOf, profileNamed } from '../emulator/cost/profiles.ts';
import type { Result } from '../scenarios/result.ts';
import { palette } from './colour.ts';
import { costText } from './cost.ts';

const A57 = profileNamed('juno-a57')!;
const counts = { instructions: 1000, 'exception.smc.el3': 2, 'exception.hvc.el2': 10 };
const result = (over: Partial<Result> = {}) => ({ counts, cycles: cyclesOf(counts), latency: null, ...over }) as Result;

test('a cost shows the middle and the range, and its parts with count, price and source, the dearest first', () => {
  const lines = costText(result(), A57, palette(false)).split('\n');
  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatch(/cost +2 676 cycles \(2 340 to 3 100\) under juno-a57$/);
  expect(lines[1]).toMatch(/1 106 for exception\.smc\.el3: 2 at 470 to 650 \(published; Trusted Firmware-A/);
  expect(lines[2]).toMatch(/1 000 for instructions: 1 000 at 1 \(estimate; ours/);
  expect(lines[3]).toMatch(/570 for exception\.hvc\.el2: 10 at 40 to 80 \(estimate; ours/);
});

test('the latency is told in cycles too', () => {
  const latency = { instructions: 500, cycles: cyclesOf({ instructions: 500, 'exception.smc.el3': 1 }) };
  expect(costText(result({ latency }), A57, palette(false))).toMatch(
    /latency +1 053 cycles \(970 to 1 150\) from the first/,
  );
});
