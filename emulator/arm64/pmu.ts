import type { InterruptLine } from '../devices/device.ts';
import type { TimedEvent, Timeline } from '../engine/timeline.ts';
import type { Arm64Core } from './core.ts';
import { EVENT_COUNTERS } from './registers/pmu.ts';
import { Sys, slotOf } from './registers/slots.ts';

/**
 * Performance monitors (Arm ARM D5): the cycle counter and six event counters. A cycle is an instruction of the machine's
 * time, so the cycle counter and the generic timer agree. Events: SW_INCR, CPU_CYCLES, CHAIN, as PMCEID0_EL0 says.
 */

const {
  MDCR_EL2,
  MDCR_EL3,
  PMCCFILTR_EL0,
  PMCCNTR_EL0,
  PMCNTENSET_EL0,
  PMCR_EL0,
  PMINTENSET_EL1,
  PMOVSSET_EL0,
  PMU_REST,
  PMU_TIME,
} = Sys;

const TWO_32 = 0x1_0000_0000;
export const PmuEvent = { SW_INCR: 0x00, CPU_CYCLES: 0x11, CHAIN: 0x1e } as const;
/** PMCEID0_EL0: bit n for event n. */
export const EVENTS_IMPLEMENTED = (1 << PmuEvent.SW_INCR) | (1 << PmuEvent.CPU_CYCLES) | (1 << PmuEvent.CHAIN);

const Pmcr = { E: 1, P: 2, C: 4, D: 8, DP: 32, LC: 64 } as const;
const DIVIDER = 64;
/** PMEVTYPER<n>_EL0 and PMCCFILTR_EL0. */
const Filter = { P: 1 << 31, U: 1 << 30, NSK: 1 << 29, NSU: 1 << 28, NSH: 1 << 27, M: 1 << 26 } as const;
const EVENT_MASK = 0x3ff;
const CYCLE_COUNTER = 31;
const MDCR_EL2_HPMN = 31;
const MDCR_EL2_HPME = 1 << 7;
const MDCR_EL3_SPME = 1 << 17;

const counterSlots = Array.from({ length: EVENT_COUNTERS }, (_, n) => slotOf(`PMEVCNTR${n}_EL0`));
const typeSlots = Array.from({ length: EVENT_COUNTERS }, (_, n) => slotOf(`PMEVTYPER${n}_EL0`));
/** Slot of an event counter and of its type. */
export const counterSlot = (n: number): number => counterSlots[n];
export const typeSlot = (n: number): number => typeSlots[n];

export class PerformanceMonitors {
  /** Some counter is enabled: level changes must be told. */
  active = false;
  private readonly core: Arm64Core;
  private readonly timeline: Timeline;
  private readonly line: InterruptLine;
  private event: TimedEvent | undefined;

  constructor(core: Arm64Core, timeline: Timeline, line: InterruptLine) {
    this.core = core;
    this.timeline = timeline;
    this.line = line;
  }

  /** Counts up to now, in the state that the CPU has been in since the last call. */
  sync(): void {
    const { state } = this.core;
    const now = this.timeline.now();
    const passed = now - (state.hi(PMU_TIME) * TWO_32 + (state.lo(PMU_TIME) >>> 0));
    if (passed === 0) return;
    state.set(PMU_TIME, now | 0, Math.floor(now / TWO_32));
    if (this.counts(CYCLE_COUNTER, state.lo(PMCCFILTR_EL0))) this.addCycles(passed);
    for (let n = 0; n < EVENT_COUNTERS; n++) {
      const type = state.lo(typeSlots[n]);
      if ((type & EVENT_MASK) === PmuEvent.CPU_CYCLES && this.counts(n, type)) this.add(n, passed);
    }
  }

  /** After {@link sync} and a change of the controls: what is active, the output, the next overflow. */
  update(): void {
    const { state } = this.core;
    this.active = state.lo(PMCNTENSET_EL0) !== 0;
    if (this.active) this.core.watchLevels();
    const raised = state.lo(PMOVSSET_EL0) & state.lo(PMINTENSET_EL1) & this.enabledMask();
    this.line.set(raised !== 0);
    if (this.event) this.timeline.cancel(this.event);
    this.event = undefined;
    const left = this.untilOverflow();
    if (left === Number.POSITIVE_INFINITY) return;
    this.event = this.timeline.at(this.timeline.now() + left, () => {
      this.event = undefined;
      this.sync();
      this.update();
    });
  }

  /** PMSWINC_EL0: increments the counters of `mask` that count SW_INCR. */
  softwareIncrement(mask: number): void {
    const { state } = this.core;
    for (let n = 0; n < EVENT_COUNTERS; n++) {
      const type = state.lo(typeSlots[n]);
      if (((mask >> n) & 1) !== 0 && (type & EVENT_MASK) === PmuEvent.SW_INCR && this.counts(n, type)) this.add(n, 1);
    }
  }

  /** PMCR_EL0.P and C: resets the event counters, the cycle counter. */
  resetCounters(pmcr: number): void {
    const { state } = this.core;
    if ((pmcr & Pmcr.P) !== 0) for (let n = 0; n < this.visible(); n++) state.set(counterSlots[n], 0, 0);
    if ((pmcr & Pmcr.C) !== 0) {
      state.set(PMCCNTR_EL0, 0, 0);
      state.set(PMU_REST, 0, 0);
    }
  }

  /** Event counters that the current level may use: MDCR_EL2.HPMN below EL2 (D5.7.3). */
  visible(): number {
    const { core } = this;
    const reserved = core.state.lo(MDCR_EL2) & MDCR_EL2_HPMN;
    return core.el < 2 && !core.secure ? Math.min(reserved, EVENT_COUNTERS) : EVENT_COUNTERS;
  }

  /** Counters that PMCR_EL0.E and MDCR_EL2.HPME let count or interrupt. */
  private enabledMask(): number {
    const { state } = this.core;
    const mdcr = state.lo(MDCR_EL2);
    const low = (1 << Math.min(mdcr & MDCR_EL2_HPMN, EVENT_COUNTERS)) - 1;
    const all = (1 << EVENT_COUNTERS) - 1;
    return (
      ((state.lo(PMCR_EL0) & Pmcr.E) !== 0 ? low | (1 << CYCLE_COUNTER) : 0) |
      ((mdcr & MDCR_EL2_HPME) !== 0 ? all & ~low : 0)
    );
  }

  /** A counter is enabled and counts in the current state (D5.3, `AArch64.CountEvents`). */
  private counts(n: number, filter: number): boolean {
    const { core } = this;
    const { state, el, secure } = core;
    if ((state.lo(PMCNTENSET_EL0) & this.enabledMask() & (1 << n)) === 0) return false;
    const prohibited = secure && (state.lo(MDCR_EL3) & MDCR_EL3_SPME) === 0;
    if (prohibited && (n !== CYCLE_COUNTER || (state.lo(PMCR_EL0) & Pmcr.DP) !== 0)) return false;
    const bit = (mask: number): boolean => (filter & mask) !== 0;
    switch (el) {
      case 0:
        return secure ? !bit(Filter.U) : bit(Filter.U) === bit(Filter.NSU);
      case 1:
        return secure ? !bit(Filter.P) : bit(Filter.P) === bit(Filter.NSK);
      case 2:
        return bit(Filter.NSH);
      default:
        return bit(Filter.P) === bit(Filter.M);
    }
  }

  private addCycles(passed: number): void {
    const { state } = this.core;
    const pmcr = state.lo(PMCR_EL0);
    const long = (pmcr & Pmcr.LC) !== 0;
    let count = passed;
    if (!long && (pmcr & Pmcr.D) !== 0) {
      const rest = state.lo(PMU_REST) + passed;
      count = Math.floor(rest / DIVIDER);
      state.setLo(PMU_REST, rest % DIVIDER);
    }
    const lo = (state.lo(PMCCNTR_EL0) >>> 0) + count;
    const hi = (state.hi(PMCCNTR_EL0) >>> 0) + Math.floor(lo / TWO_32);
    state.set(PMCCNTR_EL0, (lo % TWO_32) | 0, hi | 0);
    if (long ? hi >= TWO_32 : lo >= TWO_32) this.overflow(CYCLE_COUNTER);
  }

  private add(n: number, count: number): void {
    const { state } = this.core;
    const sum = (state.lo(counterSlots[n]) >>> 0) + count;
    state.set(counterSlots[n], (sum % TWO_32) | 0, 0);
    if (sum < TWO_32) return;
    this.overflow(n);
    const next = n + 1;
    if ((n & 1) !== 0 || next >= EVENT_COUNTERS) return;
    const type = state.lo(typeSlots[next]);
    if ((type & EVENT_MASK) === PmuEvent.CHAIN && this.counts(next, type)) this.add(next, Math.floor(sum / TWO_32));
  }

  private overflow(n: number): void {
    this.core.state.setLo(PMOVSSET_EL0, this.core.state.lo(PMOVSSET_EL0) | (1 << n));
  }

  /** Time until a counter overflows whose interrupt is enabled, in the current state. */
  private untilOverflow(): number {
    const { state } = this.core;
    const wanted = state.lo(PMINTENSET_EL1) & state.lo(PMCNTENSET_EL0) & ~state.lo(PMOVSSET_EL0);
    if (wanted === 0) return Number.POSITIVE_INFINITY;
    let least = Number.POSITIVE_INFINITY;
    for (let n = 0; n < EVENT_COUNTERS; n++) {
      const type = state.lo(typeSlots[n]);
      if ((wanted & (1 << n)) === 0 || (type & EVENT_MASK) !== PmuEvent.CPU_CYCLES || !this.counts(n, type)) continue;
      least = Math.min(least, TWO_32 - (state.lo(counterSlots[n]) >>> 0));
    }
    if ((wanted & (1 << CYCLE_COUNTER)) !== 0 && this.counts(CYCLE_COUNTER, state.lo(PMCCFILTR_EL0))) {
      least = Math.min(least, this.cyclesLeft());
    }
    return least;
  }

  private cyclesLeft(): number {
    const { state } = this.core;
    const pmcr = state.lo(PMCR_EL0);
    const low = TWO_32 - (state.lo(PMCCNTR_EL0) >>> 0);
    if ((pmcr & Pmcr.LC) !== 0) {
      const high = TWO_32 - 1 - (state.hi(PMCCNTR_EL0) >>> 0);
      return high === 0 ? low : Number.POSITIVE_INFINITY;
    }
    return (pmcr & Pmcr.D) !== 0 ? low * DIVIDER - state.lo(PMU_REST) : low;
  }
}
