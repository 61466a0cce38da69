#!/usr/bin/env node
import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { contextOf } from './context.ts';
import { runCommandLine } from './program.ts';
import { prepareWasm } from './wasm-features.ts';

/** True where this file is what node was started with, directly or through the link in `node_modules/.bin`. */
function isMain(): boolean {
  const started = process.argv[1];
  return started !== undefined && import.meta.url === pathToFileURL(realpathSync(started)).href;
}

if (isMain()) {
  // A reader that closes early (head, less) is no error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  prepareWasm();
  const context = contextOf(process.stdout, process.stderr, process.env, process.stdin);
  process.exitCode = await runCommandLine(process.argv.slice(2), context);
}
