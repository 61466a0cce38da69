import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PACKAGE_ROOT } from '../scenarios/paths.ts';

/** The program as it is installed. */
const PROGRAM = join(PACKAGE_ROOT, 'dist', 'cli', 'main.js');

function ringwarden(...argv: string[]) {
  return spawnSync(process.execPath, [PROGRAM, ...argv], { encoding: 'utf8' });
}

describe('the installed program', () => {
  test('lists what there is on stdout and exits 0', () => {
    const { status, stdout, stderr } = ringwarden('list');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^guest\.syscall\.hook /m);
  });

  test('says what is wrong on stderr in one sentence, without colour, and exits with its code', () => {
    const { status, stdout, stderr } = ringwarden('show', 'guest.syscal.hook');
    expect({ status, stdout }).toEqual({ status: 64, stdout: '' });
    expect(stderr).toMatch(/^ringwarden: there is no [^\n]+ guest\.syscall\.hook[^\n]*\n$/);
    expect(stderr).not.toContain('\u001b');
  });

  test('runs an attack to its verdict', () => {
    const { status, stdout } = ringwarden('run', 'arm64.hcr.clear-vm', '--variant', 'smc', '--quiet');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^as expected$/m);
  });

  test('completes ids in the shell', () => {
    const { stdout } = ringwarden('--get-yargs-completions', 'ringwarden', 'show', 'guest.');
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(['guest.dkom.task-unlink', 'guest.syscall.hook']));
  });

  test('completes options of a command, and names after an option that takes them', () => {
    const complete = (...words: string[]) => ringwarden('--get-yargs-completions', 'ringwarden', ...words).stdout;
    expect(complete('matrix', '--ht')).toContain('--html');
    expect(complete('costs', '--systems', 'tv').trim()).toBe('tvmi');
  });

  test('offers help on stdout', () => {
    const { status, stdout } = ringwarden('run', '--help');
    expect(status).toBe(0);
    expect(stdout).toContain('--ablate');
  });
});
