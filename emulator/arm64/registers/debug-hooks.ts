import type { Arm64Core } from '../core.ts';
import { BREAKPOINTS, WATCHPOINTS } from './debug.ts';
import type { Hooks } from './handlers.ts';
import { Sys, slotOf } from './slots.ts';

/** Debug registers: the OS lock, the claim tags; enabling self-hosted debug leaves a record of the gap. */

const OSLSR_OSLK = 2;
const CLAIM_TAGS = 0xff;
/** MDSCR_EL1: SS, KDE, MDE. */
const MDSCR_SS = 1;
const ENABLE = 1;

function gapIf(what: string, slot: number, bit: number): Hooks {
  return {
    written: (core) => {
      if ((core.state.lo(slot) & bit) !== 0) core.recordGap('mode', what, 'Arm ARM D2');
    },
  };
}

function comparatorHooks(): Record<string, Hooks> {
  const hooks: Record<string, Hooks> = {};
  const gap = (name: string, what: string): void => {
    hooks[name] = gapIf(what, slotOf(name), ENABLE);
  };
  for (let n = 0; n < BREAKPOINTS; n++) gap(`DBGBCR${n}_EL1`, 'hardware breakpoint enabled');
  for (let n = 0; n < WATCHPOINTS; n++) gap(`DBGWCR${n}_EL1`, 'hardware watchpoint enabled');
  return hooks;
}

function claim(core: Arm64Core, tags: number): void {
  core.state.setLo(Sys.DBGCLAIMSET_EL1, tags & CLAIM_TAGS);
}

export const DEBUG_HOOKS: Readonly<Record<string, Hooks>> = {
  MDSCR_EL1: gapIf('software step enabled', Sys.MDSCR_EL1, MDSCR_SS),
  OSLAR_EL1: {
    write: (core, lo) => {
      const others = core.state.lo(Sys.OSLSR_EL1) & ~OSLSR_OSLK;
      core.state.setLo(Sys.OSLSR_EL1, others | ((lo & 1) !== 0 ? OSLSR_OSLK : 0));
    },
  },
  DBGCLAIMSET_EL1: {
    read: (core) => {
      core.valueLo = CLAIM_TAGS;
      core.valueHi = 0;
    },
    write: (core, lo) => claim(core, core.state.lo(Sys.DBGCLAIMSET_EL1) | lo),
  },
  DBGCLAIMCLR_EL1: {
    read: (core) => {
      core.valueLo = core.state.lo(Sys.DBGCLAIMSET_EL1);
      core.valueHi = 0;
    },
    write: (core, lo) => claim(core, core.state.lo(Sys.DBGCLAIMSET_EL1) & ~lo),
  },
  ...comparatorHooks(),
};
