import type { Arm64Core } from '../core.ts';
import { counterSlot, EVENTS_IMPLEMENTED, typeSlot } from '../pmu.ts';
import { CONTROL } from './control.ts';
import type { Hooks } from './handlers.ts';
import { COUNTER_BITS, EVENT_COUNTERS, PMU } from './pmu.ts';
import { Sys } from './slots.ts';

/** The registers of the performance monitors. Each access counts up to now first; each write may move the next overflow. */

const { PMCNTENSET_EL0, PMCR_EL0, PMINTENSET_EL1, PMOVSSET_EL0, PMSELR_EL0, PMCCNTR_EL0, PMCCFILTR_EL0 } = Sys;

const CYCLE_COUNTER = 31;
const BITS = Number(BigInt.asIntN(32, COUNTER_BITS));
const N_SHIFT = 11;
const N_MASK = 31 << N_SHIFT;
const PMCR_MASK = Number(PMU.PMCR_EL0.mask);
const FILTER_MASK = Number(BigInt.asIntN(32, PMU.PMCCFILTR_EL0.mask));
const TYPE_MASK = Number(BigInt.asIntN(32, PMU.PMXEVTYPER_EL0.mask));

const give = (core: Arm64Core, lo: number, hi = 0): void => {
  core.valueLo = lo;
  core.valueHi = hi;
};

/** Bits of the counters that the current level may use. */
const usable = (core: Arm64Core): number => BITS & (((1 << core.pmu.visible()) - 1) | (1 << CYCLE_COUNTER));

function changed(core: Arm64Core, change: () => void): void {
  core.pmu.sync();
  change();
  core.pmu.update();
}

/** A pair of registers that set and clear the bits of one mask, which stands in the setting one's slot. */
function bits(slot: number, clears: boolean): Hooks {
  return {
    read: (core) => {
      core.pmu.sync();
      give(core, core.state.lo(slot) & usable(core));
    },
    write: (core, lo) =>
      changed(core, () => {
        const chosen = lo & usable(core);
        core.state.setLo(slot, clears ? core.state.lo(slot) & ~chosen : core.state.lo(slot) | chosen);
      }),
  };
}

function plain(slot: number, maskLo: number, wide: boolean): Hooks {
  return {
    read: (core) => {
      core.pmu.sync();
      give(core, core.state.lo(slot), core.state.hi(slot));
    },
    write: (core, lo, hi) => changed(core, () => core.state.set(slot, lo & maskLo, wide ? hi : 0)),
  };
}

/** PMXEVCNTR_EL0 and PMXEVTYPER_EL0: of the counter that PMSELR_EL0 selects; one that does not exist reads as zero. */
function selected(slotOfCounter: (n: number) => number | undefined, mask: number): Hooks {
  const chosen = (core: Arm64Core): number | undefined => {
    const n = core.state.lo(PMSELR_EL0) & 31;
    return n === CYCLE_COUNTER || n < core.pmu.visible() ? slotOfCounter(n) : undefined;
  };
  return {
    read: (core) => {
      core.pmu.sync();
      const slot = chosen(core);
      give(core, slot === undefined ? 0 : core.state.lo(slot));
    },
    write: (core, lo) =>
      changed(core, () => {
        const slot = chosen(core);
        if (slot !== undefined) core.state.set(slot, lo & mask, 0);
      }),
  };
}

const ALL = -1;
const numbered = Object.fromEntries(
  Array.from({ length: EVENT_COUNTERS }, (_, n) => {
    const present = (core: Arm64Core): boolean => n < core.pmu.visible();
    return [
      [`PMEVCNTR${n}_EL0`, { ...plain(counterSlot(n), ALL, false), present }],
      [`PMEVTYPER${n}_EL0`, { ...plain(typeSlot(n), TYPE_MASK, false), present }],
    ];
  }).flat(),
) as Record<string, Hooks>;

export const PMU_HOOKS: Readonly<Record<string, Hooks>> = {
  PMCR_EL0: {
    read: (core) => give(core, (core.state.lo(PMCR_EL0) & ~N_MASK) | (core.pmu.visible() << N_SHIFT)),
    write: (core, lo) =>
      changed(core, () => {
        core.state.setLo(PMCR_EL0, (core.state.lo(PMCR_EL0) & ~PMCR_MASK) | (lo & PMCR_MASK));
        core.pmu.resetCounters(lo);
      }),
  },
  PMCNTENSET_EL0: bits(PMCNTENSET_EL0, false),
  PMCNTENCLR_EL0: bits(PMCNTENSET_EL0, true),
  PMOVSSET_EL0: bits(PMOVSSET_EL0, false),
  PMOVSCLR_EL0: bits(PMOVSSET_EL0, true),
  PMINTENSET_EL1: bits(PMINTENSET_EL1, false),
  PMINTENCLR_EL1: bits(PMINTENSET_EL1, true),
  PMSWINC_EL0: { write: (core, lo) => changed(core, () => core.pmu.softwareIncrement(lo & usable(core))) },
  PMCEID0_EL0: { read: (core) => give(core, EVENTS_IMPLEMENTED) },
  PMCCNTR_EL0: plain(PMCCNTR_EL0, ALL, true),
  PMCCFILTR_EL0: plain(PMCCFILTR_EL0, FILTER_MASK, false),
  PMXEVCNTR_EL0: selected((n) => (n === CYCLE_COUNTER ? undefined : counterSlot(n)), ALL),
  PMXEVTYPER_EL0: selected((n) => (n === CYCLE_COUNTER ? PMCCFILTR_EL0 : typeSlot(n)), TYPE_MASK),
  ...numbered,
  MDCR_EL2: governsCounting('MDCR_EL2'),
  MDCR_EL3: governsCounting('MDCR_EL3'),
};

/** MDCR_EL2 and MDCR_EL3 decide which counters count, and where debug exceptions go. */
function governsCounting(name: 'MDCR_EL2' | 'MDCR_EL3'): Hooks {
  const slot = Sys[name];
  const mask = Number(CONTROL[name].mask);
  return {
    write: (core, lo) => {
      changed(core, () => core.state.setLo(slot, (core.state.lo(slot) & ~mask) | (lo & mask)));
      core.debug.update();
    },
  };
}
