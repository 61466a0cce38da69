import { type MemoryBus, NON_SECURE_MASTER, readBurst, writeBurst } from './bus.ts';
import { type DeviceContext, hex } from './context.ts';
import { type Device, ExternalAbort } from './device.ts';

/** The firmware configuration device's memory-mapped interface, after the specification in QEMU's documentation. */

/** Register offsets. Selector and DMA address are big-endian. */
export const FwCfgRegister = { DATA: 0x00, SELECTOR: 0x08, DMA_HIGH: 0x10, DMA_LOW: 0x14 } as const;

/** Keys of the fixed items. Files have keys from 0x20 on. */
export const FwCfgKey = {
  SIGNATURE: 0x0000,
  ID: 0x0001,
  NB_CPUS: 0x0005,
  FILE_DIR: 0x0019,
  FILE_FIRST: 0x0020,
} as const;

/** Bits of the first word of a DMA request. */
export const FwCfgDma = { ERROR: 1 << 0, READ: 1 << 1, SKIP: 1 << 2, SELECT: 1 << 3, WRITE: 1 << 4 } as const;

const SECTION = 'fw_cfg specification, memory-mapped interface';
/** The traditional interface and DMA. */
const FEATURES = 0b11;
/** "QEMU CFG", what the DMA address register reads. */
const DMA_SIGNATURE = [0x51454d55, 0x20434647] as const;
const NAME_BYTES = 56;
const PATTERN = /^[\x21-\x7e]{1,55}$/;

export interface FwCfgOptions {
  readonly context: DeviceContext;
  readonly bus: MemoryBus;
  readonly cpus: number;
  /** Named files, in any order. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

export class FwCfg implements Device {
  readonly name = 'fw-cfg';
  readonly size = 0x18;
  private readonly context: DeviceContext;
  private readonly bus: MemoryBus;
  private readonly items = new Map<number, Uint8Array>();
  private key = 0;
  private position = 0;
  private dmaHigh = 0;

  /** @throws Error for a file name that is no printable ASCII or longer than 55 bytes */
  constructor(options: FwCfgOptions) {
    this.context = options.context;
    this.bus = options.bus;
    this.items.set(FwCfgKey.SIGNATURE, new TextEncoder().encode('QEMU'));
    this.items.set(FwCfgKey.ID, littleEndian(FEATURES, 4));
    this.items.set(FwCfgKey.NB_CPUS, littleEndian(options.cpus, 2));
    this.addFiles(options.files ?? {});
  }

  /** The directory: a big-endian count, then size, key, 2 reserved bytes and name of each file, sorted by name. */
  private addFiles(files: Readonly<Record<string, Uint8Array>>): void {
    const names = Object.keys(files).sort();
    const directory = new DataView(new ArrayBuffer(4 + names.length * (8 + NAME_BYTES)));
    directory.setUint32(0, names.length);
    names.forEach((name, i) => {
      if (!PATTERN.test(name)) throw new Error(`fw_cfg file name '${name}' is not 1-55 printable ASCII characters`);
      const at = 4 + i * (8 + NAME_BYTES);
      directory.setUint32(at, files[name].length);
      directory.setUint16(at + 4, FwCfgKey.FILE_FIRST + i);
      for (let k = 0; k < name.length; k++) directory.setUint8(at + 8 + k, name.charCodeAt(k));
      this.items.set(FwCfgKey.FILE_FIRST + i, files[name]);
    });
    this.items.set(FwCfgKey.FILE_DIR, new Uint8Array(directory.buffer));
  }

  private get item(): Uint8Array {
    return this.items.get(this.key) ?? NOTHING;
  }

  /** Past an item's end, and for a key that is not there, bytes read as 0. */
  private next(): number {
    return this.item[this.position++] ?? 0;
  }

  read(offset: number, size: number): number {
    if (offset < FwCfgRegister.SELECTOR) {
      let value = 0;
      for (let i = 0; i < size; i++) value |= this.next() << (8 * i);
      return value >>> 0;
    }
    if (offset === FwCfgRegister.DMA_HIGH) return swap32(DMA_SIGNATURE[0]);
    if (offset === FwCfgRegister.DMA_LOW) return swap32(DMA_SIGNATURE[1]);
    if (offset >= FwCfgRegister.DMA_HIGH || offset < FwCfgRegister.SELECTOR + 2) return 0;
    this.context.gap(`fw-cfg read at ${hex(offset)}`, SECTION);
    return 0;
  }

  write(offset: number, size: number, value: number): void {
    if (offset === FwCfgRegister.SELECTOR && size === 2) this.select(((value & 0xff) << 8) | ((value >> 8) & 0xff));
    else if (offset === FwCfgRegister.DMA_HIGH && size === 4) this.dmaHigh = swap32(value);
    else if (offset === FwCfgRegister.DMA_LOW && size === 4)
      this.dma(swap32(value) + (this.dmaHigh & 0xffff) * 2 ** 32);
    else if (offset >= FwCfgRegister.SELECTOR) this.context.gap(`fw-cfg write at ${hex(offset)}`, SECTION);
    // Items are read-only: a write to the data register is ignored.
  }

  private select(key: number): void {
    this.key = key;
    this.position = 0;
  }

  /** Control, length and address, big-endian, at `request`; control is set to 0, or to ERROR, at the end. */
  private dma(request: number): void {
    this.dmaHigh = 0;
    const result = new Uint8Array(4);
    try {
      const words = new DataView(readBurst(this.bus, request, 16, NON_SECURE_MASTER).buffer);
      const control = words.getUint32(0);
      const length = words.getUint32(4);
      const address = words.getUint32(12) + (words.getUint32(8) & 0xffff) * 2 ** 32;
      if (control & FwCfgDma.SELECT) this.select(control >>> 16);
      if (control & FwCfgDma.WRITE) result[3] = FwCfgDma.ERROR;
      else if (control & FwCfgDma.READ) this.dmaRead(address, length);
      else if (control & FwCfgDma.SKIP) this.position += length;
    } catch (error) {
      if (!(error instanceof ExternalAbort)) throw error;
      result[3] = FwCfgDma.ERROR;
    }
    try {
      writeBurst(this.bus, request, result, NON_SECURE_MASTER);
    } catch (error) {
      // Without a place for the answer the requester sees none.
      if (!(error instanceof ExternalAbort)) throw error;
    }
  }

  private dmaRead(address: number, length: number): void {
    const page = new Uint8Array(0x1000);
    for (let done = 0; done < length; done += page.length) {
      const n = Math.min(page.length, length - done);
      for (let i = 0; i < n; i++) page[i] = this.next();
      writeBurst(this.bus, address + done, page.subarray(0, n), NON_SECURE_MASTER);
    }
  }

  reset(): void {
    this.select(0);
    this.dmaHigh = 0;
  }

  save(): unknown {
    return [this.key, this.position, this.dmaHigh];
  }

  restore(state: unknown): void {
    [this.key, this.position, this.dmaHigh] = state as number[];
  }
}

const NOTHING = new Uint8Array(0);

function littleEndian(value: number, bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, i) => Math.floor(value / 2 ** (8 * i)) & 0xff);
}

function swap32(value: number): number {
  return (((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
}
