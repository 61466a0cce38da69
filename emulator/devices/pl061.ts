import { type DeviceContext, hex, identification } from './context.ts';
import type { Device, InterruptLine } from './device.ts';

/** Register offsets of the PrimeCell general-purpose input/output (PL061), Arm DDI 0190B table 3-1. */
export const Gpio = {
  /** GPIODATA: 256 words; bits 9:2 of the address say which lines an access reaches (3.3.1). */
  DATA: 0x000,
  DIR: 0x400,
  IS: 0x404,
  IBE: 0x408,
  IEV: 0x40c,
  IE: 0x410,
  RIS: 0x414,
  MIS: 0x418,
  IC: 0x41c,
  AFSEL: 0x420,
  IDENTIFICATION: 0xfe0,
} as const;

const SECTION = 'Arm DDI 0190B 3.3';
const IDENTIFICATION = [0x61, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1] as const;

/** Eight lines, each input or output. */
export class Pl061 implements Device {
  readonly name: string;
  readonly size = 0x1000;
  private readonly context: DeviceContext;
  private readonly line: InterruptLine;
  private readonly outputs: readonly (InterruptLine | undefined)[];
  private data = 0;
  private dir = 0;
  private is = 0;
  private ibe = 0;
  private iev = 0;
  private ie = 0;
  /** Interrupts latched by edges. */
  private latched = 0;
  /** Levels that the world puts on the lines. */
  private input = 0;
  private driven = 0;

  /** @param outputs what hangs on each line, for lines that the machine reads */
  constructor(
    name: string,
    context: DeviceContext,
    line: InterruptLine,
    outputs: readonly (InterruptLine | undefined)[] = [],
  ) {
    this.name = name;
    this.context = context;
    this.line = line;
    this.outputs = outputs;
  }

  /** Changes the level of an input line. @param n 0-7 */
  setInput(n: number, level: boolean): void {
    const before = this.levels();
    this.input = level ? this.input | (1 << n) : this.input & ~(1 << n);
    this.edges(before);
  }

  /** Levels as GPIODATA shows them: outputs as driven, inputs as they stand. */
  private levels(): number {
    return (this.data & this.dir) | (this.input & ~this.dir);
  }

  private edges(before: number): void {
    const now = this.levels();
    const changed = (before ^ now) & ~this.dir & ~this.is;
    this.latched |= changed & (this.ibe | ~(now ^ this.iev)) & 0xff;
    this.update();
  }

  /** Raw interrupts: latched edges, and levels that stand (3.3.3-3.3.5). */
  private raw(): number {
    return ((this.latched & ~this.is) | (this.is & ~(this.levels() ^ this.iev) & ~this.dir)) & 0xff;
  }

  private update(): void {
    this.line.set((this.raw() & this.ie) !== 0);
    const driven = this.data & this.dir;
    const changed = driven ^ this.driven;
    this.driven = driven;
    for (let n = 0; n < 8; n++) if ((changed >> n) & 1) this.outputs[n]?.set(((driven >> n) & 1) === 1);
  }

  read(offset: number, _size: number): number {
    if (offset < Gpio.DIR) return this.levels() & (offset >> 2) & 0xff;
    switch (offset) {
      case Gpio.DIR:
        return this.dir;
      case Gpio.IS:
        return this.is;
      case Gpio.IBE:
        return this.ibe;
      case Gpio.IEV:
        return this.iev;
      case Gpio.IE:
        return this.ie;
      case Gpio.RIS:
        return this.raw();
      case Gpio.MIS:
        return this.raw() & this.ie;
      case Gpio.IC:
      case Gpio.AFSEL:
        return 0;
    }
    const id = identification(offset, Gpio.IDENTIFICATION, IDENTIFICATION);
    if (id !== undefined) return id;
    this.context.gap(`${this.name} read at ${hex(offset)}`, SECTION);
    return 0;
  }

  write(offset: number, _size: number, written: number): void {
    const value = written & 0xff;
    if (offset < Gpio.DIR) {
      // A line that is an input does not take the value (as drivers know: direction first, then data).
      const mask = (offset >> 2) & this.dir;
      this.data = (this.data & ~mask) | (value & mask);
      this.update();
      return;
    }
    switch (offset) {
      case Gpio.DIR: {
        const before = this.levels();
        // A line that is an output no more keeps its level until somebody drives it.
        const released = this.dir & ~value;
        this.input = (this.input & ~released) | (before & released);
        this.dir = value;
        this.edges(before);
        return;
      }
      case Gpio.IS:
        this.is = value;
        break;
      case Gpio.IBE:
        this.ibe = value;
        break;
      case Gpio.IEV:
        this.iev = value;
        break;
      case Gpio.IE:
        this.ie = value;
        break;
      case Gpio.IC:
        this.latched &= ~value;
        break;
      case Gpio.AFSEL:
        if (value !== 0) this.context.gap(`${this.name} GPIOAFSEL`, 'Arm DDI 0190B 3.3.10');
        break;
      case Gpio.RIS:
      case Gpio.MIS:
        break; // read-only
      default:
        this.context.gap(`${this.name} write at ${hex(offset)}`, SECTION);
    }
    this.update();
  }

  reset(): void {
    this.data = this.dir = this.is = this.ibe = this.iev = this.ie = this.latched = 0;
    this.update();
  }

  save(): unknown {
    return [this.data, this.dir, this.is, this.ibe, this.iev, this.ie, this.latched, this.input, this.driven];
  }

  restore(state: unknown): void {
    [this.data, this.dir, this.is, this.ibe, this.iev, this.ie, this.latched, this.input, this.driven] =
      state as number[];
    this.update();
  }
}
