/**
 * Holds the dependency arrows of the house (docs/architecture.md) over the import graph, and keeps Node's modules out of
 * `emulator/`, which also runs in a browser. Run by `npm run lint`; the rules are the tables below.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, posix, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';

/** Which rooms each room may import, besides itself. Rooms that are absent here (`test`, `bench`) may import any. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  emulator: [],
  vmi: ['emulator'],
  monitor: ['vmi', 'emulator'],
  attacks: ['vmi', 'emulator'],
  scenarios: ['attacks', 'monitor', 'vmi', 'emulator'],
  report: ['scenarios', 'attacks', 'monitor', 'vmi', 'emulator'],
  campaign: ['scenarios', 'attacks', 'monitor', 'vmi', 'emulator'],
  peers: ['emulator'],
  cli: ['campaign', 'report', 'scenarios', 'attacks', 'monitor', 'vmi', 'emulator', 'peers'],
  tools: ['scenarios', 'attacks', 'monitor', 'vmi', 'emulator'],
  firmware: [],
};

const ALL_ROOMS = [...Object.keys(ROOMS), 'test', 'bench'];

/** Which rooms within `emulator/` must not know which others. */
const EMULATOR_BANS: readonly { readonly from: string; readonly to: readonly string[] }[] = [
  { from: 'arm64', to: ['x64', 'boards'] },
  { from: 'x64', to: ['arm64', 'boards'] },
  { from: 'engine', to: ['arm64', 'x64', 'boards'] },
  { from: 'ir', to: ['arm64', 'x64', 'boards'] },
  { from: 'wasm', to: ['arm64', 'x64', 'boards'] },
  { from: 'memory', to: ['arm64', 'x64', 'boards'] },
  { from: 'devices', to: ['arm64', 'x64', 'boards'] },
  { from: 'cost', to: ['boards'] },
];

/** An import that the house does not allow. */
export interface Violation {
  /** Path of the importing file, from the project's root, with slashes. */
  readonly file: string;
  /** Line of the import, from 1. */
  readonly line: number;
  readonly message: string;
}

const NODE_MODULES = new Set([...builtinModules, ...builtinModules.map((name) => `node:${name}`)]);

function isNodeModule(specifier: string): boolean {
  return specifier.startsWith('node:') || NODE_MODULES.has(specifier);
}

/** Tests stand beside what they test and may use Node and any room. */
function isTest(file: string): boolean {
  return file.endsWith('.test.ts');
}

function within(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`) || path.startsWith(`${folder}.`);
}

function judgeEmulator(from: string, to: string): string | undefined {
  const ban = EMULATOR_BANS.find((rule) => within(from, `emulator/${rule.from}`));
  const target = ban?.to.find((room) => within(to, `emulator/${room}`));
  return ban && target ? `emulator/${ban.from} must not know emulator/${target}` : undefined;
}

/** Why one import is not allowed, or undefined. Paths are from the root, with slashes. */
function judge(file: string, specifier: string): string | undefined {
  const room = file.split('/')[0];
  if (!specifier.startsWith('.')) {
    return room === 'emulator' && isNodeModule(specifier)
      ? `emulator/ runs in a browser too and must not import the Node module '${specifier}'`
      : undefined;
  }
  const to = posix.normalize(posix.join(posix.dirname(file), specifier));
  const target = to.split('/')[0];
  if (target === room) return room === 'emulator' ? judgeEmulator(file, to) : undefined;
  const allowed = ROOMS[room];
  if (!allowed || !ALL_ROOMS.includes(target)) return undefined;
  return allowed.includes(target) ? undefined : `${room}/ must not import from ${target}/`;
}

/**
 * Judges the imports of one file.
 * @param file path from the project's root, with slashes
 * @param source its text
 */
export function checkSource(file: string, source: string): Violation[] {
  if (isTest(file)) return [];
  const found: Violation[] = [];
  for (const { fileName, pos } of ts.preProcessFile(source, true, true).importedFiles) {
    const message = judge(file, fileName);
    if (message) found.push({ file, line: source.slice(0, pos).split('\n').length, message });
  }
  return found;
}

/** Judges every TypeScript file in the rooms of the project at `root`. */
export function checkHouse(root: string): Violation[] {
  const found: Violation[] = [];
  for (const room of ALL_ROOMS) {
    for (const path of typescriptFiles(join(root, room))) {
      found.push(...checkSource(relative(root, path).split(sep).join('/'), readFileSync(path, 'utf8')));
    }
  }
  return found;
}

function typescriptFiles(folder: string): string[] {
  let entries: import('node:fs').Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  } catch {
    // A room that does not exist yet holds no file.
    return [];
  }
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function main(): void {
  const violations = checkHouse(resolve('.'));
  for (const { file, line, message } of violations) console.error(`${file}:${line}: ${message}`);
  if (violations.length > 0) process.exitCode = 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
