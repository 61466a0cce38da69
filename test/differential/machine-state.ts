/** What two machines must agree on at a slice's end, whatever carries out their instructions. */
import type { Arm64Core } from '../../emulator/arm64/core.ts';
import { Sys } from '../../emulator/arm64/registers/slots.ts';
import type { Machine } from '../../emulator/engine/machine.ts';
import { packedFlags } from '../../emulator/ir/oracle.ts';
import { Slot } from '../../emulator/ir/slots.ts';
import { PAGE_BYTES } from '../../emulator/memory/physical.ts';

export interface Subject {
  readonly name: string;
  readonly machine: Machine<Arm64Core>;
  /** State of the devices and counters, as text. */
  devices(): string;
}

/** Slots that mean something between two instructions: not the translator's temporaries, not the engine's own. */
const SLOTS: readonly (readonly [first: number, end: number])[] = [
  [Slot.GENERAL, Slot.ZERO],
  [Slot.PC, Slot.PC + 1],
  [Slot.EXCLUSIVE_ADDRESS, Slot.TEMP],
  [Slot.VECTOR, Slot.EVENTS],
];

const NAMES = new Map(Object.entries(Sys).map(([name, slot]) => [slot, name]));
function nameOf(slot: number): string {
  if (slot < Slot.SP) return `X${slot}`;
  if (slot === Slot.SP) return 'SP';
  if (slot === Slot.PC) return 'PC';
  if (slot < Slot.TEMP) return `exclusive ${slot - Slot.EXCLUSIVE_ADDRESS}`;
  if (slot < Slot.VECTOR + 64) return `V${(slot - Slot.VECTOR) >> 1}.${(slot - Slot.VECTOR) & 1 ? 'high' : 'low'}`;
  return NAMES.get(slot) ?? `slot ${slot}`;
}

/** While no store-exclusive can succeed, the values that it would compare mean nothing. */
const isIdle = (core: Arm64Core, slot: number): boolean =>
  slot > Slot.EXCLUSIVE_ADDRESS && slot < Slot.TEMP && core.state.lo(Slot.EXCLUSIVE_ADDRESS) === -1;

function coreDifferences(a: Arm64Core, b: Arm64Core, line: (what: string, x: unknown, y: unknown) => void): void {
  const [wa, wb] = [a.state.words, b.state.words];
  const [ba, bb] = [a.state.base >> 2, b.state.base >> 2];
  for (const [first, end] of SLOTS) {
    for (let slot = first; slot < end; slot++) {
      const i = slot * 2;
      if (wa[ba + i] === wb[bb + i] && wa[ba + i + 1] === wb[bb + i + 1]) continue;
      if (isIdle(a, slot)) continue;
      line(
        `CPU ${a.number} ${nameOf(slot)}`,
        `0x${a.state.big(slot).toString(16)}`,
        `0x${b.state.big(slot).toString(16)}`,
      );
    }
  }
  const [fa, fb] = [a, b].map((core) => packedFlags((slot) => core.state.big(slot)));
  if (fa !== fb) line(`CPU ${a.number} NZCV`, fa, fb);
  if (a.waiting !== b.waiting) line(`CPU ${a.number} waiting`, a.waiting, b.waiting);
  if (a.off !== b.off) line(`CPU ${a.number} off`, a.off, b.off);
}

/** Pages that either wrote since both were last saved; what was not written is as it was. */
function memoryDifferences(a: Machine, b: Machine, line: (what: string, x: unknown, y: unknown) => void): void {
  const pages = a.phys.dirtyPages.length > 0 || b.phys.dirtyPages.length > 0;
  if (!pages) return;
  for (const page of new Set([...a.phys.dirtyPages, ...b.phys.dirtyPages])) {
    const [x, y] = [a, b].map(({ phys }) => phys.bytes.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES));
    if (Buffer.compare(x!, y!) === 0) continue;
    const at = x!.findIndex((byte, i) => byte !== y![i]);
    line(`page ${page}, byte 0x${at.toString(16)}`, x![at], y![at]);
  }
}

/** Differences of registers, written memory, time and stop reason as lines, empty where there are none. */
export function stateDifferences(a: Subject, b: Subject): string[] {
  const lines: string[] = [];
  const line = (what: string, x: unknown, y: unknown): void => {
    lines.push(`${what}: ${a.name} ${x}, ${b.name} ${y}`);
  };
  const [ma, mb] = [a.machine, b.machine];
  if (ma.instructions !== mb.instructions) line('instructions', ma.instructions, mb.instructions);
  if (ma.timeline.now() !== mb.timeline.now()) line('time', ma.timeline.now(), mb.timeline.now());
  if (ma.stopReason?.text !== mb.stopReason?.text) line('stop', ma.stopReason?.text, mb.stopReason?.text);
  ma.cores.forEach((core, i) => {
    coreDifferences(core, mb.cores[i]!, line);
  });
  memoryDifferences(ma, mb, line);
  return lines;
}

/** The same, and devices, event counts and the architectural contents of every TLB. */
export function allDifferences(a: Subject, b: Subject): string[] {
  const lines = stateDifferences(a, b);
  const [da, db] = [a.devices(), b.devices()];
  if (da !== db) lines.push(`devices: ${a.name} ${da}, ${b.name} ${db}`);
  a.machine.cores.forEach((core, i) => {
    const [ta, tb] = [core, b.machine.cores[i]!].map(({ tlb }) => JSON.stringify(tlb.save()));
    if (ta !== tb) lines.push(`CPU ${i}: the TLBs of ${a.name} and ${b.name} differ`);
  });
  return lines;
}

/** Runs all in slices of one length. @returns the differences at the first boundary that has any, with its place */
export function lockstep(subjects: readonly Subject[], slice: number, instructions: number): string[] {
  const [judge, ...others] = subjects;
  for (const { machine } of subjects) machine.save();
  for (let done = 0; done < instructions && !judge!.machine.stopReason; done += slice) {
    const length = Math.min(slice, instructions - done);
    for (const { machine } of subjects) machine.run({ maxInstructions: length });
    for (const other of others) {
      const lines = stateDifferences(judge!, other);
      if (lines.length > 0) return [`after ${done + length} instructions in slices of ${slice}`, ...lines];
    }
  }
  return others.flatMap((other) => allDifferences(judge!, other));
}
