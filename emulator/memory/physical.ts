import { type Device, ExternalAbort, type Initiator } from '../devices/device.ts';

/** A stretch of RAM or ROM. */
export interface RamRegion {
  readonly name: string;
  /** Physical address and bytes, multiples of 4096. */
  readonly start: number;
  readonly size: number;
  /** Answers the secure physical address space alone. */
  readonly secureOnly: boolean;
  /** Writes are refused. */
  readonly readOnly: boolean;
  /** Byte offset in linear memory. */
  readonly offset: number;
}

interface DeviceRegion {
  readonly start: number;
  readonly end: number;
  readonly device: Device;
  readonly secureOnly: boolean;
}

/** Decides whether an access to RAM may pass: an address-space controller. `page` is the physical address >> 12. */
export type MemoryFilter = (page: number, write: boolean, by: Initiator) => boolean;

export const PAGE_BYTES = 4096;

/** Flags of a RAM page. */
export const PageFlag = {
  /** Translated code came from here: stores take the slow way. */
  code: 1,
  /** Written since the last snapshot. */
  dirty: 2,
} as const;

/**
 * The physical address spaces of a board: RAM in linear memory, devices behind methods. Addresses are plain numbers
 * (below 2^48). A 64-bit value travels as two halves.
 */
export class PhysicalMemory {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  private readonly ram: RamRegion[] = [];
  private readonly devices: DeviceRegion[] = [];
  private next: number;
  private readonly limit: number;
  /** Flags by RAM page, index = linear memory offset >> 12. */
  readonly pageFlags: Uint8Array;
  /** Pages written since the last snapshot, in the order of their first write. */
  readonly dirtyPages: number[] = [];
  private filter: MemoryFilter = () => true;
  /** Changes whenever {@link ramFor} may decide otherwise than before. */
  decisions = 0;
  /** The fast paths hold decisions that no longer hold: the engine drops them. */
  onProtectionChange: () => void = () => {};
  /** A write by anyone but translated code's fast path reached a page that holds translated code. */
  onCodeWrite: (offset: number, size: number) => void = () => {};

  /**
   * An access to RAM was refused and ends in an external abort: the address-space controller keeps a record of it.
   */
  onRefused: (pa: number, write: boolean, by: Initiator) => void = () => {};
  /** An access ended in an external abort because nothing stands there. */
  onHole: (pa: number) => void = () => {};

  /** A device is about to be accessed: 1, 2 or 4 bytes of its registers. */
  onDeviceAccess: (device: Device) => void = () => {};

  /**
   * @param buffer linear memory
   * @param ramStart first byte of linear memory that guest RAM may use, a multiple of 4096
   */
  constructor(buffer: ArrayBuffer, ramStart: number) {
    this.bytes = new Uint8Array(buffer);
    this.words = new Int32Array(buffer);
    this.pageFlags = new Uint8Array(buffer.byteLength >>> 12);
    this.next = ramStart;
    this.limit = buffer.byteLength;
  }

  /** Adds RAM or ROM. @throws Error if linear memory is too small */
  addRam(
    name: string,
    start: number,
    size: number,
    options: { secureOnly?: boolean; readOnly?: boolean } = {},
  ): RamRegion {
    if (this.next + size > this.limit) throw new Error(`linear memory has no room for ${size} bytes of ${name}`);
    const region = {
      name,
      start,
      size,
      secureOnly: options.secureOnly ?? false,
      readOnly: options.readOnly ?? false,
      offset: this.next,
    };
    this.next += size;
    this.ram.push(region);
    this.decisions++;
    return region;
  }

  /** Puts a device at a physical address. */
  addDevice(start: number, device: Device, options: { secureOnly?: boolean } = {}): void {
    this.devices.push({ start, end: start + device.size, device, secureOnly: options.secureOnly ?? false });
  }

  get ramRegions(): readonly RamRegion[] {
    return this.ram;
  }

  /** Installs the address-space controller's decision over RAM and drops all fast paths. */
  setFilter(filter: MemoryFilter): void {
    this.filter = filter;
    this.filterChanged();
  }

  /** Tells that the installed filter's decisions changed. */
  filterChanged(): void {
    this.decisions++;
    this.onProtectionChange();
  }

  /** Offset in linear memory of RAM at `pa`, or -1. No permission is checked. */
  offsetOf(pa: number): number {
    const region = this.regionOf(pa);
    return region ? region.offset + (pa - region.start) : -1;
  }

  /** Physical address >> 12 of the RAM page at a linear-memory offset >> 12, or -1. */
  physicalPageOf(page: number): number {
    const offset = page * PAGE_BYTES;
    const region = this.ram.find((r) => offset >= r.offset && offset < r.offset + r.size);
    return region ? (region.start + offset - region.offset) / PAGE_BYTES : -1;
  }

  /** Offset in linear memory if `by` may make this access to RAM, else -1 (a device, a hole, or refused). */
  ramFor(pa: number, write: boolean, by: Initiator): number {
    const region = this.regionOf(pa);
    if (!region) return -1;
    if (region.secureOnly && !by.secure) return -1;
    if (write && region.readOnly) return -1;
    if (!this.filter(Math.floor(pa / PAGE_BYTES), write, by)) return -1;
    return region.offset + (pa - region.start);
  }

  /** Who takes {@link ramFor}'s -1 for an external abort says so here, for the record. */
  noteRefusal(pa: number, write: boolean, by: Initiator): void {
    if (this.regionOf(pa)) this.onRefused(pa, write, by);
    else this.onHole(pa);
  }

  /**
   * Reads 1, 2 or 4 bytes, unsigned. Must not cross a page.
   * @throws ExternalAbort where nothing answers or the access is refused
   */
  read(pa: number, size: number, by: Initiator): number {
    const offset = this.ramFor(pa, false, by);
    if (offset >= 0) return this.readBytes(offset, size);
    const at = this.deviceFor(pa, false, by);
    this.onDeviceAccess(at.device);
    return at.device.read(pa - at.start, size, by) >>> 0;
  }

  /** Writes 1, 2 or 4 bytes. Must not cross a page. @throws ExternalAbort */
  write(pa: number, size: number, value: number, by: Initiator): void {
    const offset = this.ramFor(pa, true, by);
    if (offset < 0) {
      const at = this.deviceFor(pa, true, by);
      this.onDeviceAccess(at.device);
      at.device.write(pa - at.start, size, value >>> 0, by);
      return;
    }
    for (let i = 0; i < size; i++) this.bytes[offset + i] = value >>> (8 * i);
    this.noteWrite(offset, size);
  }

  /** Notes that a page (linear-memory offset >> 12) is about to differ from the last snapshot. */
  markDirty(page: number): void {
    if (this.pageFlags[page] & PageFlag.dirty) return;
    this.pageFlags[page] |= PageFlag.dirty;
    this.dirtyPages.push(page);
  }

  /** Bookkeeping after a write of RAM through {@link bytes} that did not take the fast path. */
  noteWrite(offset: number, size: number): void {
    const page = offset >>> 12;
    const flags = this.pageFlags[page];
    if (!(flags & PageFlag.dirty)) this.markDirty(page);
    if (flags & PageFlag.code) this.onCodeWrite(offset, size);
  }

  /** Copies bytes out of RAM, past all protection: for loaders, ground truth and debuggers. @throws Error on a hole */
  peek(pa: number, length: number): Uint8Array {
    const out = new Uint8Array(length);
    this.eachPiece(pa, length, (offset, at, n) => out.set(this.bytes.subarray(offset, offset + n), at));
    return out;
  }

  /** Copies bytes into RAM or ROM, past all protection: for loaders and debuggers. @throws Error on a hole */
  poke(pa: number, data: Uint8Array): void {
    this.eachPiece(pa, data.length, (offset, at, n) => {
      this.bytes.set(data.subarray(at, at + n), offset);
      this.noteWrite(offset, n);
    });
  }

  private eachPiece(pa: number, length: number, piece: (offset: number, at: number, n: number) => void): void {
    for (let at = 0; at < length; ) {
      const offset = this.offsetOf(pa + at);
      if (offset < 0) throw new Error(`no RAM at physical address 0x${(pa + at).toString(16)}`);
      const n = Math.min(length - at, PAGE_BYTES - ((pa + at) % PAGE_BYTES));
      piece(offset, at, n);
      at += n;
    }
  }

  private readBytes(offset: number, size: number): number {
    const b = this.bytes;
    switch (size) {
      case 1:
        return b[offset];
      case 2:
        return b[offset] | (b[offset + 1] << 8);
      default:
        return (b[offset] | (b[offset + 1] << 8) | (b[offset + 2] << 16) | (b[offset + 3] << 24)) >>> 0;
    }
  }

  private regionOf(pa: number): RamRegion | undefined {
    for (const region of this.ram) if (pa >= region.start && pa < region.start + region.size) return region;
    return undefined;
  }

  private deviceFor(pa: number, write: boolean, by: Initiator): DeviceRegion {
    for (const region of this.devices) {
      if (pa >= region.start && pa < region.end) {
        if (region.secureOnly && !by.secure) throw new ExternalAbort(pa, 'refused');
        return region;
      }
    }
    this.noteRefusal(pa, write, by);
    throw new ExternalAbort(pa, this.regionOf(pa) ? 'refused' : 'decode');
  }
}
