import { describe, expect, it } from 'vitest';
import { ElfMachine, parseElf } from './elf.ts';
import { checkPlaces, ImageError } from './image-error.ts';

interface Segment {
  readonly type?: number;
  readonly offset?: number;
  readonly vaddr?: number;
  readonly paddr: number;
  readonly data: Uint8Array;
  readonly memory?: number;
}

/** An ELF-64 file with the given segments behind its headers. */
function elf(
  segments: readonly Segment[],
  change: { machine?: number; class?: number; type?: number; entry?: number } = {},
) {
  const dataAt = 64 + 56 * segments.length;
  const file = new Uint8Array(dataAt + segments.reduce((n, s) => n + s.data.length, 0));
  const v = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, change.class ?? 2, 1, 1]);
  v.setUint16(0x10, change.type ?? 2, true);
  v.setUint16(0x12, change.machine ?? ElfMachine.AArch64, true);
  v.setBigUint64(0x18, BigInt(change.entry ?? segments[0]?.vaddr ?? segments[0]?.paddr ?? 0), true);
  v.setBigUint64(0x20, 64n, true);
  v.setUint16(0x36, 56, true);
  v.setUint16(0x38, segments.length, true);
  let at = dataAt;
  segments.forEach((s, i) => {
    const p = 64 + 56 * i;
    v.setUint32(p, s.type ?? 1, true);
    v.setBigUint64(p + 8, BigInt(s.offset ?? at), true);
    v.setBigUint64(p + 16, BigInt(s.vaddr ?? s.paddr), true);
    v.setBigUint64(p + 24, BigInt(s.paddr), true);
    v.setBigUint64(p + 32, BigInt(s.data.length), true);
    v.setBigUint64(p + 40, BigInt(s.memory ?? s.data.length), true);
    file.set(s.data, at);
    at += s.data.length;
  });
  return file;
}

const parse = (file: Uint8Array) => parseElf(file, ElfMachine.AArch64);
const four = Uint8Array.of(1, 2, 3, 4);

describe('ELF files that can be booted', () => {
  it('segments go to their physical addresses; the entry is translated from the virtual one', () => {
    const image = parse(
      elf([{ vaddr: 0xffff_0000, paddr: 0x4000_0000, data: four, memory: 16 }], { entry: 0xffff_0004 }),
    );
    expect(image.entry).toBe(0x4000_0004);
    expect(image.pieces.map((p) => [p.address, p.size, [...p.data]])).toEqual([[0x4000_0000, 16, [1, 2, 3, 4]]]);
  });

  it('only PT_LOAD segments with memory are loaded', () => {
    const image = parse(
      elf([
        { paddr: 0x4000_0000, data: four },
        { type: 4, paddr: 0x5000_0000, data: four },
        { paddr: 0, data: new Uint8Array(0) },
      ]),
    );
    expect(image.pieces).toHaveLength(1);
  });
});

describe('ELF files that are refused, with the place', () => {
  const refused = (file: Uint8Array, message: RegExp) => {
    expect(() => parse(file)).toThrow(ImageError);
    expect(() => parse(file)).toThrow(message);
  };
  const good = elf([{ paddr: 0x4000_0000, data: four }]);

  it.each([1, 3, 4, 0x13, 0x20, 63, 64, 100, 119, good.length - 1])('cut off after %i bytes', (length) => {
    refused(good.subarray(0, length), length < 4 ? /not an ELF file/ : /truncated ELF file/);
  });

  it('another machine, by name', () => {
    refused(
      elf([{ paddr: 0, data: four }], { machine: 62 }),
      /for x86-64 \(e_machine 62 at offset 0x12\).*runs AArch64/,
    );
    refused(elf([{ paddr: 0, data: four }], { machine: 40, class: 1 }), /for Arm \(32-bit\)/);
  });

  it('a 32-bit class, a relocatable object, no segment', () => {
    refused(elf([{ paddr: 0, data: four }], { class: 1 }), /class 1 \(offset 0x4\)/);
    refused(elf([{ paddr: 0, data: four }], { type: 1 }), /a relocatable object/);
    refused(elf([]), /without a loadable segment/);
  });

  it('a segment past the end of the file, or larger there than in memory', () => {
    refused(
      elf([{ paddr: 0x4000_0000, data: four, offset: 0x1000 }]),
      /needs bytes 0x1000-0x1003, and the file ends at 0x7c/,
    );
    refused(
      elf([{ paddr: 0x4000_0000, data: four, memory: 2 }]),
      /more bytes in the file \(0x4\) than in memory \(0x2\)/,
    );
  });

  it('an entry outside of every segment', () => {
    refused(elf([{ paddr: 0x4000_0000, data: four }], { entry: 0x5000_0000 }), /entry 0x50000000/);
  });
});

describe('places of pieces', () => {
  const ram = [{ name: 'RAM', start: 0x4000_0000, size: 0x1000 }];
  const piece = (what: string, address: number, size: number) => ({ what, address, size, data: four });

  it('the last byte of memory is inside, the next outside', () => {
    checkPlaces([piece('a', 0x4000_0000, 0x1000)], ram);
    expect(() => checkPlaces([piece('a', 0x4000_0001, 0x1000)], ram)).toThrow(
      'a (0x40000001-0x40001000) lies outside of memory: RAM 0x40000000-0x40000fff',
    );
  });

  it('neighbours may touch and not overlap', () => {
    checkPlaces([piece('b', 0x4000_0010, 16), piece('a', 0x4000_0000, 16)], ram);
    expect(() => checkPlaces([piece('b', 0x4000_000f, 16), piece('a', 0x4000_0000, 16)], ram)).toThrow(
      'a (0x40000000-0x4000000f) and b (from 0x4000000f) overlap',
    );
  });
});
