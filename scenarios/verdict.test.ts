import { describe, expect, test } from 'vitest';
import type { Detection, Effect } from '../attacks/record.ts';
import { type Alarm, detectionOf, type Evidence, judge, type RunEnd } from './verdict.ts';

const alarmAt = (instruction: number): Alarm => ({
  id: 'vttbr',
  component: 'el3',
  instruction,
  cycles: {},
  cause: 'test',
});

const evidence = (over: Partial<Evidence>): Evidence => ({
  end: 'power-off',
  effect: 'blocked',
  alarms: [],
  attackFrom: 100,
  firstHostileInstruction: 100,
  ...over,
});

describe('detection', () => {
  test.each<[string, Partial<Evidence>, Detection]>([
    ['a benign run without an alarm is silent', { effect: null, attackFrom: undefined }, 'silent'],
    [
      'any alarm in a benign run is false',
      { effect: null, attackFrom: undefined, alarms: [alarmAt(5)] },
      'false-alarm',
    ],
    ['an attack without an alarm is missed', {}, 'missed'],
    ['an alarm at the first hostile instruction detects', { alarms: [alarmAt(100)] }, 'detected'],
    ['an alarm before the first hostile instruction is false', { alarms: [alarmAt(99)] }, 'false-alarm'],
    ['a false alarm spoils a true one', { alarms: [alarmAt(99), alarmAt(200)] }, 'false-alarm'],
    [
      'an alarm about an attack that was never due is false',
      { attackFrom: undefined, alarms: [alarmAt(7)] },
      'false-alarm',
    ],
    [
      'a payload that was refused is detected from the time it was due',
      { attackFrom: 90, firstHostileInstruction: undefined, alarms: [alarmAt(95)] },
      'detected',
    ],
    [
      'detection does not ask whether the attack succeeded',
      { effect: 'succeeded', alarms: [alarmAt(150)] },
      'detected',
    ],
  ])('%s', (_, over, expected) => {
    expect(detectionOf(evidence(over))).toBe(expected);
  });
});

describe('agreement', () => {
  const expected = { effect: 'blocked' as const, detection: 'detected' as const, reason: '' };
  const run = (end: RunEnd, effect: Effect | null, alarms: Alarm[]) =>
    judge(evidence({ end, effect, alarms }), expected).agrees;

  test('a boot that stops agrees where it is meant to stop, and nowhere else', () => {
    const stopped = evidence({ end: 'boot-stopped', alarms: [alarmAt(150)] });
    expect(judge(stopped, { ...expected, end: 'boot-stopped' }).agrees).toBe(true);
    expect(judge(stopped, expected).agrees).toBe(false);
    expect(judge(evidence({ alarms: [alarmAt(150)] }), { ...expected, end: 'boot-stopped' }).agrees).toBe(false);
  });

  test('both axes must be the expected ones', () => {
    expect(run('power-off', 'blocked', [alarmAt(150)])).toBe(true);
    expect(run('power-off', 'succeeded', [alarmAt(150)])).toBe(false);
    expect(run('power-off', 'no-effect', [alarmAt(150)])).toBe(false);
    expect(run('power-off', 'blocked', [])).toBe(false);
  });

  test.each<RunEnd>(['limit', 'crash', 'error'])('a run that ends by %s never agrees', (end) => {
    expect(run(end, 'blocked', [alarmAt(150)])).toBe(false);
  });

  test('latency counts from the first hostile instruction to the first alarm after it', () => {
    expect(judge(evidence({ alarms: [alarmAt(150), alarmAt(400)] }), expected).latency).toBe(50);
  });

  test('there is no latency without a hostile instruction or without detection', () => {
    const refused = evidence({ alarms: [alarmAt(150)], firstHostileInstruction: undefined });
    expect(judge(refused, expected).latency).toBeNull();
    expect(judge(evidence({}), expected).latency).toBeNull();
  });
});
