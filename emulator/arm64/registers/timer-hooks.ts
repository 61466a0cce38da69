import type { Arm64Core } from '../core.ts';
import type { TimerName } from '../timers.ts';
import type { Hooks } from './handlers.ts';

/** The registers of the generic timer. */

function count(timer: TimerName): Hooks {
  return {
    read: (core) => {
      const t = core.timers[timer];
      t.readCount();
      core.valueLo = t.lo;
      core.valueHi = t.hi;
    },
  };
}

const update = (timer: TimerName): Hooks => ({ written: (core) => core.timers[timer].update() });

function timerValue(timer: TimerName): Hooks {
  return {
    read: (core) => {
      core.valueLo = core.timers[timer].readTimerValue();
      core.valueHi = 0;
    },
    write: (core, lo) => core.timers[timer].writeTimerValue(lo),
  };
}

function control(timer: TimerName): Hooks {
  return {
    ...update(timer),
    read: (core) => {
      core.valueLo = core.timers[timer].readControl();
      core.valueHi = 0;
    },
  };
}

/** CNTPS_*_EL1 are UNDEFINED at EL2 and in the normal world's EL1. */
const SECURE_ONLY: Hooks = { present: (core: Arm64Core) => core.secure };

export const TIMER_HOOKS: Readonly<Record<string, Hooks>> = {
  CNTPCT_EL0: count('physical'),
  CNTVCT_EL0: count('virtual'),
  CNTVOFF_EL2: update('virtual'),
  CNTP_TVAL_EL0: timerValue('physical'),
  CNTP_CTL_EL0: control('physical'),
  CNTP_CVAL_EL0: update('physical'),
  CNTV_TVAL_EL0: timerValue('virtual'),
  CNTV_CTL_EL0: control('virtual'),
  CNTV_CVAL_EL0: update('virtual'),
  CNTHP_TVAL_EL2: timerValue('hypervisor'),
  CNTHP_CTL_EL2: control('hypervisor'),
  CNTHP_CVAL_EL2: update('hypervisor'),
  CNTPS_TVAL_EL1: { ...timerValue('secure'), ...SECURE_ONLY },
  CNTPS_CTL_EL1: { ...control('secure'), ...SECURE_ONLY },
  CNTPS_CVAL_EL1: { ...update('secure'), ...SECURE_ONLY },
};
