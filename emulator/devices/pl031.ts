import type { TimedEvent } from '../engine/timeline.ts';
import { type DeviceContext, hex, INSTRUCTIONS_PER_SECOND, identification } from './context.ts';
import type { Device, InterruptLine } from './device.ts';

/** Register offsets of the PrimeCell real-time clock (PL031), Arm DDI 0224C table 3-1. */
export const Rtc = {
  DR: 0x000,
  MR: 0x004,
  LR: 0x008,
  CR: 0x00c,
  IMSC: 0x010,
  RIS: 0x014,
  MIS: 0x018,
  ICR: 0x01c,
  IDENTIFICATION: 0xfe0,
} as const;

/** Seconds after which the 32-bit counter comes round. */
const COUNTER_PERIOD = 2 ** 32;
const SECTION = 'Arm DDI 0224C 3.3';
/** Revision 1 (RTCPeriphID2[7:4]), the one on the reference board. */
const IDENTIFICATION = [0x31, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1] as const;

/**
 * The real-time clock. Its seconds are those of the machine's time, never the host's, so a run is repeatable.
 */
export class Pl031 implements Device {
  readonly name = 'rtc';
  readonly size = 0x1000;
  private readonly context: DeviceContext;
  private readonly line: InterruptLine;
  private readonly epoch: number;
  /** What the counter read at time 0, modulo 2^32. */
  private base: number;
  private match = 0;
  private load = 0;
  private mask = 0;
  private raw = 0;
  /** Second of the machine's time at which the counter meets the match register; none before one was written. */
  private matchAt = Number.POSITIVE_INFINITY;
  private alarm: TimedEvent | undefined;

  /** @param epoch what the clock shows at power-on, in seconds */
  constructor(context: DeviceContext, line: InterruptLine, epoch: number) {
    this.context = context;
    this.line = line;
    this.epoch = epoch >>> 0;
    this.base = this.epoch;
  }

  private seconds(): number {
    return Math.floor(this.context.timeline.now() / INSTRUCTIONS_PER_SECOND);
  }

  private counter(): number {
    return (this.base + this.seconds()) >>> 0;
  }

  read(offset: number, _size: number): number {
    switch (offset) {
      case Rtc.DR:
        return this.counter();
      case Rtc.MR:
        return this.match;
      case Rtc.LR:
        return this.load;
      case Rtc.CR:
        return 1; // once started it runs until reset (3.3.4)
      case Rtc.IMSC:
        return this.mask;
      case Rtc.RIS:
        this.poll();
        return this.raw;
      case Rtc.MIS:
        this.poll();
        return this.raw & this.mask;
      case Rtc.ICR:
        return 0;
    }
    const id = identification(offset, Rtc.IDENTIFICATION, IDENTIFICATION);
    if (id !== undefined) return id;
    this.context.gap(`rtc read at ${hex(offset)}`, SECTION);
    return 0;
  }

  write(offset: number, _size: number, value: number): void {
    switch (offset) {
      case Rtc.MR:
        this.match = value >>> 0;
        this.arm();
        return;
      case Rtc.LR:
        this.load = value >>> 0;
        this.base = (this.load - this.seconds()) >>> 0;
        this.arm();
        return;
      case Rtc.IMSC:
        this.mask = value & 1;
        this.poll();
        return;
      case Rtc.ICR:
        this.poll();
        this.raw &= ~value;
        this.poll();
        return;
      case Rtc.DR:
      case Rtc.CR:
      case Rtc.RIS:
      case Rtc.MIS:
        return; // read-only, or without effect on a clock that runs
    }
    if (identification(offset, Rtc.IDENTIFICATION, IDENTIFICATION) !== undefined) return; // read-only
    this.context.gap(`rtc write at ${hex(offset)}`, SECTION);
  }

  /** The counter comes to the match register (3.3.2) as many seconds from now as separate the two. */
  private arm(): void {
    this.matchAt = this.seconds() + ((this.match - this.counter()) >>> 0);
    this.poll();
  }

  /** Brings the raw interrupt up to date; the clock is asked, or an unmasked alarm is due. */
  private poll(): void {
    if (this.seconds() >= this.matchAt) {
      this.raw = 1;
      this.matchAt += COUNTER_PERIOD;
    }
    if (this.alarm) this.context.timeline.cancel(this.alarm);
    this.alarm = undefined;
    // A masked alarm wakes nobody, so it is no event of the machine's time.
    if (this.mask && !this.raw && this.matchAt < Number.POSITIVE_INFINITY)
      this.alarm = this.context.timeline.at(this.matchAt * INSTRUCTIONS_PER_SECOND, () => this.poll());
    this.line.set((this.raw & this.mask) !== 0);
  }

  reset(): void {
    this.base = this.epoch;
    this.match = this.load = this.mask = this.raw = 0;
    this.matchAt = Number.POSITIVE_INFINITY;
    this.poll();
  }

  save(): unknown {
    return [this.base, this.match, this.load, this.mask, this.raw, this.matchAt];
  }

  restore(state: unknown): void {
    [this.base, this.match, this.load, this.mask, this.raw, this.matchAt] = state as number[];
    this.poll();
  }
}
