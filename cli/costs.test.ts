import { expect, test } from 'vitest';
import { commandLine as cli } from '../test/support/command-line.ts';

const SMALL = ['--workloads', 'benign.copy', '--rounds', '2', '--seeds', '1', '--jobs', '1'];

test('a monitor that polls more often costs more, and a run without one does the same work', async () => {
  const { code, out } = await cli(
    'costs',
    '--systems',
    'tvmi',
    '--periods',
    '8192,1048576',
    '--cost',
    'juno-a57',
    ...SMALL,
  );
  expect(code).toBe(0);
  const [, often, seldom] = /^copy, tvmi +(\d+) % +(\d+) %$/m.exec(out)!;
  expect(Number(often)).toBeGreaterThan(Number(seldom));
  expect(out.trimEnd().split('\n').at(-1)).toBe(
    '2 of 2 runs did the same work as without a monitor, and no alarm was raised',
  );
});

test('--json prints the result lines of the runs and nothing else', async () => {
  const { out } = await cli('costs', '--systems', 'tvmi', '--periods', '65536', '--json', ...SMALL);
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ system, work }) => [system, work === null])).toEqual([
    ['none', false],
    ['tvmi', false],
  ]);
});

test.each([
  [['--periods', 'often'], '--periods expects one whole number'],
  [['--periods', '3'], 'secureTimerPeriod: expected number to be >=64'],
  [['--systems', 'none'], 'there is no system "none"'],
  [['--seeds', '0'], '--seeds expects at least 1'],
  [['--cost', 'juno-a75'], 'there is no cost profile "juno-a75"'],
])('%j is a usage error in one sentence', async (argv, message) => {
  const { code, out, err } = await cli('costs', ...argv);
  expect({ code, out }).toEqual({ code: 64, out: '' });
  expect(err).toContain(message);
});
