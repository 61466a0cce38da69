import { type MemoryBus, NON_SECURE_MASTER, readBurst, writeBurst } from './bus.ts';
import { type DeviceContext, hex } from './context.ts';
import { type Device, ExternalAbort, type Initiator, type InterruptLine } from './device.ts';
import { SmmuLite } from './smmu-lite.ts';

/**
 * A DMA engine of this project's own: the attacker's device. It copies memory as a non-secure bus master; in front of
 * it stands {@link SmmuLite}, whose registers begin at +0x1000.
 */

/** Register offsets. */
export const Dma = {
  SRC_LOW: 0x00,
  SRC_HIGH: 0x04,
  DST_LOW: 0x08,
  DST_HIGH: 0x0c,
  /** Bytes to copy, at most {@link MAX_TRANSFER}. */
  LEN: 0x10,
  CTRL: 0x14,
  STATUS: 0x18,
  /** Bus address of the byte at which the last transfer was aborted. */
  FAULT_LOW: 0x1c,
  FAULT_HIGH: 0x20,
} as const;

export const DmaCtrl = {
  /** The whole transfer happens at the write that sets this bit. */
  START: 1 << 0,
  /** Raise the interrupt while STATUS has a bit set. */
  IRQ: 1 << 1,
} as const;

/** Bits are cleared by writing 1. */
export const DmaStatus = { DONE: 1 << 0, ABORT: 1 << 1, ABORT_ON_WRITE: 1 << 2, BAD_LENGTH: 1 << 3 } as const;

/** Longest transfer: 1 MiB. */
export const MAX_TRANSFER = 1 << 20;
const SMMU = 0x1000;
const SECTION = 'ringwarden DMA engine';

export class DmaEngine implements Device {
  readonly name = 'dma';
  readonly size = 0x2000;
  private readonly context: DeviceContext;
  private readonly bus: MemoryBus;
  private readonly line: InterruptLine;
  private readonly smmu: SmmuLite;
  /** The registers as 32-bit words, in the order of their offsets. */
  private readonly registers = new Uint32Array(9);

  constructor(context: DeviceContext, bus: MemoryBus, line: InterruptLine) {
    this.context = context;
    this.bus = bus;
    this.line = line;
    this.smmu = new SmmuLite(context, bus);
  }

  read(offset: number, _size: number, by: Initiator): number {
    if (offset >= SMMU) return this.smmu.read(offset - SMMU, by);
    if (offset <= Dma.FAULT_HIGH && offset % 4 === 0) return this.registers[offset >> 2];
    this.context.gap(`dma read at ${hex(offset)}`, SECTION);
    return 0;
  }

  write(offset: number, _size: number, value: number, by: Initiator): void {
    if (offset >= SMMU) {
      this.smmu.write(offset - SMMU, value, by);
      return;
    }
    const r = this.registers;
    if (offset === Dma.CTRL) {
      r[Dma.CTRL >> 2] = value & DmaCtrl.IRQ;
      if (value & DmaCtrl.START) this.transfer();
    } else if (offset === Dma.STATUS) r[Dma.STATUS >> 2] &= ~value;
    else if (offset < Dma.CTRL && offset % 4 === 0) r[offset >> 2] = value;
    else if (offset > Dma.FAULT_HIGH) this.context.gap(`dma write at ${hex(offset)}`, SECTION);
    this.update();
  }

  /** 48-bit bus addresses. */
  private address(low: number): number {
    return this.registers[low >> 2] + (this.registers[(low >> 2) + 1] & 0xffff) * 2 ** 32;
  }

  /** Page by page, each translated and checked on its own: what comes before an abort has been copied. */
  private transfer(): void {
    const length = this.registers[Dma.LEN >> 2];
    if (length > MAX_TRANSFER) {
      this.finish(DmaStatus.BAD_LENGTH, 0);
      return;
    }
    const from = this.address(Dma.SRC_LOW);
    const to = this.address(Dma.DST_LOW);
    for (let done = 0; done < length; ) {
      const n = Math.min(length - done, toPageEnd(from + done), toPageEnd(to + done));
      let writing = false;
      try {
        const data = readBurst(this.bus, this.smmu.translate(from + done, false), n, NON_SECURE_MASTER);
        writing = true;
        writeBurst(this.bus, this.smmu.translate(to + done, true), data, NON_SECURE_MASTER);
      } catch (error) {
        if (!(error instanceof ExternalAbort)) throw error;
        this.finish(DmaStatus.ABORT | (writing ? DmaStatus.ABORT_ON_WRITE : 0), writing ? to + done : from + done);
        return;
      }
      done += n;
    }
    this.finish(DmaStatus.DONE, 0);
  }

  private finish(status: number, fault: number): void {
    this.registers[Dma.STATUS >> 2] = status;
    this.registers[Dma.FAULT_LOW >> 2] = fault;
    this.registers[Dma.FAULT_HIGH >> 2] = Math.floor(fault / 2 ** 32);
  }

  private update(): void {
    this.line.set(this.registers[Dma.STATUS >> 2] !== 0 && (this.registers[Dma.CTRL >> 2] & DmaCtrl.IRQ) !== 0);
  }

  reset(): void {
    this.registers.fill(0);
    this.smmu.reset();
    this.update();
  }

  save(): unknown {
    return { registers: this.registers.slice(), smmu: this.smmu.save() };
  }

  restore(state: unknown): void {
    const s = state as { registers: Uint32Array; smmu: unknown };
    this.registers.set(s.registers);
    this.smmu.restore(s.smmu);
    this.update();
  }
}

function toPageEnd(address: number): number {
  return 0x1000 - (address % 0x1000);
}
