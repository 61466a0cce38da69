import { row, WORD } from './row.ts';
import {
  DAIF,
  FP,
  FREQUENCY,
  PHYSICAL_COUNTER,
  PHYSICAL_TIMER,
  SECURE_TIMER,
  VIRTUAL_COUNTER,
  VIRTUAL_TIMER,
} from './traps.ts';

/** Process state and floating-point control as registers. */
export const SPECIAL = {
  DAIF: row(3, 3, 4, 2, 1, { traps: DAIF }),
  FPCR: row(3, 3, 4, 4, 0, { mask: 0x07c00000n, traps: FP }),
  FPSR: row(3, 3, 4, 4, 1, { mask: 0xf800009fn, traps: FP }),
} as const;

/** The generic timer (Arm ARM D12.8). CNTFRQ_EL0 holds what firmware puts there; the board starts it at 62.5 MHz. */
const ctl = { mask: 3n } as const;
const tval = { mask: WORD } as const;
export const GENERIC_TIMER = {
  CNTFRQ_EL0: row(3, 3, 14, 0, 0, { writeFrom: 3, mask: WORD, reset: 62_500_000n, traps: FREQUENCY }),
  CNTPCT_EL0: row(3, 3, 14, 0, 1, { only: 'read', traps: PHYSICAL_COUNTER }),
  CNTVCT_EL0: row(3, 3, 14, 0, 2, { only: 'read', traps: VIRTUAL_COUNTER }),
  CNTP_TVAL_EL0: row(3, 3, 14, 2, 0, { ...tval, traps: PHYSICAL_TIMER }),
  CNTP_CTL_EL0: row(3, 3, 14, 2, 1, { ...ctl, traps: PHYSICAL_TIMER }),
  CNTP_CVAL_EL0: row(3, 3, 14, 2, 2, { traps: PHYSICAL_TIMER }),
  CNTV_TVAL_EL0: row(3, 3, 14, 3, 0, { ...tval, traps: VIRTUAL_TIMER }),
  CNTV_CTL_EL0: row(3, 3, 14, 3, 1, { ...ctl, traps: VIRTUAL_TIMER }),
  CNTV_CVAL_EL0: row(3, 3, 14, 3, 2, { traps: VIRTUAL_TIMER }),
  CNTKCTL_EL1: row(3, 0, 14, 1, 0, { mask: 0x3ffn }),
  CNTVOFF_EL2: row(3, 4, 14, 0, 3),
  CNTHCTL_EL2: row(3, 4, 14, 1, 0, { mask: 0xffn, reset: 3n }),
  CNTHP_TVAL_EL2: row(3, 4, 14, 2, 0, tval),
  CNTHP_CTL_EL2: row(3, 4, 14, 2, 1, ctl),
  CNTHP_CVAL_EL2: row(3, 4, 14, 2, 2),
  CNTPS_TVAL_EL1: row(3, 7, 14, 2, 0, { ...tval, traps: SECURE_TIMER }),
  CNTPS_CTL_EL1: row(3, 7, 14, 2, 1, { ...ctl, traps: SECURE_TIMER }),
  CNTPS_CVAL_EL1: row(3, 7, 14, 2, 2, { traps: SECURE_TIMER }),
} as const;
