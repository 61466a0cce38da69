/** The last step of the TypeScript build: the program may be executed, and says what it was built from. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { engineRecord } from '../scenarios/engine-id.ts';
import { PACKAGE_ROOT } from '../scenarios/paths.ts';

const PROGRAM_MODE = 0o755;

const { file, text } = engineRecord();
writeFileSync(file, text);
chmodSync(join(PACKAGE_ROOT, 'dist', 'cli', 'main.js'), PROGRAM_MODE);
