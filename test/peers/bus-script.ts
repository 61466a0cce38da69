import { readFileSync } from 'node:fs';
import type { Driver } from '../../peers/driver.ts';
import { ours } from '../../peers/ours.ts';
import { qemu } from '../../peers/qemu.ts';

/** One access of a script. */
export interface BusAccess {
  readonly write: boolean;
  readonly world: 'secure' | 'normal';
  readonly size: 1 | 2 | 4;
  readonly cpu: number;
  readonly address: number;
  /** What is written. */
  readonly value: number;
}

const IMAGE = new URL('../../dist/firmware/bus-script.bin', import.meta.url);
/** Where the script stands in the ROM: `SCRIPT` of `bus-script/start.S`. */
const SCRIPT = 0x2000;
const ENTRY_BYTES = 16;

/** The ROM that performs the accesses. */
export function busScriptRom(accesses: readonly BusAccess[]): Uint8Array {
  const rom = new Uint8Array(SCRIPT + 4 + accesses.length * ENTRY_BYTES);
  rom.set(readFileSync(IMAGE));
  const view = new DataView(rom.buffer);
  view.setUint32(SCRIPT, accesses.length, true);
  accesses.forEach((a, i) => {
    const at = SCRIPT + 4 + i * ENTRY_BYTES;
    rom.set([a.write ? 1 : 0, a.world === 'normal' ? 1 : 0, a.size, a.cpu], at);
    view.setUint32(at + 4, a.address, true);
    view.setUint32(at + 8, a.value >>> 0, true);
  });
  return rom;
}

/** One line for each access: 8 digits of what was read, one of the interrupts pending at the CPU then. */
export async function runBusScript(driver: Driver, accesses: readonly BusAccess[], cpus = 1): Promise<string[]> {
  const run = await driver.run({ board: 'virt', kind: 'bios', image: busScriptRom(accesses), cpus, timeout: 30_000 });
  if (run.why !== 'exit') throw new Error(`${driver.name} did not come to the end of the script`);
  return run.serial[0].trimEnd().split('\n');
}

/** An access as a person reads it. */
export function describeAccess(a: BusAccess): string {
  const what = a.write ? `:= 0x${(a.value >>> 0).toString(16)}` : '?';
  return `cpu ${a.cpu} ${a.world} ${a.size} bytes at 0x${a.address.toString(16)} ${what}`;
}

/** Runs a script here and on QEMU. @returns the index of the first access that is answered differently, or -1 */
async function differsAt(
  accesses: readonly BusAccess[],
  cpus: number,
): Promise<{ at: number; log: readonly string[] }> {
  const [mine, theirs] = await Promise.all([runBusScript(ours, accesses, cpus), runBusScript(qemu, accesses, cpus)]);
  const log = accesses.map((a, i) => `${describeAccess(a)} -> ${mine[i]} here, ${theirs[i]} on QEMU`);
  return { at: accesses.findIndex((_, i) => mine[i] !== theirs[i]), log };
}

/** Script runs that shrinking may take. */
const SHRINK_RUNS = 150;

/**
 * Looks for an access that is answered differently here and on QEMU, and leaves out what is not needed for it.
 * @returns '' if there is none, else the shortened script with both answers
 */
export async function firstDifference(accesses: readonly BusAccess[], cpus: number): Promise<string> {
  let found = await differsAt(accesses, cpus);
  if (found.at < 0) return '';
  let script = accesses.slice(0, found.at + 1);
  let runs = 0;
  for (let chunk = script.length >> 1; chunk >= 1 && runs < SHRINK_RUNS; chunk >>= 1) {
    for (let from = 0; from < script.length - 1 && runs < SHRINK_RUNS; runs++) {
      const shorter = [...script.slice(0, from), ...script.slice(Math.min(from + chunk, script.length - 1))];
      const again = await differsAt(shorter, cpus);
      if (again.at < 0) from += chunk;
      else {
        found = again;
        script = shorter.slice(0, again.at + 1);
      }
    }
  }
  return found.log.slice(0, found.at + 1).join('\n');
}
