/**
 * The ROM of a run: the EL3 image at 0x0 and the trust anchor, which nobody rewrites; then what stands in flash, at a fixed
 * offset a directory of what it holds, and the payloads.
 * The firmware reads it by `firmware/lib/include/rw/bundle.h`; all numbers are little endian.
 */
import { createHash } from 'node:crypto';
import { ANCHOR_OFFSET, type Anchor, encodeAnchor } from './anchor.ts';

/** Offset of the directory in the ROM (`RW_BUNDLE_OFFSET`): where flash begins. */
export const BUNDLE_OFFSET = 0x10_0000;
/** "RWB1" (`RW_BUNDLE_MAGIC`). */
export const BUNDLE_MAGIC = 0x3142_5752;

/** What a payload is (`enum rw_bundle_kind`). */
export const BUNDLE_KIND = {
  vmm: 1,
  guestKernel: 2,
  vmmModule: 3,
  guestModule: 4,
  agent: 5,
  configuration: 6,
  secret: 7,
} as const;

export type BundleKind = keyof typeof BUNDLE_KIND;

/** One payload and where EL3 puts it. */
export interface BundleEntry {
  /** At most 23 ASCII characters. */
  readonly name: string;
  readonly kind: BundleKind;
  readonly flags?: number;
  readonly bytes: Uint8Array;
  /** Physical address, page aligned; 0 or absent: the payload stays in the ROM. */
  readonly load?: bigint;
  /** Physical or virtual address at which the image is entered, where its kind has an entry. */
  readonly entry?: bigint;
  /** Instead of the payload's true hash: what the trusted directory expects (to show a tampered image). */
  readonly sha256?: Uint8Array;
}

const HEADER_SIZE = 16;
const ENTRY_SIZE = 128;
const NAME_SIZE = 24;
const PAGE = 4096;

const pageUp = (value: number): number => Math.ceil(value / PAGE) * PAGE;

/**
 * Packs a ROM. Payloads with equal bytes are stored once.
 *
 * @param el3 - flat EL3 image, linked at 0x0
 * @param anchor - the machine's own secrets, where its EL3 has use for them
 * @throws RangeError for an EL3 image that reaches into the anchor, or a name that does not fit
 */
export function packBundle(el3: Uint8Array, entries: readonly BundleEntry[], anchor?: Anchor): Uint8Array {
  if (el3.length > ANCHOR_OFFSET) {
    throw new RangeError(`the EL3 image has ${el3.length} bytes; the trust anchor stands at ${ANCHOR_OFFSET}`);
  }
  const directorySize = HEADER_SIZE + ENTRY_SIZE * entries.length;
  let end = pageUp(BUNDLE_OFFSET + directorySize);
  const offsets = new Map<string, number>();
  const placed = entries.map((entry) => {
    const hash = createHash('sha256').update(entry.bytes).digest();
    const key = hash.toString('hex');
    const known = offsets.get(key);
    const offset = known ?? end;
    if (known === undefined) {
      offsets.set(key, offset);
      end = pageUp(offset + entry.bytes.length);
    }
    return { entry, offset, sha256: entry.sha256 ?? hash };
  });
  const rom = new Uint8Array(end);
  const view = new DataView(rom.buffer);
  rom.set(el3);
  view.setUint32(BUNDLE_OFFSET, BUNDLE_MAGIC, true);
  view.setUint32(BUNDLE_OFFSET + 4, entries.length, true);
  view.setBigUint64(BUNDLE_OFFSET + 8, BigInt(end), true);
  placed.forEach(({ entry, offset, sha256 }, index) => {
    const at = BUNDLE_OFFSET + HEADER_SIZE + ENTRY_SIZE * index;
    rom.set(nameBytes(entry.name), at);
    view.setUint32(at + 24, BUNDLE_KIND[entry.kind], true);
    view.setUint32(at + 28, entry.flags ?? 0, true);
    view.setBigUint64(at + 32, BigInt(offset), true);
    view.setBigUint64(at + 40, BigInt(entry.bytes.length), true);
    view.setBigUint64(at + 48, entry.load ?? 0n, true);
    view.setBigUint64(at + 56, entry.entry ?? 0n, true);
    rom.set(sha256, at + 64);
    rom.set(entry.bytes, offset);
  });
  if (anchor) {
    const directory = rom.subarray(BUNDLE_OFFSET, BUNDLE_OFFSET + directorySize);
    rom.set(encodeAnchor(anchor, createHash('sha256').update(directory).digest()), ANCHOR_OFFSET);
  }
  return rom;
}

/** Where things stand in a finished ROM: what an alteration of flash aims at. */
export interface RomMap {
  /** The directory: header and entries. */
  readonly directory: { readonly offset: number; readonly size: number };
  /** The payloads by name; two of equal bytes stand in one place. */
  readonly payloads: ReadonlyMap<string, { readonly offset: number; readonly size: number }>;
}

/** Reads the directory of a ROM that {@link packBundle} made. */
export function mapRom(rom: Uint8Array): RomMap {
  const view = new DataView(rom.buffer, rom.byteOffset, rom.byteLength);
  const count = view.getUint32(BUNDLE_OFFSET + 4, true);
  const payloads = new Map<string, { offset: number; size: number }>();
  for (let index = 0; index < count; index++) {
    const at = BUNDLE_OFFSET + HEADER_SIZE + ENTRY_SIZE * index;
    const name = new TextDecoder().decode(rom.subarray(at, at + NAME_SIZE)).replace(/\0+$/, '');
    const size = Number(view.getBigUint64(at + 40, true));
    payloads.set(name, { offset: Number(view.getBigUint64(at + 32, true)), size });
  }
  return { directory: { offset: BUNDLE_OFFSET, size: HEADER_SIZE + ENTRY_SIZE * count }, payloads };
}

function nameBytes(name: string): Uint8Array {
  const bytes = new TextEncoder().encode(name);
  if (bytes.length === 0 || bytes.length >= NAME_SIZE) {
    throw new RangeError(`bundle entry name "${name}" must have 1 to ${NAME_SIZE - 1} bytes`);
  }
  return bytes;
}
