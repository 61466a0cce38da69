import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeSnapshot, encodeSnapshot, SnapshotError } from '../../emulator/boards/snapshot-file.ts';
import { createVirt, type VirtBoard } from '../../emulator/boards/virt.ts';
import { packedFlags } from '../../emulator/ir/oracle.ts';
import { SLOT_BYTES, Slot, STATE_BYTES } from '../../emulator/ir/slots.ts';

const IMAGE = 'dist/firmware/conformance-arm64.bin';
const IDENTITY = { board: 'virt', cpus: 1, memoryBytes: 128 << 20 };

const boot = (): VirtBoard => createVirt({ images: { bios: new Uint8Array(readFileSync(IMAGE)) } });

/** Everything that may not differ: registers, RAM, time, what was printed since `from`. */
function fingerprint(board: VirtBoard, from: number): string {
  const hash = createHash('sha256');
  const { machine } = board;
  for (const { state } of machine.cores) {
    // Not the engine's own slots: what it remembers of its last exit is nobody's state.
    for (let slot = 0; slot < STATE_BYTES / SLOT_BYTES; slot++) {
      if (slot < Slot.ZERO || slot === Slot.PC || slot >= Slot.VECTOR) hash.update(`${state.big(slot)},`);
    }
    hash.update(`${packedFlags((slot) => state.big(slot))};`);
  }
  for (const region of machine.phys.ramRegions)
    if (region.size <= 128 << 20) hash.update(machine.phys.peek(region.start, 1 << 20));
  hash.update(`${machine.instructions} ${machine.timeline.now()} ${board.console.text.slice(from)}`);
  return hash.digest('hex');
}

describe('a snapshot', () => {
  it('leads to the same end, again and again, in this machine and in a new one', () => {
    expect(existsSync(IMAGE)).toBe(true);
    for (const at of [50_000, 400_003]) {
      const board = boot();
      board.machine.run({ maxInstructions: at });
      const printed = board.console.text.length;
      const saved = board.save();
      const file = encodeSnapshot(saved, IDENTITY);
      board.machine.run({ maxInstructions: 300_000 });
      const expected = fingerprint(board, printed);
      for (let i = 0; i < 2; i++) {
        const before = board.console.text.length;
        board.restore(saved);
        board.machine.run({ maxInstructions: 300_000 });
        expect(fingerprint(board, before)).toBe(expected);
      }
      const other = boot();
      other.restore(decodeSnapshot(file, IDENTITY));
      other.machine.run({ maxInstructions: 300_000 });
      expect(fingerprint(other, 0)).toBe(expected);
    }
  });

  it('taking one changes nothing', () => {
    const [a, b] = [boot(), boot()];
    a.machine.run({ maxInstructions: 300_000 });
    for (let i = 0; i < 30; i++) {
      b.machine.run({ maxInstructions: 10_000 });
      b.save();
    }
    expect(fingerprint(b, 0)).toBe(fingerprint(a, 0));
  });

  it('of another version, board or length is refused with one sentence', () => {
    const board = boot();
    const file = encodeSnapshot(board.save(), IDENTITY);
    const refusal = (f: Uint8Array, identity = IDENTITY): string => {
      try {
        decodeSnapshot(f, identity);
        return 'accepted';
      } catch (error) {
        expect(error).toBeInstanceOf(SnapshotError);
        return (error as Error).message;
      }
    };
    expect(refusal(file.subarray(1))).toMatch('not a ringwarden snapshot');
    expect(refusal(file.subarray(0, file.length - 1))).toMatch('truncated');
    expect(refusal(file, { ...IDENTITY, cpus: 2 })).toMatch('cpus 1');
    expect(refusal(file)).toBe('accepted');
  });
});
