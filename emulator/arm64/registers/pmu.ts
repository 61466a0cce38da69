import { type RegisterRow, row, WORD } from './row.ts';
import { PMU_CONTROL, PMU_CYCLES, PMU_EL1, PMU_EVENTS, PMU_SELECT, PMU_SWINC, PMU_USER } from './traps.ts';

/** Performance monitors (Arm ARM D5, D12.4): the cycle counter and six event counters. */
export const EVENT_COUNTERS = 6;
/** One bit per event counter, and bit 31 for the cycle counter. */
export const COUNTER_BITS = 0x8000003fn;
const counters = { mask: COUNTER_BITS } as const;
/** PMEVTYPER: P, U, NSK, NSU, NSH, M and a ten-bit event. */
const TYPE_MASK = 0xfc0003ffn;

function events(): Record<string, RegisterRow> {
  const rows: Record<string, RegisterRow> = {};
  for (let n = 0; n < EVENT_COUNTERS; n++) {
    rows[`PMEVCNTR${n}_EL0`] = row(3, 3, 14, 8, n, { mask: WORD, traps: PMU_EVENTS });
    rows[`PMEVTYPER${n}_EL0`] = row(3, 3, 14, 12, n, { mask: TYPE_MASK, traps: PMU_USER });
  }
  return rows;
}

export const EVENT_ROWS = events();

export const PMU = {
  /** Implementer Arm, identification 1 (Cortex-A57), N = 6. Writable: LC, DP, X, D, E (C and P act). */
  PMCR_EL0: row(3, 3, 9, 12, 0, { reset: 0x41013000n, mask: 0x79n, traps: PMU_CONTROL }),
  PMCNTENSET_EL0: row(3, 3, 9, 12, 1, { ...counters, traps: PMU_USER }),
  PMCNTENCLR_EL0: row(3, 3, 9, 12, 2, { ...counters, traps: PMU_USER }),
  PMOVSCLR_EL0: row(3, 3, 9, 12, 3, { ...counters, traps: PMU_USER }),
  PMSWINC_EL0: row(3, 3, 9, 12, 4, { only: 'write', traps: PMU_SWINC }),
  PMSELR_EL0: row(3, 3, 9, 12, 5, { mask: 0x1fn, traps: PMU_SELECT }),
  PMCEID0_EL0: row(3, 3, 9, 12, 6, { only: 'read', traps: PMU_USER }),
  PMCEID1_EL0: row(3, 3, 9, 12, 7, { only: 'read', traps: PMU_USER }),
  PMCCNTR_EL0: row(3, 3, 9, 13, 0, { traps: PMU_CYCLES }),
  PMXEVTYPER_EL0: row(3, 3, 9, 13, 1, { mask: TYPE_MASK, traps: PMU_USER }),
  PMXEVCNTR_EL0: row(3, 3, 9, 13, 2, { mask: WORD, traps: PMU_EVENTS }),
  PMUSERENR_EL0: row(3, 3, 9, 14, 0, { writeFrom: 1, mask: 0xfn, traps: PMU_EL1 }),
  PMOVSSET_EL0: row(3, 3, 9, 14, 3, { ...counters, traps: PMU_USER }),
  PMCCFILTR_EL0: row(3, 3, 14, 15, 7, { mask: 0xfc000000n, traps: PMU_USER }),
  PMINTENSET_EL1: row(3, 0, 9, 14, 1, { ...counters, traps: PMU_EL1 }),
  PMINTENCLR_EL1: row(3, 0, 9, 14, 2, { ...counters, traps: PMU_EL1 }),
} as const;
