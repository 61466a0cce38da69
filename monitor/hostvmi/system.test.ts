import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseConsoleAlarm } from './report.ts';
import { hostvmi } from './system.ts';

describe("hostvmi's descriptor", () => {
  it('names every finding of the shared introspection, and no other alarm', () => {
    const table = readFileSync('firmware/vmi/findings.c', 'utf8');
    const findings = [...table.matchAll(/\{"([a-z0-9.-]+)", /g)].map((match) => match[1]!);
    expect(findings.length).toBeGreaterThan(5);
    expect(hostvmi.alarms.map((alarm) => alarm.id).sort()).toEqual(findings.sort());
  });

  it('claims nothing as published', () => {
    expect(hostvmi.published).toEqual([]);
    expect(hostvmi.source).toMatch(/^ours/);
  });

  it('has an image in the build for each that it needs', () => {
    const images = readFileSync('tools/images.ts', 'utf8');
    for (const name of Object.values(hostvmi.images)) expect(images).toContain(`name: '${name}'`);
  });
});

describe('a line of its console', () => {
  it('is an alarm with its values', () => {
    expect(parseConsoleAlarm('hostvmi: alarm guest.task-hidden guest=0,pid=3,witness=1')).toEqual({
      id: 'guest.task-hidden',
      values: { guest: '0', pid: '3', witness: '1' },
    });
  });

  it.each([
    'hostvmi: end',
    'hostvmi: watches guest 0',
    'g0: hostvmi: alarm guest.text guest=0',
    'hostvmi: alarm guest.text',
  ])('%s is none', (line) => expect(parseConsoleAlarm(line)).toBeUndefined());
});
