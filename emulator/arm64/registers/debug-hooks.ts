import type { Arm64Core } from '../core.ts';
import { BREAKPOINTS, WATCHPOINTS } from './debug.ts';
import type { Hooks } from './handlers.ts';
import { Sys } from './slots.ts';

/** Debug registers: the OS lock, the claim tags, and what self-hosted debug follows. */

const OSLSR_OSLK = 2;
const CLAIM_TAGS = 0xff;

const debugChanges: Hooks = { written: (core) => core.debug.update() };
const watchpointChanges: Hooks = { written: (core) => core.debug.watchpointsChanged() };

function comparatorHooks(): Record<string, Hooks> {
  const hooks: Record<string, Hooks> = {};
  for (let n = 0; n < BREAKPOINTS; n++)
    for (const kind of ['DBGBCR', 'DBGBVR']) hooks[`${kind}${n}_EL1`] = debugChanges;
  for (let n = 0; n < WATCHPOINTS; n++)
    for (const kind of ['DBGWCR', 'DBGWVR']) hooks[`${kind}${n}_EL1`] = watchpointChanges;
  return hooks;
}

function claim(core: Arm64Core, tags: number): void {
  core.state.setLo(Sys.DBGCLAIMSET_EL1, tags & CLAIM_TAGS);
}

export const DEBUG_HOOKS: Readonly<Record<string, Hooks>> = {
  MDSCR_EL1: debugChanges,
  OSDLR_EL1: debugChanges,
  DBGPRCR_EL1: debugChanges,
  OSLAR_EL1: {
    write: (core, lo) => {
      const others = core.state.lo(Sys.OSLSR_EL1) & ~OSLSR_OSLK;
      core.state.setLo(Sys.OSLSR_EL1, others | ((lo & 1) !== 0 ? OSLSR_OSLK : 0));
      core.debug.update();
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
