/** ROMs of the plain firmware for the tests that boot it, with modules that a test writes down as C. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type Driver, linesOf } from '../../peers/driver.ts';
import { type BundleEntry, packBundle } from '../../scenarios/bundle.ts';
import { DEFAULT_RUN_CONFIG, encodeConfig, type RunConfig } from '../../scenarios/config.ts';
import { buildFirmware } from '../../tools/build-firmware.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
const VMM_ENTRY = 0x4010_0000n;
const GUEST_RAM = [0x4200_0000n, 0x4300_0000n] as const;
const GUEST_IMAGE = 0x8_0000n;
const GUEST_ENTRY = 0x4008_0000n;
const VMM_MODULE = 0x4100_0000n;
const GUEST_MODULE = 0xc0_0000n;
const GUEST_MODULE_VA = 0xffff_ff80_40c0_0000n;

const bin = (name: string): Uint8Array => readFileSync(join(PROJECT, 'dist/firmware', `${name}.bin`));

/** QEMU's counter runs in real time, so a busy host sees many ticks: the end by run_ticks must be far away. */
const CONFIG: RunConfig = { ...DEFAULT_RUN_CONFIG, runTicks: 1_000_000 };

/** Builds what the ROMs below hold, where it is out of date. */
export async function buildPlain(): Promise<void> {
  await buildFirmware(PROJECT, ['el3-plain', 'vmm-plain', 'guest']);
}

/** Compiles modules, name to C source, as the build compiles attacks' payloads. */
export async function buildModules(sources: Readonly<Record<string, string>>): Promise<Map<string, Uint8Array>> {
  const root = mkdtempSync(join(tmpdir(), 'ringwarden-modules-'));
  try {
    cpSync(join(PROJECT, 'firmware/lib'), join(root, 'firmware/lib'), { recursive: true });
    const image = (name: string) => `attacks/${name}/payload`;
    for (const [name, source] of Object.entries(sources)) {
      const path = join(root, `${image(name)}.c`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, source);
    }
    await buildFirmware(root, Object.keys(sources).map(image));
    const read = (name: string) => readFileSync(join(root, 'dist/firmware', `${image(name)}.bin`));
    return new Map(Object.keys(sources).map((name) => [name, read(name)]));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

export interface Modules {
  /** Flat image of a module of the VMM. */
  readonly vmm?: Uint8Array;
  /** Flat image of a module of guest 0's kernel. */
  readonly guest?: Uint8Array;
}

/** A ROM of the plain firmware with both guests. @param vmm build of the VMM, one that asks nothing of EL3 */
export function plainRom(config: Partial<RunConfig>, modules: Modules = {}, vmm = 'vmm-plain'): Uint8Array {
  const guest = bin('guest');
  const entries: BundleEntry[] = [
    { name: 'config', kind: 'configuration', bytes: encodeConfig({ ...CONFIG, ...config }) },
    { name: 'vmm', kind: 'vmm', bytes: bin(vmm), load: VMM_ENTRY, entry: VMM_ENTRY },
  ];
  GUEST_RAM.forEach((ram, number) => {
    const name = `guest${number}`;
    entries.push({ name, kind: 'guestKernel', bytes: guest, load: ram + GUEST_IMAGE, entry: GUEST_ENTRY });
  });
  if (modules.vmm) {
    entries.push({ name: 'test', kind: 'vmmModule', bytes: modules.vmm, load: VMM_MODULE, entry: VMM_MODULE });
  }
  if (modules.guest) {
    const load = GUEST_RAM[0] + GUEST_MODULE;
    entries.push({ name: 'test', kind: 'guestModule', bytes: modules.guest, load, entry: GUEST_MODULE_VA });
  }
  return packBundle(bin('el3-plain'), entries);
}

/** A ROM of EL3 alone. */
export function romWithoutVmm(): Uint8Array {
  return packBundle(bin('el3-plain'), [{ name: 'config', kind: 'configuration', bytes: encodeConfig(CONFIG) }]);
}

/** Runs a ROM to its own end. @returns the lines of UART 0 @throws Error where it does not come to an end */
export async function bootLines(driver: Driver, image: Uint8Array, cpus = 1): Promise<string[]> {
  const run = await driver.run({ board: 'virt', kind: 'bios', image, cpus, timeout: 60_000 });
  if (run.why !== 'exit') throw new Error(`${driver.name} came to no end (${run.why}):\n${run.serial[0]}`);
  return linesOf(run.serial[0]);
}
