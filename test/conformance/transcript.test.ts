import { expect, test } from 'vitest';
import { acceptedLines, asManual, deviations, differences, SETUPS, titles } from './transcript.ts';

test.each(SETUPS)('no two lines of the accepted transcript of $name have one title', (setup) => {
  const all = titles(acceptedLines(setup));
  expect(all.filter((title, i) => all.indexOf(title) !== i)).toEqual([]);
});

test('every departure of QEMU from the manual names its clause', () => {
  for (const row of deviations()) expect(row.clause).toMatch(/^DDI 0487|^IHI 0048/);
});

test('a row corrects the lines of its own group only', () => {
  const row = { group: 'a', qemu: '(x): wrong', manual: '$1: right', clause: '' };
  expect(asManual(['# a', 'x: wrong', '# b', 'x: wrong'], [row]).lines).toEqual(['# a', 'x: right', '# b', 'x: wrong']);
  expect(asManual(['# b', 'x: wrong'], [row]).idle).toEqual([row]);
});

test('a changed, a missing and an additional line are differences', () => {
  expect(differences(['# g', 'a: 1'], ['# g', 'a: 1'])).toEqual([]);
  expect(differences(['# g', 'a: 2'], ['# g', 'a: 1'])).toHaveLength(1);
  expect(differences(['# g'], ['# g', 'a: 1'])).toHaveLength(1);
  expect(differences(['# g', 'a: 1', 'b: 1'], ['# g', 'a: 1'])).toHaveLength(1);
});
