import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from './errors.ts';

/** The package's own folder, whether this file runs as source or from `dist/`. */
export const PACKAGE_ROOT = findRoot(dirname(fileURLToPath(import.meta.url)));

/** Where the build puts firmware. */
export const FIRMWARE_FOLDER = join(PACKAGE_ROOT, 'dist', 'firmware');

/** Where the scenario files that come with the package stand. */
export const SCENARIO_FOLDER = join(PACKAGE_ROOT, 'scenarios', 'files');

/** The package's version. */
export const ENGINE_VERSION: string = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')).version;

function findRoot(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) throw new Failure('internal', 'the package.json of ringwarden is missing');
  }
}
