import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isEvent } from '../emulator/cost/counts.ts';
import { cyclesOf } from '../emulator/cost/profiles.ts';
import { resultSchema } from '../scenarios/result.ts';
import { commandLine as cli, scratchFolder } from '../test/support/command-line.ts';

const { path: folder, file } = scratchFolder();

/** An error is one sentence on stderr: no stack trace, nothing on stdout. */
function expectSentence({ out, err }: { out: string; err: string }): void {
  expect(out).toBe('');
  expect(err).toMatch(/^ringwarden: [^\n]+\n$/);
  expect(err).not.toMatch(/\bat .*:\d+:\d+/);
}

describe('list', () => {
  test('names every attack, one a line under a heading', async () => {
    const { code, out } = await cli('list');
    expect(code).toBe(0);
    expect(out).toMatch(/^ATTACK /);
    expect(out).toMatch(/^arm64\.vttbr\.swap +arm64 +vmm /m);
  });

  test('--json gives one object a line and nothing else', async () => {
    const { out } = await cli('list', 'scenarios', '--json');
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.every((line) => line.schema === 1 && line.noun === 'scenarios')).toBe(true);
    expect(lines.map((line) => line.id)).toContain('benign.mixed');
  });

  test('names the cost profiles', async () => {
    const { out } = await cli('list', 'profiles');
    expect(out).toMatch(/^juno-a57 +arm64 +Cortex-A57/m);
    expect(out).toMatch(/^juno-a53 +arm64 +Cortex-A53/m);
  });

  test('filters narrow the list', async () => {
    const { out } = await cli('list', '--layer', 'guest');
    expect(out).toContain('guest.syscall.hook');
    expect(out).not.toContain('arm64.vttbr.swap');
    const fromVmm = (await cli('list', '--position', 'vmm', '--system', 'tvmi')).out;
    expect(fromVmm).toContain('arm64.vttbr.swap');
    expect(fromVmm).not.toContain('guest.syscall.hook');
    expect((await cli('list', '--attack-id', 'T1562')).out).toContain('arm64.hcr.clear-vm');
  });

  test.each([
    ['a noun that does not exist', ['list', 'atacks'], 'the nearest: attacks'],
    ['a system that does not exist', ['list', '--system', 'tvm'], 'the nearest: tvmi'],
    ['a position that does not exist', ['list', '--position', 'vm'], 'the nearest: vmm'],
    ['a layer that does not exist', ['list', '--layer', 'gest'], 'the nearest: guest'],
    [
      'an architecture without an attack',
      ['list', 'systems', '--arch', 'x64'],
      'there is no system of architecture "x64"',
    ],
  ])('%s is a usage error that names what is near', async (_, argv, message) => {
    const result = await cli(...argv);
    expect(result.code).toBe(64);
    expect(result.err).toContain(message);
    expectSentence(result);
  });
});

describe('show', () => {
  test('says of an attack what it is, what to expect and how to run it', async () => {
    const { code, out } = await cli('show', 'arm64.vttbr.swap');
    expect(code).toBe(0);
    for (const part of [
      'Source',
      'Prerequisites',
      'Expected verdicts',
      'ringwarden run arm64.vttbr.swap --system tvmi',
    ]) {
      expect(out).toContain(part);
    }
  });

  test("keeps a system's published claims apart from ours", async () => {
    const { out } = await cli('show', 'tvmi');
    expect(out.indexOf('Published')).toBeGreaterThan(0);
    expect(out.indexOf("Ours (this project's model")).toBeGreaterThan(out.indexOf('Published'));
  });

  test('--json gives the whole record', async () => {
    const { out } = await cli('show', 'guest.syscall.hook', '--json');
    expect(JSON.parse(out)).toMatchObject({ schema: 1, id: 'guest.syscall.hook', position: 'guest-kernel' });
  });

  test('says of each price of a cost profile what it is, whether it is published, and its source', async () => {
    const { code, out } = await cli('show', 'juno-a53');
    expect(code).toBe(0);
    expect(out).toMatch(/SMC round trip \[exception\.smc\.el3\]: 1 910 to 1 990 \(published; Trusted Firmware-A/);
    expect(out).toMatch(/HVC round trip \[exception\.hvc\.el2\]: 40 to 80 \(estimate; ours/);
  });

  test('an id that is none is a usage error', async () => {
    const result = await cli('show', 'arm64.vtbr.swap');
    expect(result).toMatchObject({ code: 64 });
    expect(result.err).toContain('the nearest: arm64.vttbr.swap');
    expectSentence(result);
  });
});

describe('lint', () => {
  test('a good file has no mistake', async () => {
    const good = file('good.yaml', 'schema: 1\nname: a.b\ntitle: t\n');
    expect(await cli('lint', good)).toEqual({ code: 0, out: '1 scenario file without a mistake\n', err: '' });
  });

  test('an unknown key is told with file, line and what was expected', async () => {
    const bad = file('bad.yaml', 'schema: 1\nname: a.b\ntitle: t\nspeed: 3\n');
    const { code, out } = await cli('lint', bad);
    expect(code).toBe(65);
    expect(out).toMatch(/bad\.yaml:4: unknown key "speed"; expected one of schema, name, title/);
  });

  test('a file that is not there is missing input', async () => {
    const result = await cli('lint', join(folder, 'none.yaml'));
    expect(result.code).toBe(66);
    expectSentence(result);
  });
});

describe('run', () => {
  test('prints steps, both axes and what raised the alarm, and exits 0 where all is as expected', async () => {
    const { code, out, err } = await cli('run', 'arm64.vttbr.swap', '--system', 'tvmi');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/ EL2: the VMM starts$/m);
    expect(out).toMatch(/^ {2}effect +blocked, as expected/m);
    expect(out).toMatch(/^ {2}detection +detected, as expected/m);
    expect(out).toMatch(/^ {2}alarm +el2\.module\.refused by el3/m);
  });

  test('--json prints result lines that fit the schema, and nothing else', async () => {
    const { code, out, err } = await cli('run', 'arm64.vttbr.swap', '--no-monitor', '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const [line, ...rest] = out.split('\n');
    expect(rest).toEqual(['']);
    const result = resultSchema.parse(JSON.parse(line));
    expect(Object.keys(result.counts).filter((name) => !isEvent(name))).toEqual([]);
    expect(result.cycles).toEqual(cyclesOf(result.counts));
    expect(result).toMatchObject({
      system: 'none',
      effect: 'succeeded',
      detection: 'missed',
    });
  });

  test('the outputs agree with each other, and repro repeats the line byte for byte', async () => {
    const jsonl = join(folder, 'r.jsonl');
    const xml = join(folder, 'r.xml');
    const run = await cli('run', 'guest.syscall.hook', '--no-monitor', '--jsonl', jsonl, '--junit', xml, '--tap');
    expect(run.code).toBe(0);
    expect(run.out).toMatch(/^TAP version 14\n1\.\.1\nok 1 - guest\.syscall\.hook/);
    expect(readFileSync(xml, 'utf8')).toContain('tests="1" failures="0" errors="0"');
    const key = JSON.parse(readFileSync(jsonl, 'utf8')).run as string;
    const again = await cli('repro', jsonl, key.slice(0, 8));
    expect(again).toMatchObject({ code: 0 });
    expect(again.out).toContain('1 of 1 lines the same, byte for byte');
    writeFileSync(jsonl, readFileSync(jsonl, 'utf8').replace('"detection":"missed"', '"detection":"detected"'));
    const altered = await cli('repro', jsonl);
    expect(altered.code).toBe(1);
    expect(altered.out).toMatch(/^differs .*: expected$/m);
  });

  test('a verdict that is not the expected one exits 1', async () => {
    const wrong =
      'schema: 1\nname: a.b\ntitle: t\nattack: arm64.vbar.redirect\nexpected:\n  effect: blocked\n  detection: detected\n';
    const { code, out } = await cli('run', file('wrong.yaml', wrong), '--quiet');
    expect(code).toBe(1);
    expect(out).toMatch(/^NOT as expected$/m);
    expect(out).toMatch(/effect +succeeded, expected blocked/);
  });

  test('--cost tells cycles under the profiles that it names, and may come before the ids', async () => {
    const costs = ['--cost', 'juno-a57', '--cost', 'juno-a53'];
    const { out } = await cli('run', ...costs, 'benign.mixed', '--max-instructions', '100000', '--quiet');
    expect(out).toMatch(/^ {2}cost +[\d ]+ cycles \([\d ]+ to [\d ]+\) under juno-a57$/m);
    expect(out).toMatch(/^ {2}cost +[\d ]+ cycles \([\d ]+ to [\d ]+\) under juno-a53$/m);
  });

  test('a limit that is reached exits 124', async () => {
    const { code, out } = await cli('run', 'benign.mixed', '--max-instructions', '100000', '--quiet');
    expect(code).toBe(124);
    expect(out).toContain('the machine stopped at the instruction limit');
  });

  test.each([
    ['an unknown attack', ['run', 'arm64.vtbr.swap'], 64, 'the nearest: arm64.vttbr.swap'],
    ['an unknown ablation', ['run', 'arm64.vttbr.swap', '--ablate', 'no-such'], 64, 'unknown ablation "no-such"'],
    ['an unknown variant', ['run', 'arm64.vttbr.swap', '--variant', 'x'], 64, 'expected one of msr, smc'],
    ['an unknown system', ['run', 'arm64.vttbr.swap', '--system', 'edm2'], 64, 'unknown system "edm2"'],
    [
      'a contradiction',
      ['run', 'arm64.vttbr.swap', '--no-monitor', '--ablate', 'no-tvm'],
      64,
      '--ablate needs a monitor',
    ],
    ['a seed that is no number', ['run', 'arm64.vttbr.swap', '--seed', 'x'], 64, '--seed expects one whole number'],
    ['an unknown option', ['run', 'arm64.vttbr.swap', '--sed', '4'], 64, 'unknown argument'],
    ['a missing file', ['run', './none.yaml'], 66, 'there is no such file'],
    [
      'an unknown cost profile',
      ['run', 'arm64.vttbr.swap', '--cost', 'juno-a75'],
      64,
      'no cost profile "juno-a75"; the nearest: juno-a5',
    ],
    ['nothing to run', ['run'], 64, 'not enough non-option arguments'],
    ['no command', [], 64, 'expected a command'],
  ])('%s is told in one sentence', async (_, argv, code, message) => {
    const result = await cli(...argv);
    expect(result.code).toBe(code);
    expect(result.err).toContain(message);
    expectSentence(result);
  });

  test('a mistake in a scenario file is bad input, with its line', async () => {
    const result = await cli('run', file('key.yaml', 'schema: 1\nname: a.b\ntitle: t\nsped: 3\n'));
    expect(result.code).toBe(65);
    expect(result.err).toMatch(/key\.yaml:4: unknown key "sped"/);
    expectSentence(result);
  });
});

test('check says of each image whether it is here', async () => {
  const { code, out } = await cli('check', 'arm64.vttbr.swap');
  expect(code).toBe(0);
  expect(out).toMatch(/^ok +firmware image el3-tvmi$/m);
  expect(out).toMatch(/^ok +firmware image attacks\/arm64\.vttbr\.swap\/payload-msr$/m);
});
