import { expect, test } from 'vitest';
import { systemNamed } from '../monitor/index.ts';
import { completions } from './completion.ts';

const DEFAULTS = ['matrix:run attacks', 'costs:run workloads', '--ablations:a column', '--json:lines'];

test.each([
  ['names of systems after --systems', ['matrix', '--systems'], 'tv', ['tvmi']],
  ['the second of a list as the first', ['matrix', '--systems', 'tvmi'], 'no', ['none']],
  ['a name after a comma', ['matrix', '--systems'], 'tvmi,no', ['tvmi,none']],
  ['ids of attacks after --attacks', ['matrix', '--attacks'], 'arm64.vt', ['arm64.vttbr.swap']],
  ['workloads after --workloads', ['costs', '--workloads'], 'benign.pi', ['benign.pipe']],
  ['options after a list', ['matrix', '--systems', 'tvmi'], '--abl', ['--ablations:a column']],
  ['ids after run', ['run'], 'arm64.vtt', ['arm64.vttbr.swap']],
  ['commands where nothing was typed yet', [], 'mat', ['matrix:run attacks']],
])('offers %s', (_, typed, current, offered) => {
  expect(completions(['ringwarden', ...typed, current], current, DEFAULTS)).toEqual(offered);
});

test('offers every ablation after --ablate, and no id after an option that takes none', () => {
  const names = systemNamed('tvmi')!.ablations.map(({ name }) => name);
  expect(completions(['ringwarden', 'run', 'x', '--ablate', ''], '', DEFAULTS)).toEqual(expect.arrayContaining(names));
  expect(completions(['ringwarden', 'matrix', ''], '', DEFAULTS)).not.toContain('arm64.vttbr.swap');
});
