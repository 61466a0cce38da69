import { describe, expect, test } from 'vitest';
import type { Result } from '../scenarios/result.ts';
import { scenarioSchema } from '../scenarios/schema.ts';
import { palette, wantsColour } from './colour.ts';
import { escapeXml, junit } from './junit.ts';
import { tap } from './tap.ts';
import { grouped, stepLine, verdictText } from './text.ts';

const PLAIN = palette(false);

function result(over: Partial<Result> = {}): Result {
  return {
    schema: 1,
    run: 'ab'.repeat(32),
    scenario: 'arm64.vttbr.swap',
    system: 'tvmi',
    ablations: [],
    attack: 'arm64.vttbr.swap',
    variant: 'msr',
    arch: 'arm64',
    seed: 1,
    engine: '0',
    image: {},
    configuration: scenarioSchema.parse({ schema: 1, name: 'a', title: 'a' }),
    expected: { effect: 'blocked', detection: 'detected', reason: 'EL3 & "friends" <refuse>' },
    end: 'power-off',
    effect: 'blocked',
    detection: 'detected',
    agrees: true,
    alarms: [{ id: 'el2.vttbr.denied', component: 'el3', instruction: 1234567, cycles: {}, cause: 'root=1' }],
    latency: { instructions: 4321, cycles: {} },
    counts: {},
    cycles: {},
    serial: {},
    work: null,
    unimplemented: [],
    ...over,
  };
}

const wrong = result({ agrees: false, effect: 'succeeded', detection: 'missed', alarms: [], latency: null });

describe('text', () => {
  test('a verdict shows both axes, who raised the alarm, the latency and the reason', () => {
    const text = verdictText(result(), PLAIN);
    expect(text).toMatch(/^as expected$/m);
    expect(text).toMatch(/effect\s+blocked, as expected: the attempt was made and stopped/);
    expect(text).toMatch(/detection\s+detected, as expected/);
    expect(text).toMatch(/alarm\s+el2\.vttbr\.denied by el3, instruction 1 234 567: root=1/);
    expect(text).toMatch(/latency\s+4 321 instructions/);
    expect(text).toMatch(/because\s+EL3 & "friends"/);
  });

  test('an axis that differs names what was expected', () => {
    const text = verdictText(wrong, PLAIN);
    expect(text).toMatch(/^NOT as expected$/m);
    expect(text).toMatch(/effect\s+succeeded, expected blocked/);
    expect(text).toMatch(/detection\s+missed, expected detected/);
  });

  test('a gap of the machine stands in the verdict', () => {
    const gap = { kind: 'register' as const, what: 'S3_0_C15_C0_0', section: 'D12', pc: '0x0', count: 1 };
    expect(verdictText(result({ unimplemented: [gap] }), PLAIN)).toContain('gap       register S3_0_C15_C0_0 (D12)');
  });

  test('a step carries its time in groups of three digits', () => {
    expect(grouped(0)).toBe('0');
    expect(grouped(1000)).toBe('1 000');
    expect(stepLine({ time: 12345, kind: 'machine', text: 'reset' }, PLAIN)).toBe('       12 345  reset');
  });
});

describe('colour', () => {
  test('goes to terminals only, and never where NO_COLOR is set', () => {
    expect(wantsColour(true, {})).toBe(true);
    expect(wantsColour(false, {})).toBe(false);
    expect(wantsColour(true, { NO_COLOR: '1' })).toBe(false);
    expect(wantsColour(true, { NO_COLOR: '' })).toBe(true);
    expect(wantsColour(true, { TERM: 'dumb' })).toBe(false);
  });

  test('plain text holds no escape', () => {
    expect(verdictText(wrong, PLAIN)).not.toContain('\u001b');
    expect(verdictText(wrong, palette(true))).toContain('\u001b[31m');
  });
});

describe('JUnit', () => {
  test('counts failures and errors apart', () => {
    const crashed = result({ agrees: false, end: 'crash' });
    const text = junit([result(), wrong, crashed]);
    expect(text).toContain('tests="3" failures="1" errors="1"');
    expect(text).toContain('<failure message="expected blocked/detected, found succeeded/missed">');
    expect(text).toContain('<error message="the run ended by crash">');
  });

  test('escapes what XML gives a meaning, and drops what XML forbids', () => {
    expect(escapeXml('a<b & "c">\u0000\u001b')).toBe('a&lt;b &amp; &quot;c&quot;&gt;');
  });
});

test('TAP numbers its points and explains each that is not ok', () => {
  const lines = tap([result(), wrong]).split('\n');
  expect(lines.slice(0, 2)).toEqual(['TAP version 14', '1..2']);
  expect(lines[2]).toBe('ok 1 - arm64.vttbr.swap (msr) · system tvmi · seed 1');
  expect(lines[3]).toMatch(/^not ok 2 - /);
  expect(lines).toContain('  message: "expected blocked/detected, found succeeded/missed"');
});
