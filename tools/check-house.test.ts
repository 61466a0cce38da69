import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkHouse, checkSource } from './check-house.ts';

const messages = (file: string, source: string) => checkSource(file, source).map((violation) => violation.message);

describe('the arrows of the house', () => {
  test.each([
    [
      'emulator/engine/machine.ts',
      "import { a } from '../arm64/core.ts';",
      'emulator/engine must not know emulator/arm64',
    ],
    ['emulator/arm64/core.ts', "import { a } from '../x64/core.ts';", 'emulator/arm64 must not know emulator/x64'],
    [
      'emulator/devices/gic.ts',
      "import type { A } from '../arm64/a.ts';",
      'emulator/devices must not know emulator/arm64',
    ],
    ['vmi/walk.ts', "export * from '../monitor/tvmi/verifier.ts';", 'vmi/ must not import from monitor/'],
    ['attacks/index.ts', "import '../scenarios/run.ts';", 'attacks/ must not import from scenarios/'],
    ['scenarios/run.ts', "const p = await import('../peers/qemu.ts');", 'scenarios/ must not import from peers/'],
    ['report/text.ts', "import { a } from '../cli/main.ts';", 'report/ must not import from cli/'],
  ])('%s may not contain %s', (file, source, message) => {
    expect(messages(file, source)).toEqual([message]);
  });

  test.each([
    ['scenarios/run.ts', "import { a } from '../attacks/index.ts';"],
    ['cli/boot.ts', "import { a } from '../peers/unicorn.ts';"],
    ['emulator/boards/virt.ts', "import { a } from '../arm64/core.ts';"],
    ['emulator/arm64/core.ts', "import { a } from '../engine/core.ts';"],
    ['emulator/arm64/core.test.ts', "import { readFileSync } from 'node:fs';"],
  ])('%s may contain %s', (file, source) => {
    expect(messages(file, source)).toEqual([]);
  });

  test("emulator/ may not import Node's modules, with or without their prefix", () => {
    const found = checkSource(
      'emulator/boot/elf.ts',
      "import { a } from './a.ts';\nimport 'fs';\nimport x from 'node:zlib';",
    );
    expect(found.map((violation) => violation.line)).toEqual([2, 3]);
    expect(found[1].message).toContain("'node:zlib'");
  });

  test('an import in a comment or a string is none', () => {
    expect(messages('vmi/a.ts', "// import '../cli/main.ts'\nconst s = \"import '../cli/main.ts'\";")).toEqual([]);
  });
});

describe('a planted violation', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'house-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test('is found in a file deep in a room, with its line', () => {
    const file = join(root, 'emulator/memory/deep/planted.ts');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "\n\nimport { a } from '../../../vmi/a.ts';\n");
    expect(checkHouse(root)).toEqual([
      { file: 'emulator/memory/deep/planted.ts', line: 3, message: 'emulator/ must not import from vmi/' },
    ]);
  });
});

test('the house as it stands obeys its own arrows', () => {
  expect(checkHouse(resolve(import.meta.dirname, '..'))).toEqual([]);
});
