import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { contextOf } from '../../cli/context.ts';
import { runCommandLine } from '../../cli/program.ts';

/** What a command line left behind. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in process. @param argv without the program's name */
export async function commandLine(...argv: readonly (string | number)[]): Promise<Ran> {
  const texts = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({
    write(text: string) {
      texts[name] += text;
    },
  });
  const code = await runCommandLine(argv.map(String), contextOf(stream('out'), stream('err'), {}));
  return { code, ...texts };
}

/** A folder that goes when the tests of the file are over, and how to put a file into it. */
export function scratchFolder(): { path: string; file(name: string, content: string | Uint8Array): string } {
  const path = mkdtempSync(join(tmpdir(), 'ringwarden-'));
  afterAll(() => rmSync(path, { recursive: true }));
  return {
    path,
    file(name, content) {
      const place = join(path, name);
      writeFileSync(place, content);
      return place;
    },
  };
}
