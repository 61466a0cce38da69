import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { engineId, hashSources } from './engine-id.ts';

let root: string;
const write = (name: string, text: string): void => writeFileSync(join(root, name), text);
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ringwarden-engine-'));
  for (const room of ['attacks', 'emulator', 'emulator/ir', 'monitor', 'scenarios', 'vmi']) mkdirSync(join(root, room));
  write('emulator/a.ts', 'one\ntwo\n');
});
afterAll(() => rmSync(root, { recursive: true }));

test("every edit, and every file's coming and going, gives the engine another hash", () => {
  const seen = new Set([hashSources(root)]);
  const next = (): void => {
    const hash = hashSources(root);
    expect(seen.has(hash)).toBe(false);
    seen.add(hash);
  };
  write('emulator/a.ts', 'one\ntwo \n');
  next();
  write('emulator/ir/b.ts', '');
  next();
  rmSync(join(root, 'emulator/ir/b.ts'));
  write('vmi/b.ts', '');
  next();
});

test('line ends, tests and firmware sources are no part of it', () => {
  write('emulator/a.ts', 'one\ntwo\n');
  const hash = hashSources(root);
  write('emulator/a.ts', 'one\r\ntwo\r\n');
  write('emulator/a.test.ts', 'a test');
  write('monitor/agent.c', 'C');
  expect(hashSources(root)).toBe(hash);
});

test('the identity is the version and the beginning of the hash', () => {
  expect(engineId()).toMatch(/^\d+\.\d+\.\d+\+[0-9a-f]{16}$/);
});
