import { type MemoryBus, NON_SECURE_MASTER } from './bus.ts';
import { type DeviceContext, hex } from './context.ts';
import { ExternalAbort, type Initiator } from './device.ts';

/**
 * A small I/O MMU of this project's own, for the one stream of the DMA engine: a list of 64-bit descriptors, one for
 * each 4 KiB page of bus addresses from 0 on. A descriptor holds a physical page (bits 47:12), {@link Descriptor.READ}
 * and {@link Descriptor.WRITE}; a bus page past the list's end has none.
 */

/** Register offsets. */
export const Smmu = {
  /** Bit 0: translate. 0 lets bus addresses pass as physical addresses. */
  CTRL: 0x00,
  /** Physical address of the list, a multiple of 8. */
  BASE_LOW: 0x04,
  BASE_HIGH: 0x08,
  /** Descriptors in the list. */
  SIZE: 0x0c,
  /** Secure accesses only: bit 0 makes CTRL, BASE and SIZE writable to secure accesses alone. */
  LOCK: 0x10,
  /** Bus address that found no translation last, page-aligned; bit 0 is set when it was a write. Writing clears it. */
  FAULT: 0x14,
} as const;

export const Descriptor = { READ: 1 << 0, WRITE: 1 << 1 } as const;

const SECTION = 'ringwarden SMMU-lite';
const PAGE = 0x1000;
const ENABLE = 1;
const LOCKED = 1;

export class SmmuLite {
  private readonly context: DeviceContext;
  private readonly bus: MemoryBus;
  private ctrl = 0;
  private baseLow = 0;
  private baseHigh = 0;
  private entries = 0;
  private lock = 0;
  private fault = 0;

  constructor(context: DeviceContext, bus: MemoryBus) {
    this.context = context;
    this.bus = bus;
  }

  /**
   * Physical address of a bus address. The list is read as secure memory while the registers are locked, since then
   * only the secure world can have placed it.
   * @throws ExternalAbort without a descriptor that allows the access
   */
  translate(address: number, write: boolean): number {
    if (!(this.ctrl & ENABLE)) return address;
    const page = Math.floor(address / PAGE);
    const descriptor = page < this.entries ? this.descriptor(page) : { low: 0, high: 0 };
    if (!(descriptor.low & (write ? Descriptor.WRITE : Descriptor.READ))) {
      this.fault = ((page * PAGE) | (write ? 1 : 0)) >>> 0;
      throw new ExternalAbort(address, 'refused');
    }
    return ((descriptor.low & ~(PAGE - 1)) >>> 0) + ((descriptor.high & 0xffff) * 2 ** 32 + (address % PAGE));
  }

  private descriptor(page: number): { low: number; high: number } {
    const by: Initiator = this.lock & LOCKED ? { secure: true, cpu: -1 } : NON_SECURE_MASTER;
    const at = this.baseLow + this.baseHigh * 2 ** 32 + page * 8;
    if (this.bus.offsetOf(at) < 0) throw new ExternalAbort(at, 'decode');
    return { low: this.bus.read(at, 4, by), high: this.bus.read(at + 4, 4, by) };
  }

  read(offset: number, by: Initiator): number {
    switch (offset) {
      case Smmu.CTRL:
        return this.ctrl;
      case Smmu.BASE_LOW:
        return this.baseLow;
      case Smmu.BASE_HIGH:
        return this.baseHigh;
      case Smmu.SIZE:
        return this.entries;
      case Smmu.LOCK:
        return by.secure ? this.lock : 0;
      case Smmu.FAULT:
        return this.fault;
    }
    this.context.gap(`smmu read at ${hex(offset)}`, SECTION);
    return 0;
  }

  /** A write that the lock forbids is ignored. */
  write(offset: number, value: number, by: Initiator): void {
    if (offset === Smmu.LOCK) {
      if (by.secure) this.lock = value & LOCKED;
      return;
    }
    if (offset === Smmu.FAULT) {
      this.fault = 0;
      return;
    }
    if (offset > Smmu.FAULT || offset % 4 !== 0) {
      this.context.gap(`smmu write at ${hex(offset)}`, SECTION);
      return;
    }
    if (this.lock & LOCKED && !by.secure) return;
    if (offset === Smmu.CTRL) this.ctrl = value & ENABLE;
    else if (offset === Smmu.BASE_LOW) this.baseLow = (value & ~7) >>> 0;
    else if (offset === Smmu.BASE_HIGH) this.baseHigh = value & 0xffff;
    else this.entries = value >>> 0;
  }

  reset(): void {
    this.ctrl = this.baseLow = this.baseHigh = this.entries = this.lock = this.fault = 0;
  }

  save(): unknown {
    return [this.ctrl, this.baseLow, this.baseHigh, this.entries, this.lock, this.fault];
  }

  restore(state: unknown): void {
    [this.ctrl, this.baseLow, this.baseHigh, this.entries, this.lock, this.fault] = state as number[];
  }
}
