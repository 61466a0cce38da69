/** ROMs of tvmi for the tests that boot it, and what its secure UART said, judged by the verifier. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { tvmi } from '../../monitor/tvmi/system.ts';
import { type Verification, verifyReports } from '../../monitor/tvmi/verifier.ts';
import { type Driver, linesOf } from '../../peers/driver.ts';
import { type BundleEntry, type BundleKind, mapRom, packBundle } from '../../scenarios/bundle.ts';
import { DEFAULT_RUN_CONFIG, encodeConfig, type RunConfig } from '../../scenarios/config.ts';
import { LAYOUT } from '../../scenarios/layout.ts';
import { buildFirmware } from '../../tools/build-firmware.ts';
import type { Modules } from './firmware-rom.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
const KEY = new TextEncoder().encode('the key of the tests, 32 bytes..');
/** Different bytes, so that a wrong order shows. */
const NONCE_BYTES = Uint8Array.from({ length: 16 }, (_, i) => i);

const bin = (name: string): Uint8Array => readFileSync(join(PROJECT, 'dist/firmware', `${name}.bin`));

/** QEMU's counter runs in real time, so a busy host sees many ticks: the end by run_ticks must be far away. */
const CONFIG: RunConfig = { ...DEFAULT_RUN_CONFIG, runTicks: 1_000_000, monitor: 'tvmi' };

export async function buildTvmi(): Promise<void> {
  await buildFirmware(PROJECT, [...Object.values(tvmi.images), 'vmm-plain', 'guest']);
}

/** Which byte of a stage is altered after its directory was made. */
export interface Tampering {
  readonly stage: string;
  readonly offset: number;
}

/** A ROM of tvmi with both guests. */
export function tvmiRom(config: Partial<RunConfig>, modules: Modules = {}, tampering?: Tampering): Uint8Array {
  const plain = config.ablations?.includes('no-smc-rewrite') === true;
  const entries: BundleEntry[] = [];
  const add = (name: string, kind: BundleKind, bytes: Uint8Array, load?: bigint) =>
    entries.push({ name, kind, bytes, ...(load === undefined ? {} : { load, entry: load }) });
  add('config', 'configuration', encodeConfig({ ...CONFIG, ...config }));
  add('vmm', 'vmm', bin(plain ? 'vmm-plain' : tvmi.images.vmm), LAYOUT.vmm);
  LAYOUT.guests.forEach((ram, number) => {
    add(`guest${number}`, 'guestKernel', bin('guest'), ram + LAYOUT.guestImage);
  });
  add('agent', 'agent', bin(tvmi.images.agent!), LAYOUT.secureCarveOut);
  if (modules.vmm) add('test', 'vmmModule', modules.vmm, LAYOUT.vmmModules);
  if (modules.guest) add('test', 'guestModule', modules.guest, LAYOUT.guests[0] + LAYOUT.guestModules);
  const rom = packBundle(bin(tvmi.images.el3), entries, {
    key: KEY,
    nonce: config.ablations?.includes('no-nonce') ? undefined : NONCE_BYTES,
    measured: !config.ablations?.includes('no-measured-boot'),
  });
  if (tampering) tamper(rom, tampering);
  return rom;
}

/** Turns one bit of a stage or of the directory over in a finished ROM. */
function tamper(rom: Uint8Array, { stage, offset }: Tampering): void {
  const { directory, payloads } = mapRom(rom);
  const place = stage === 'directory' ? directory : payloads.get(stage)!;
  rom[place.offset + (offset % place.size)]! ^= 1;
}

/** What a run of tvmi left. */
export interface TvmiRun {
  /** Lines of UART 0. */
  readonly lines: readonly string[];
  readonly reports: Verification;
  /** Ids of the alarms, each once, in the order of their first report. */
  readonly alarms: readonly string[];
}

/** Runs a ROM to its own end. @throws Error where it does not come to an end */
export async function runTvmi(driver: Driver, image: Uint8Array, cpus = 1, nonce = true): Promise<TvmiRun> {
  const run = await driver.run({ board: 'virt', kind: 'bios', image, cpus, timeout: 60_000 });
  if (run.why !== 'exit') throw new Error(`${driver.name} came to no end (${run.why}):\n${run.serial[0]}`);
  const reports = verifyReports(run.serial[1]!, { key: KEY, nonce: nonce ? NONCE_BYTES : undefined });
  return { lines: linesOf(run.serial[0]!), reports, alarms: [...new Set(reports.alarms.map(({ id }) => id))] };
}
