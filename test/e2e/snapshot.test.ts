import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeSnapshot, encodeSnapshot, SnapshotError } from '../../emulator/boards/snapshot-file.ts';
import { createVirt, type VirtBoard } from '../../emulator/boards/virt.ts';
import { fingerprint } from '../support/fingerprint.ts';

const IMAGE = 'dist/firmware/conformance-arm64.bin';
const IDENTITY = { board: 'virt', cpus: 1, memoryBytes: 128 << 20 };

const boot = (): VirtBoard => createVirt({ images: { bios: new Uint8Array(readFileSync(IMAGE)) } });

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
