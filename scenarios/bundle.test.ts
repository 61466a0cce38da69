import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { BUNDLE_OFFSET, type BundleEntry, packBundle } from './bundle.ts';

const el3 = new Uint8Array(100).fill(0xe3);
const entry = (name: string, bytes: number[], more: Partial<BundleEntry> = {}): BundleEntry => ({
  name,
  kind: 'vmm',
  bytes: new Uint8Array(bytes),
  ...more,
});

/** Reads entry `index` by the offsets of `struct rw_bundle_entry`. */
function read(rom: Uint8Array, index: number) {
  const at = BUNDLE_OFFSET + 16 + 128 * index;
  const view = new DataView(rom.buffer, at, 128);
  const offset = Number(view.getBigUint64(32, true));
  const size = Number(view.getBigUint64(40, true));
  return {
    name: new TextDecoder().decode(rom.subarray(at, at + 24)).replace(/\0+$/, ''),
    kind: view.getUint32(24, true),
    flags: view.getUint32(28, true),
    offset,
    load: view.getBigUint64(48, true),
    entry: view.getBigUint64(56, true),
    sha256: Buffer.from(rom.subarray(at + 64, at + 96)).toString('hex'),
    bytes: [...rom.subarray(offset, offset + size)],
  };
}

describe('the bundle', () => {
  test('begins with the EL3 image and has its directory at 1 MiB, with magic, count and total size', () => {
    const rom = packBundle(el3, [entry('a', [1]), entry('b', [2])]);
    const view = new DataView(rom.buffer);
    expect(rom.subarray(0, 100)).toEqual(el3);
    expect(new TextDecoder().decode(rom.subarray(0x10_0000, 0x10_0004))).toBe('RWB1');
    expect(view.getUint32(0x10_0004, true)).toBe(2);
    expect(view.getBigUint64(0x10_0008, true)).toBe(BigInt(rom.length));
  });

  test('says of each payload what it is, where it goes, and its SHA-256', () => {
    const rom = packBundle(el3, [
      entry('first', [1, 2, 3]),
      entry('second', [4, 5], { kind: 'agent', flags: 7, load: 0x4600_0000n, entry: 0x4600_0004n }),
    ]);
    expect(read(rom, 1)).toMatchObject({ name: 'second', kind: 5, flags: 7, load: 0x4600_0000n, entry: 0x4600_0004n });
    expect(read(rom, 0).bytes).toEqual([1, 2, 3]);
    expect(read(rom, 1).bytes).toEqual([4, 5]);
    expect(read(rom, 1).sha256).toBe(
      createHash('sha256')
        .update(new Uint8Array([4, 5]))
        .digest('hex'),
    );
  });

  test('puts payloads on page boundaries and equal ones into one place', () => {
    const rom = packBundle(el3, [entry('a', [1]), entry('b', [2]), entry('c', [1])]);
    const offsets = [0, 1, 2].map((index) => read(rom, index).offset);
    for (const offset of offsets) expect(offset % 4096).toBe(0);
    expect(offsets[2]).toBe(offsets[0]);
    expect(offsets[1]).not.toBe(offsets[0]);
  });

  test('carries the hash that it is told to, so that a tampered payload can be packed', () => {
    const rom = packBundle(el3, [entry('a', [1], { sha256: new Uint8Array(32).fill(0xab) })]);
    expect(read(rom, 0).sha256).toBe('ab'.repeat(32));
  });

  test('refuses an EL3 image that reaches into the directory', () => {
    expect(() => packBundle(new Uint8Array(BUNDLE_OFFSET + 1), [])).toThrow(/bundle directory begins at 1048576/);
    expect(() => packBundle(new Uint8Array(BUNDLE_OFFSET), [])).not.toThrow();
  });

  test('refuses a name that is empty or does not fit', () => {
    expect(() => packBundle(el3, [entry('', [1])])).toThrow(/1 to 23 bytes/);
    expect(() => packBundle(el3, [entry('x'.repeat(24), [1])])).toThrow(/1 to 23 bytes/);
    expect(() => packBundle(el3, [entry('x'.repeat(23), [1])])).not.toThrow();
  });
});
