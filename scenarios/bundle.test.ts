import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ANCHOR_MAGIC, ANCHOR_OFFSET } from './anchor.ts';
import { BUNDLE_OFFSET, type BundleEntry, mapRom, packBundle } from './bundle.ts';

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

  test('refuses an EL3 image that reaches into the trust anchor', () => {
    expect(() => packBundle(new Uint8Array(ANCHOR_OFFSET + 1), [])).toThrow(/trust anchor stands at 1044480/);
    expect(() => packBundle(new Uint8Array(ANCHOR_OFFSET), [])).not.toThrow();
  });

  test('is mapped again by its directory', () => {
    const rom = packBundle(el3, [entry('a', [1, 2]), entry('b', [3])]);
    const { directory, payloads } = mapRom(rom);
    expect(directory).toEqual({ offset: 0x10_0000, size: 16 + 2 * 128 });
    expect([...payloads.keys()]).toEqual(['a', 'b']);
    const { offset, size } = payloads.get('a')!;
    expect([...rom.subarray(offset, offset + size)]).toEqual([1, 2]);
  });
});

describe('the trust anchor', () => {
  const key = new Uint8Array(32).fill(0x11);
  const nonce = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
  const header = readFileSync(new URL('../firmware/lib/include/rw/anchor.h', import.meta.url), 'utf8');
  const anchorOf = (rom: Uint8Array) => rom.subarray(ANCHOR_OFFSET, ANCHOR_OFFSET + 88);

  test('holds the hash of the directory, the key and the challenge, as the C header lays them out', () => {
    const rom = packBundle(el3, [entry('a', [1])], { key, nonce, measured: true });
    const anchor = anchorOf(rom);
    const directory = rom.subarray(BUNDLE_OFFSET, BUNDLE_OFFSET + 16 + 128);
    expect(new TextDecoder().decode(anchor.subarray(0, 4))).toBe('RWA1');
    expect([...anchor.subarray(4, 8)]).toEqual([1, 0, 0, 0]);
    expect(Buffer.from(anchor.subarray(8, 40))).toEqual(createHash('sha256').update(directory).digest());
    expect(anchor.subarray(40, 72)).toEqual(key);
    expect(anchor.subarray(72, 88)).toEqual(nonce);
    expect(header).toContain(`#define RW_ANCHOR_MAGIC 0x${ANCHOR_MAGIC.toString(16)}u`);
    expect(header).toContain('sizeof(struct rw_anchor) == 88');
  });

  test('without a challenge has zeroes, and without measured boot no flag', () => {
    const anchor = anchorOf(packBundle(el3, [], { key, measured: false }));
    expect([...anchor.subarray(72, 88)]).toEqual(Array(16).fill(0));
    expect(anchor[4]).toBe(0);
  });

  test('refuses a key or a challenge of another length', () => {
    expect(() => packBundle(el3, [], { key: key.subarray(1), measured: true })).toThrow(/31 bytes, not 32/);
    expect(() => packBundle(el3, [], { key, nonce: key, measured: true })).toThrow(/32 bytes, not 16/);
  });

  test('refuses a name that is empty or does not fit', () => {
    expect(() => packBundle(el3, [entry('', [1])])).toThrow(/1 to 23 bytes/);
    expect(() => packBundle(el3, [entry('x'.repeat(24), [1])])).toThrow(/1 to 23 bytes/);
    expect(() => packBundle(el3, [entry('x'.repeat(23), [1])])).not.toThrow();
  });
});
