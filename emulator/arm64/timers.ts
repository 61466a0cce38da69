import type { InterruptLine } from '../devices/device.ts';
import type { TimedEvent, Timeline } from '../engine/timeline.ts';
import type { CpuState } from '../ir/slots.ts';
import { Sys } from './registers/slots.ts';

/**
 * The generic timer (Arm ARM D6): a system counter at 62.5 MHz, which counts once in 16 instructions, and four
 * comparators.
 */
export const INSTRUCTIONS_PER_TICK = 16;

const TWO_32 = 0x1_0000_0000;
/** CNTx_CTL. */
const ENABLE = 1;
const IMASK = 2;
const ISTATUS = 4;
/** Counts that a double holds exactly; later ones never come. */
const LAST_TICK = Number.MAX_SAFE_INTEGER / INSTRUCTIONS_PER_TICK;

/** The timers, in the order of their names. */
export type TimerName = 'physical' | 'virtual' | 'hypervisor' | 'secure';

interface TimerSlots {
  readonly ctl: number;
  readonly cval: number;
  /** Slot of the offset that is taken from the physical count. */
  readonly offset: number | undefined;
}

export const TIMER_SLOTS: Readonly<Record<TimerName, TimerSlots>> = {
  physical: { ctl: Sys.CNTP_CTL_EL0, cval: Sys.CNTP_CVAL_EL0, offset: undefined },
  virtual: { ctl: Sys.CNTV_CTL_EL0, cval: Sys.CNTV_CVAL_EL0, offset: Sys.CNTVOFF_EL2 },
  hypervisor: { ctl: Sys.CNTHP_CTL_EL2, cval: Sys.CNTHP_CVAL_EL2, offset: undefined },
  secure: { ctl: Sys.CNTPS_CTL_EL1, cval: Sys.CNTPS_CVAL_EL1, offset: undefined },
};

/** One comparator with its count, timer value and output. */
export class Timer {
  /** Halves of the last {@link readCount} or {@link readTimerValue}. */
  lo = 0;
  hi = 0;
  private readonly state: CpuState;
  private readonly timeline: Timeline;
  private readonly slots: TimerSlots;
  private readonly line: InterruptLine;
  private event: TimedEvent | undefined;

  constructor(state: CpuState, timeline: Timeline, slots: TimerSlots, line: InterruptLine) {
    this.state = state;
    this.timeline = timeline;
    this.slots = slots;
    this.line = line;
  }

  /** Reads the count that this timer compares: CNTPCT_EL0, or CNTVCT_EL0 = CNTPCT_EL0 - CNTVOFF_EL2. */
  readCount(): void {
    const ticks = Math.floor(this.timeline.now() / INSTRUCTIONS_PER_TICK);
    const lo = ticks % TWO_32;
    const hi = Math.floor(ticks / TWO_32);
    const { offset } = this.slots;
    if (offset === undefined) {
      this.lo = lo | 0;
      this.hi = hi | 0;
      return;
    }
    const offLo = this.state.lo(offset) >>> 0;
    this.lo = (lo - offLo) | 0;
    this.hi = (hi - this.state.hi(offset) - (lo < offLo ? 1 : 0)) | 0;
  }

  /** Reads TVAL: the low 32 bits of CVAL - count, sign-extended to no more (D12.8.20). */
  readTimerValue(): number {
    this.readCount();
    return (this.state.lo(this.slots.cval) - this.lo) | 0;
  }

  /** Writes TVAL: CVAL := count + the sign-extended value. */
  writeTimerValue(value: number): void {
    this.readCount();
    const lo = (this.lo >>> 0) + (value >>> 0);
    const hi = this.hi + (value >> 31) + (lo >= TWO_32 ? 1 : 0);
    this.state.set(this.slots.cval, lo | 0, hi | 0);
    this.update();
  }

  /** CTL with ISTATUS, which is valid while the timer is enabled. */
  readControl(): number {
    const ctl = this.state.lo(this.slots.ctl);
    return (ctl & ENABLE) !== 0 && this.conditionMet() ? ctl | ISTATUS : ctl;
  }

  /** Drives the output and plans the next change, after anything that it depends on changed. */
  update(): void {
    if (this.event) this.timeline.cancel(this.event);
    this.event = undefined;
    const ctl = this.state.lo(this.slots.ctl);
    const enabled = (ctl & ENABLE) !== 0;
    const met = enabled && this.conditionMet();
    this.line.set(met && (ctl & IMASK) === 0);
    if (!enabled) return;
    // A virtual count below zero is a large one; it starts again from zero at the offset's tick.
    const tick = met ? this.wrapTick() : this.dueTick();
    if (tick > LAST_TICK || tick * INSTRUCTIONS_PER_TICK <= this.timeline.now()) return;
    this.event = this.timeline.at(tick * INSTRUCTIONS_PER_TICK, () => {
      this.event = undefined;
      this.update();
    });
  }

  /** `IsTimerConditionMet`: the count has reached CVAL, both unsigned. */
  private conditionMet(): boolean {
    this.readCount();
    const { cval } = this.slots;
    const hi = this.state.hi(cval) >>> 0;
    const countHi = this.hi >>> 0;
    return countHi > hi || (countHi === hi && this.lo >>> 0 >= this.state.lo(cval) >>> 0);
  }

  /** The physical count at which the virtual one is zero: the offset. */
  private wrapTick(): number {
    const { offset } = this.slots;
    return offset === undefined ? 0 : (this.state.hi(offset) >>> 0) * TWO_32 + (this.state.lo(offset) >>> 0);
  }

  /** The physical count at which the condition will be met. */
  private dueTick(): number {
    const { cval, offset } = this.slots;
    let lo = this.state.lo(cval) >>> 0;
    let hi = this.state.hi(cval) >>> 0;
    if (offset !== undefined) {
      lo += this.state.lo(offset) >>> 0;
      hi = (hi + (this.state.hi(offset) >>> 0) + (lo >= TWO_32 ? 1 : 0)) % TWO_32;
      lo %= TWO_32;
    }
    return hi * TWO_32 + lo;
  }
}
