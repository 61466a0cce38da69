import { readFileSync } from 'node:fs';
import type { Driver } from '../../peers/driver.ts';
import { ours } from '../../peers/ours.ts';
import { qemu } from '../../peers/qemu.ts';

/** One access of a script. */
export interface BusAccess {
  /**
   * `acknowledge` reads, and the CPU remembers the number that it read, if it is an interrupt's; `end` writes the number
   * that was remembered last, and forgets it (1023 if there is none).
   */
  readonly kind: 'read' | 'write' | 'acknowledge' | 'end';
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
/** In the order of their numbers in a script. */
const KINDS: readonly BusAccess['kind'][] = ['read', 'write', 'acknowledge', 'end'];

/** The ROM that performs the accesses. */
export function busScriptRom(accesses: readonly BusAccess[]): Uint8Array {
  const rom = new Uint8Array(SCRIPT + 4 + accesses.length * ENTRY_BYTES);
  rom.set(readFileSync(IMAGE));
  const view = new DataView(rom.buffer);
  view.setUint32(SCRIPT, accesses.length, true);
  accesses.forEach((a, i) => {
    const at = SCRIPT + 4 + i * ENTRY_BYTES;
    rom.set([KINDS.indexOf(a.kind), a.world === 'normal' ? 1 : 0, a.size, a.cpu], at);
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
  const value = a.kind === 'write' ? ` := 0x${(a.value >>> 0).toString(16)}` : '';
  return `cpu ${a.cpu} ${a.world} ${a.kind} ${a.size} bytes at 0x${a.address.toString(16)}${value}`;
}

/** What the manual demands where QEMU answers `theirs`. `mine` is there for parts that QEMU does not answer at all. */
export type Expected = (access: BusAccess, theirs: string, mine: string) => string;

/** Runs a script here and on QEMU. @returns the index of the first access that is answered differently, or -1 */
async function differsAt(
  accesses: readonly BusAccess[],
  cpus: number,
  expected: Expected,
): Promise<{ at: number; log: readonly string[] }> {
  const [mine, theirs] = await Promise.all([runBusScript(ours, accesses, cpus), runBusScript(qemu, accesses, cpus)]);
  const log = accesses.map((a, i) => `${describeAccess(a)} -> ${mine[i]} here, ${theirs[i]} on QEMU`);
  return { at: accesses.findIndex((a, i) => mine[i] !== expected(a, theirs[i], mine[i])), log };
}

/** Script runs that shrinking may take. */
const SHRINK_RUNS = 150;

/**
 * Looks for an access that is answered differently here and on QEMU, and leaves out what is not needed for it.
 * @returns '' if there is none, else the shortened script with both answers
 * @param opening what every script begins with
 */
export async function firstDifference(
  opening: readonly BusAccess[],
  body: readonly BusAccess[],
  cpus: number,
  expected: Expected = (_, theirs) => theirs,
): Promise<string> {
  let script = [...opening, ...body];
  let found = await differsAt(script, cpus, expected);
  if (found.at < 0) return '';
  script = script.slice(0, found.at + 1);
  let runs = 0;
  for (let chunk = script.length >> 1; chunk >= 1 && runs < SHRINK_RUNS; chunk >>= 1) {
    for (let from = opening.length; from < script.length - 1 && runs < SHRINK_RUNS; runs++) {
      const shorter = [...script.slice(0, from), ...script.slice(Math.min(from + chunk, script.length - 1))];
      const again = await differsAt(shorter, cpus, expected);
      if (again.at < 0) from += chunk;
      else {
        found = again;
        script = shorter.slice(0, again.at + 1);
      }
    }
  }
  return found.log.slice(Math.min(opening.length, found.at), found.at + 1).join('\n');
}
