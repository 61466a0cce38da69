import type { TimedEvent } from '../engine/timeline.ts';
import { type DeviceContext, hex, INSTRUCTIONS_PER_SECOND, identification } from './context.ts';
import type { Device, InterruptLine } from './device.ts';

/** PrimeCell UART (PL011), Arm DDI 0183G. */

/** Register offsets, table 3-1. */
export const Uart = {
  DR: 0x000,
  RSR: 0x004,
  FR: 0x018,
  ILPR: 0x020,
  IBRD: 0x024,
  FBRD: 0x028,
  LCR_H: 0x02c,
  CR: 0x030,
  IFLS: 0x034,
  IMSC: 0x038,
  RIS: 0x03c,
  MIS: 0x040,
  ICR: 0x044,
  DMACR: 0x048,
  IDENTIFICATION: 0xfe0,
} as const;

/** UARTFR, 3.3.3. */
export const UartFlag = { RXFE: 1 << 4, TXFF: 1 << 5, RXFF: 1 << 6, TXFE: 1 << 7 } as const;

/** Interrupts in UARTIMSC, UARTRIS, UARTMIS, UARTICR, 3.3.10. */
export const UartInterrupt = { RX: 1 << 4, TX: 1 << 5, RT: 1 << 6, OE: 1 << 10 } as const;

const SECTION = 'Arm DDI 0183G 3.3';
const IDENTIFICATION = [0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1] as const;
const LCR_FEN = 1 << 4;
const CR_LBE = 1 << 7;
/** Reset values, table 3-1. */
const CR_RESET = 0x300;
const IFLS_RESET = 0x12;
/** Overrun: bit 11 of UARTDR, bit 3 of UARTRSR. */
const DATA_OVERRUN = 1 << 11;
const STATUS_OVERRUN = 1 << 3;
const FIFO_DEPTH = 16;
/** Bytes in the receive FIFO at which UARTIFLS.RXIFLSEL raises the interrupt: 1/8, 1/4, 1/2, 3/4, 7/8 (3.3.9). */
const RX_TRIGGER = [2, 4, 8, 12, 14] as const;
const UARTCLK = 24_000_000;
/** The receive timeout comes after 32 bit periods without a read (2.8.4). */
const TIMEOUT_BITS = 32;
const INTERRUPTS = 0x7ff;

interface UartState {
  readonly registers: number[];
  readonly fifo: number[];
  readonly input: number[];
  readonly timeoutAt: number;
}

export interface Pl011Options {
  readonly name: string;
  readonly context: DeviceContext;
  readonly line: InterruptLine;
  /** Takes each byte that the UART sends, with the time at which it was written. */
  readonly onOutput: (byte: number, time: number) => void;
}

/**
 * The UART. Sending takes no time: the transmit FIFO is always empty. As on the reference machine, it sends and
 * receives although UARTCR.UARTEN is 0, since bare-metal images seldom set it.
 */
export class Pl011 implements Device {
  readonly name: string;
  readonly size = 0x1000;
  private readonly context: DeviceContext;
  private readonly line: InterruptLine;
  private readonly onOutput: (byte: number, time: number) => void;
  private readonly fifo: number[] = [];
  /** What has been typed and does not fit the FIFO yet. */
  private readonly input: number[] = [];
  /** A byte was lost: the next one that finds room says so. */
  private overrun = false;
  private rsr = 0;
  private ilpr = 0;
  private ibrd = 0;
  private fbrd = 0;
  private lcr = 0;
  private cr = CR_RESET;
  private ifls = IFLS_RESET;
  private imsc = 0;
  private ris = 0;
  private timeout: TimedEvent | undefined;

  constructor(options: Pl011Options) {
    this.name = options.name;
    this.context = options.context;
    this.line = options.line;
    this.onOutput = options.onOutput;
  }

  /** Sends bytes to the UART, as the person at the console does. What does not fit its FIFO waits. */
  receive(bytes: Iterable<number>): void {
    for (const byte of bytes) this.input.push(byte & 0xff);
    this.fill();
  }

  read(offset: number, _size: number): number {
    switch (offset) {
      case Uart.DR:
        return this.take();
      case Uart.RSR:
        return this.rsr;
      case Uart.FR:
        return this.flags();
      case Uart.ILPR:
        return this.ilpr;
      case Uart.IBRD:
        return this.ibrd;
      case Uart.FBRD:
        return this.fbrd;
      case Uart.LCR_H:
        return this.lcr;
      case Uart.CR:
        return this.cr;
      case Uart.IFLS:
        return this.ifls;
      case Uart.IMSC:
        return this.imsc;
      case Uart.RIS:
        return this.ris;
      case Uart.MIS:
        return this.ris & this.imsc;
      case Uart.ICR:
      case Uart.DMACR:
        return 0;
    }
    const id = identification(offset, Uart.IDENTIFICATION, IDENTIFICATION);
    if (id !== undefined) return id;
    this.context.gap(`${this.name} read at ${hex(offset)}`, SECTION);
    return 0;
  }

  write(offset: number, _size: number, value: number): void {
    switch (offset) {
      case Uart.DR:
        this.send(value & 0xff);
        break;
      case Uart.RSR:
        this.rsr = 0;
        break;
      case Uart.ILPR:
        this.ilpr = value & 0xff;
        break;
      case Uart.IBRD:
        this.ibrd = value & 0xffff;
        break;
      case Uart.FBRD:
        this.fbrd = value & 0x3f;
        break;
      case Uart.LCR_H:
        this.writeLineControl(value & 0xff);
        break;
      case Uart.CR:
        this.cr = value & 0xff87;
        break;
      case Uart.IFLS:
        this.ifls = value & 0x3f;
        this.updateReceive();
        break;
      case Uart.IMSC:
        this.imsc = value & INTERRUPTS;
        break;
      case Uart.ICR:
        this.ris &= ~value;
        break;
      case Uart.DMACR:
        if (value !== 0) this.context.gap(`${this.name} UARTDMACR`, 'Arm DDI 0183G 3.3.14');
        break;
      case Uart.FR:
      case Uart.RIS:
      case Uart.MIS:
        break; // read-only
      default:
        if (identification(offset, Uart.IDENTIFICATION, IDENTIFICATION) === undefined)
          this.context.gap(`${this.name} write at ${hex(offset)}`, SECTION);
    }
    this.update();
  }

  private get depth(): number {
    return this.lcr & LCR_FEN ? FIFO_DEPTH : 1;
  }

  private flags(): number {
    return (
      UartFlag.TXFE |
      (this.fifo.length === 0 ? UartFlag.RXFE : 0) |
      (this.fifo.length >= this.depth ? UartFlag.RXFF : 0)
    );
  }

  /** What is written has left at once, so the transmit FIFO falls through its trigger level with each byte (2.8.3). */
  private send(byte: number): void {
    if (this.cr & CR_LBE) this.loopBack(byte);
    else this.onOutput(byte, this.context.timeline.now());
    this.ris |= UartInterrupt.TX;
  }

  private loopBack(byte: number): void {
    if (this.fifo.length < this.depth) {
      this.push(byte);
      this.arrived();
      return;
    }
    // The FIFO keeps its content (3.3.1).
    this.rsr |= STATUS_OVERRUN;
    this.ris |= UartInterrupt.OE;
    this.overrun = true;
  }

  private push(byte: number): void {
    this.fifo.push(byte | (this.overrun ? DATA_OVERRUN : 0));
    this.overrun = false;
  }

  private fill(): void {
    let moved = false;
    while (this.input.length > 0 && this.fifo.length < this.depth && !(this.cr & CR_LBE)) {
      this.push(this.input.shift()!);
      moved = true;
    }
    if (moved) this.arrived();
  }

  private arrived(): void {
    this.updateReceive();
    this.startTimeout();
    this.update();
  }

  private take(): number {
    const data = this.fifo.shift() ?? 0;
    this.rsr = data & DATA_OVERRUN ? STATUS_OVERRUN : 0;
    this.updateReceive();
    if (this.fifo.length === 0) {
      this.ris &= ~UartInterrupt.RT;
      this.stopTimeout();
    } else this.startTimeout();
    this.fill();
    this.update();
    return data;
  }

  private writeLineControl(value: number): void {
    if ((value ^ this.lcr) & LCR_FEN) {
      this.fifo.length = 0;
      this.stopTimeout();
    }
    this.lcr = value;
    this.updateReceive();
    this.fill();
  }

  /** The receive interrupt follows the FIFO's level (2.8.2). */
  private updateReceive(): void {
    const trigger = this.lcr & LCR_FEN ? (RX_TRIGGER[(this.ifls >> 3) & 7] ?? FIFO_DEPTH) : 1;
    if (this.fifo.length >= trigger) this.ris |= UartInterrupt.RX;
    else this.ris &= ~UartInterrupt.RX;
  }

  private startTimeout(): void {
    this.stopTimeout();
    if (!(this.lcr & LCR_FEN)) return;
    this.timeout = this.context.timeline.at(this.context.timeline.now() + this.timeoutLength(), () => this.expire());
  }

  /** In instructions. The baud rate is UARTCLK / (16 x (IBRD + FBRD/64)) (3.3.6); an unset divisor counts as 1. */
  private timeoutLength(): number {
    const divisor = Math.max(this.ibrd + this.fbrd / 64, 1);
    return Math.round((TIMEOUT_BITS * 16 * divisor * INSTRUCTIONS_PER_SECOND) / UARTCLK);
  }

  private expire(): void {
    this.timeout = undefined;
    this.ris |= UartInterrupt.RT;
    this.update();
  }

  private stopTimeout(): void {
    if (this.timeout) this.context.timeline.cancel(this.timeout);
    this.timeout = undefined;
  }

  private update(): void {
    this.line.set((this.ris & this.imsc) !== 0);
  }

  reset(): void {
    this.stopTimeout();
    this.fifo.length = 0;
    this.input.length = 0;
    this.rsr = this.ilpr = this.ibrd = this.fbrd = this.lcr = this.imsc = this.ris = 0;
    this.overrun = false;
    this.cr = CR_RESET;
    this.ifls = IFLS_RESET;
    this.update();
  }

  save(): UartState {
    const { rsr, ilpr, ibrd, fbrd, lcr, cr, ifls, imsc, ris } = this;
    return {
      registers: [rsr, ilpr, ibrd, fbrd, lcr, cr, ifls, imsc, ris, this.overrun ? 1 : 0],
      fifo: [...this.fifo],
      input: [...this.input],
      timeoutAt: this.timeout?.time ?? -1,
    };
  }

  restore(state: unknown): void {
    const s = state as UartState;
    let overrun: number;
    [this.rsr, this.ilpr, this.ibrd, this.fbrd, this.lcr, this.cr, this.ifls, this.imsc, this.ris, overrun] =
      s.registers;
    this.overrun = overrun === 1;
    this.fifo.splice(0, this.fifo.length, ...s.fifo);
    this.input.splice(0, this.input.length, ...s.input);
    this.stopTimeout();
    if (s.timeoutAt >= 0) this.timeout = this.context.timeline.at(s.timeoutAt, () => this.expire());
    this.update();
  }
}
