import { expect, test } from 'vitest';
import { DETECTIONS, EFFECTS } from '../attacks/record.ts';
import { ALL_MARKS, markOf } from './verdict-mark.ts';

test('every verdict has a mark that the legend explains, and no two verdicts of attacks share one', () => {
  const marks = EFFECTS.flatMap((effect) =>
    (['detected', 'missed'] as const).map((detection) => markOf({ end: 'power-off', effect, detection })),
  );
  expect(new Set(marks.map(({ mark }) => mark)).size).toBe(6);
  for (const mark of marks) expect(ALL_MARKS).toContain(mark);
  for (const effect of [...EFFECTS, null]) {
    for (const detection of DETECTIONS) expect(ALL_MARKS).toContain(markOf({ end: 'power-off', effect, detection }));
  }
});

test.each([
  ['blocked', 'detected', 'PD'],
  ['blocked', 'missed', 'P'],
  ['succeeded', 'detected', 'D'],
  ['succeeded', 'missed', 'M'],
  ['no-effect', 'missed', 'N'],
  [null, 'silent', 's'],
  [null, 'false-alarm', 'F'],
  ['blocked', 'false-alarm', 'F'],
] as const)('%s and %s is %s', (effect, detection, mark) => {
  expect(markOf({ end: 'power-off', effect, detection }).mark).toBe(mark);
});

test.each(['limit', 'crash', 'error'] as const)('a run that ended by %s shows that and no verdict', (end) => {
  expect(markOf({ end, effect: 'blocked', detection: 'detected' }).mark).toBe(end[0].toUpperCase());
});
