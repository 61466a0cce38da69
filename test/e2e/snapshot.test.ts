import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeSnapshot, encodeSnapshot, requireBoard, SnapshotError } from '../../emulator/boards/snapshot-file.ts';
import { createVirt, resumeVirt, type VirtBoard } from '../../emulator/boards/virt.ts';
import { fingerprint } from '../support/fingerprint.ts';
import { scenarioRom } from '../support/scenario-rom.ts';

const ENGINE = 'this one';
const bios = new Uint8Array(readFileSync('dist/firmware/conformance-arm64.bin'));
const boot = (): VirtBoard => createVirt({ images: { bios }, semihosting: true });
/** Both worlds, EL3 to EL0, two CPUs that take turns, timers of three levels in flight, spinlocks held by exclusives. */
const { rom } = scenarioRom('arm64.vttbr.swap', { cpus: 2 });
const bootBothWorlds = (): VirtBoard => createVirt({ images: { bios: rom }, cpus: 2, seed: 3 });

const fileOf = (board: VirtBoard): Uint8Array =>
  encodeSnapshot({ identity: board.identity, engine: ENGINE, state: board.save() });

describe('a snapshot', () => {
  it.each([
    ['the conformance image', boot, [50_000, 400_003], 300_000],
    ['a VMM and its monitor on two CPUs', bootBothWorlds, [1_234_567, 7_000_001], 600_000],
  ])(
    'of %s leads to the same end, again and again, in this machine and in a new one',
    (_name, make, moments, length) => {
      for (const at of moments) {
        const board = make();
        board.machine.run({ maxInstructions: at });
        const printed = board.console.text.length;
        const saved = board.save();
        const file = encodeSnapshot({ identity: board.identity, engine: ENGINE, state: saved });
        board.machine.run({ maxInstructions: length });
        const expected = fingerprint(board, printed);
        for (let i = 0; i < 2; i++) {
          const before = board.console.text.length;
          board.restore(saved);
          board.machine.run({ maxInstructions: length });
          expect(fingerprint(board, before)).toBe(expected);
        }
        const other = resumeVirt(decodeSnapshot(file, ENGINE));
        other.machine.run({ maxInstructions: length });
        expect(fingerprint(other, 0)).toBe(expected);
      }
    },
  );

  it('may be taken after every instruction of a stretch with exclusives, traps and a second CPU', () => {
    const board = bootBothWorlds();
    board.machine.run({ maxInstructions: 5_000_000 });
    const start = board.save();
    board.machine.run({ maxInstructions: 1_500 });
    const expected = fingerprint(board, board.console.text.length);
    board.restore(start);
    for (let i = 0; i < 1_500; i++) {
      board.machine.run({ maxInstructions: 1 });
      board.restore(board.save());
    }
    expect(fingerprint(board, board.console.text.length)).toBe(expected);
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

  it('carries a character of which half was sent', () => {
    const board = boot();
    const [first, ...rest] = new TextEncoder().encode('→');
    board.console.put(first!, 0);
    const other = resumeVirt(decodeSnapshot(fileOf(board), ENGINE));
    for (const byte of rest) other.console.put(byte, 0);
    expect(other.console.text).toBe('→');
  });
});

describe('many children of one snapshot', () => {
  const parent = bootBothWorlds();
  parent.machine.run({ maxInstructions: 5_000_000 });
  const state = parent.save();
  const run = (board: VirtBoard): string => {
    board.machine.run({ maxInstructions: 1_000_000 });
    return fingerprint(board, board.console.text.length);
  };
  const child = (seed: number, key: string): VirtBoard => {
    const board = resumeVirt({ identity: parent.identity, state });
    board.machine.reseed(seed);
    board.uart0.receive(new TextEncoder().encode(key));
    return board;
  };

  it('go ways of their own by seed and by input, each the same way again, and the parent goes on as if there were none', () => {
    const kinds = [
      [1, ''],
      [2, ''],
      [3, ''],
      [1, 'x'],
    ] as const;
    const children = kinds.map(([seed, key]) => child(seed, key));
    // In turn, a piece each: nothing that one writes may reach another.
    for (let i = 0; i < 4; i++) for (const board of children) board.machine.run({ maxInstructions: 250_000 });
    const ends = children.map((board) => fingerprint(board, board.console.text.length));
    expect(new Set(ends).size).toBe(kinds.length);
    expect(kinds.map(([seed, key]) => run(child(seed, key)))).toEqual(ends);
    const alone = bootBothWorlds();
    alone.machine.run({ maxInstructions: 5_000_000 });
    expect(run(parent)).toBe(run(alone));
  });
});

describe('a snapshot file is refused with one sentence', () => {
  const file = fileOf(boot());
  const text = new TextDecoder('latin1').decode(file);
  const refusal = (action: () => void): string => {
    try {
      action();
      return 'accepted';
    } catch (error) {
      expect(error).toBeInstanceOf(SnapshotError);
      expect((error as Error).message).not.toContain('\n');
      return (error as Error).message;
    }
  };
  const flipped = file.slice();
  flipped[flipped.length - 1000]! ^= 1;

  it.each([
    ['with another first line', file.subarray(1), 'not a ringwarden snapshot'],
    ['of another version', new TextEncoder().encode(text.replace('snapshot 2', 'snapshot 1')), 'version 1'],
    ['that ends within its first line', file.subarray(0, 5), 'truncated'],
    ['that ends within its description', file.subarray(0, 500), 'truncated'],
    ['that ends within its RAM', file.subarray(0, file.length - 1), 'truncated'],
    ['with a description that is none', new TextEncoder().encode('ringwarden snapshot 2\n{]\n'), 'damaged'],
    ['with a changed bit', flipped, 'damaged'],
  ])('%s', (_name, bytes, message) => {
    expect(refusal(() => decodeSnapshot(bytes, ENGINE))).toMatch(message);
  });

  it('of another build of the engine', () => {
    expect(refusal(() => decodeSnapshot(file, 'another'))).toMatch('taken by the engine this one, and this is another');
  });

  it('of another board, and accepted where the board is the one asked for', () => {
    const { identity } = decodeSnapshot(file, ENGINE);
    expect(refusal(() => requireBoard(identity, { cpus: 2 }))).toMatch('taken of 1 CPU, not of 2 CPUs');
    expect(refusal(() => requireBoard(identity, { memoryBytes: 1 << 26 }))).toMatch('128 MiB of RAM, not of 64 MiB');
    expect(refusal(() => requireBoard(identity, { board: 'pc' }))).toMatch('the board virt, not of the board pc');
    expect(refusal(() => requireBoard(identity, { cpus: 1, board: 'virt' }))).toBe('accepted');
  });
});
