import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resultSchema } from '../scenarios/result.ts';
import { commandLine as cli, scratchFolder } from '../test/support/command-line.ts';

const { path: folder } = scratchFolder();

const SMALL = ['matrix', '--systems', 'tvmi,none', '--attacks', 'arm64.vttbr.swap', '--jobs', '1'];

describe('matrix', () => {
  test('prints a row for each variant and ends with a line that sums up', async () => {
    const { code, out, err } = await cli(...SMALL);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^arm64\.vttbr\.swap \(msr\) +PD +M$/m);
    expect(out).toMatch(/^arm64\.vttbr\.swap \(smc\) +PD +P$/m);
    expect(out.trimEnd().split('\n').at(-1)).toBe('every row (2) as expected: 4 of 4 runs');
  });

  test('--json prints the lines of the single runs in the order of the table, and --jsonl writes the same', async () => {
    const jsonl = join(folder, 'm.jsonl');
    const { out } = await cli(...SMALL, '--json', '--jsonl', jsonl, '--seed', '5');
    expect(readFileSync(jsonl, 'utf8')).toBe(out);
    const lines = out.trimEnd().split('\n');
    const results = lines.map((line) => resultSchema.parse(JSON.parse(line)));
    expect(results.map(({ system, variant, seed }) => [system, variant, seed])).toEqual([
      ['tvmi', 'msr', 5],
      ['none', 'msr', 5],
      ['tvmi', 'smc', 5],
      ['none', 'smc', 5],
    ]);
    const single = await cli('run', 'arm64.vttbr.swap', '--variant', 'smc', '--seed', '5', '--json');
    expect(`${lines[2]}\n`).toBe(single.out);
  });

  test.each([
    ['an unknown system', ['matrix', '--systems', 'tvm'], 'there is no system "tvm"; the nearest: tvmi'],
    ['an unknown attack', ['matrix', '--attacks', 'arm64.vtbr'], 'there is no attack "arm64.vtbr"'],
    ['an unknown workload', ['matrix', '--workloads', 'benign.coppy'], 'the nearest: benign.copy'],
    ['a number that is none', ['matrix', '--jobs', 'many'], '--jobs expects one whole number'],
  ])('%s is told in one sentence', async (_, argv, message) => {
    const { code, out, err } = await cli(...argv);
    expect({ code, out }).toEqual({ code: 64, out: '' });
    expect(err).toMatch(/^ringwarden: [^\n]+\n$/);
    expect(err).toContain(message);
  });
});
