/**
 * The last step of the TypeScript build: the emulator becomes one module, the program may be executed, and says what it was built
 * from.
 */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { engineRecord } from '../scenarios/engine-id.ts';
import { PACKAGE_ROOT } from '../scenarios/paths.ts';
import { bundleEmulator } from './bundle-emulator.ts';

const PROGRAM_MODE = 0o755;
const BUILT = join(PACKAGE_ROOT, 'dist');
/** Rooms whose built modules import the emulator. */
const ROOMS = ['attacks', 'bench', 'campaign', 'cli', 'monitor', 'peers', 'report', 'scenarios', 'tools', 'vmi'];

const { file, text } = engineRecord();
writeFileSync(file, text);
chmodSync(join(BUILT, 'cli', 'main.js'), PROGRAM_MODE);
await bundleEmulator(PACKAGE_ROOT, BUILT, ROOMS);
