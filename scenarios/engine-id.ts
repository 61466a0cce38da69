/**
 * What the engine of a run was made from, as a hash. The same sources have the same identity on every machine, and every edit gives
 * another one, so that equal run keys mean equal programs.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from './errors.ts';
import { ENGINE_VERSION, PACKAGE_ROOT } from './paths.ts';

/** Rooms whose code a result line depends on. Firmware is not among them: each image's own hash stands in the line. */
const ROOMS = ['attacks', 'emulator', 'monitor', 'scenarios', 'vmi'];
/** Where the build leaves the identity, for packages that come without sources. */
const RECORD = join(PACKAGE_ROOT, 'dist', 'engine.json');
/** Digits of the hash that are shown: 64 bits. */
const DIGITS = 16;

/** The sources below a folder, in an order that is the same everywhere. */
function sourcesIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort((a, b) => (a < b ? -1 : 1));
}

/**
 * SHA-256 over path and text of every source of the engine, in hexadecimal.
 * @param root the package's folder
 */
export function hashSources(root: string): string {
  const hash = createHash('sha256');
  for (const file of ROOMS.flatMap((room) => sourcesIn(join(root, room)))) {
    const path = file.slice(root.length + 1).replaceAll('\\', '/');
    const text = readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
    hash.update(`${path} ${Buffer.byteLength(text)}\n${text}`);
  }
  return hash.digest('hex');
}

/** The version, and the beginning of the hash behind it. */
const idOf = (sources: string): string => `${ENGINE_VERSION}+${sources.slice(0, DIGITS)}`;

/** What the build writes beside the compiled program. */
export function engineRecord(root = PACKAGE_ROOT): { readonly file: string; readonly text: string } {
  return { file: RECORD, text: `${JSON.stringify({ sources: hashSources(root) })}\n` };
}

let known: string | undefined;

/**
 * Version and hash of the engine that runs here: of its sources where these run themselves, else of those it was built from.
 * @throws Failure if the build is incomplete
 */
export function engineId(): string {
  known ??= idOf(import.meta.url.endsWith('.ts') ? hashSources(PACKAGE_ROOT) : recordedHash());
  return known;
}

function recordedHash(): string {
  if (!existsSync(RECORD)) throw new Failure('unavailable', 'dist/engine.json is missing; run: npm run build');
  return (JSON.parse(readFileSync(RECORD, 'utf8')) as { sources: string }).sources;
}
