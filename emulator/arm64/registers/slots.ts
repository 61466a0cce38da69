import { SYSTEM_SLOT, SYSTEM_SLOT_COUNT } from '../../ir/slots.ts';
import { AARCH32_STATE, CONTROL, CORTEX_A57 } from './control.ts';
import { COMPARATORS, DEBUG } from './debug.ts';
import { ID_SPACE_ROWS, IDENTITY } from './identity.ts';
import { CACHE_OPERATIONS, TLB_OPERATIONS, TRANSLATE_OPERATIONS } from './operations.ts';
import { EVENT_ROWS, PMU } from './pmu.ts';
import type { RegisterRow } from './row.ts';
import { GENERIC_TIMER, SPECIAL } from './special.ts';

const NAMED = {
  ...CONTROL,
  ...SPECIAL,
  ...GENERIC_TIMER,
  ...IDENTITY,
  ...PMU,
  ...DEBUG,
  ...AARCH32_STATE,
  ...CORTEX_A57,
} as const;

const OPERATIONS = { ...CACHE_OPERATIONS, ...TRANSLATE_OPERATIONS, ...TLB_OPERATIONS } as const;

/** A system register that code names. Numbered families (PMEVCNTR<n>_EL0) and reserved ID registers are in the table too. */
export type RegisterName = keyof typeof NAMED;
/** A system instruction: `TLBI VAE1`. */
export type OperationName = keyof typeof OPERATIONS;

/** Every system register with a value. */
export const REGISTERS: Readonly<Record<string, RegisterRow>> = {
  ...NAMED,
  ...EVENT_ROWS,
  ...COMPARATORS,
  ...ID_SPACE_ROWS,
};

/** Every system instruction. */
export const SYSTEM_INSTRUCTIONS: Readonly<Record<OperationName, RegisterRow>> = OPERATIONS;

/** State of the CPU that is no system register. */
const INTERNAL = [
  /** Process state without the condition flags, see `PState`. */
  'PSTATE',
  /** Levels of the interrupt wires, see `interrupts.ts`. */
  'WIRES',
  /** 1 while the event register is set. */
  'EVENT_REGISTER',
  /** 1 if the wait of a waiting CPU is a WFE's. */
  'WAIT_IS_WFE',
  /** The world that switched off the stage 1 of EL1&0, see `tlbi.ts`; 0 while it is on. */
  'EL1_OFF_BY',
  /** Function identifier of the last secure call that was counted. */
  'LAST_SMC',
  /** Calls that the host answers, see `level-switch.ts`. */
  'HOST_CALLS',
  /** The banked SP_EL3: no instruction names it. */
  'SP_EL3',
  /** What software step did last, see `self-hosted-debug/unit.ts`. */
  'DEBUG_STEP',
  /** Time up to which the performance counters are counted. */
  'PMU_TIME',
  /** Cycles that PMCR_EL0.D has not made into a count yet. */
  'PMU_REST',
] as const;

const names = [...INTERNAL, ...Object.keys(REGISTERS)];
if (names.length > SYSTEM_SLOT_COUNT) throw new Error('the system registers do not fit into the CPU state');

const slots: Readonly<Record<string, number>> = Object.fromEntries(names.map((name, i) => [name, SYSTEM_SLOT + i]));

/** Slot of each system register and of the {@link INTERNAL} state. */
export const Sys = slots as Readonly<Record<RegisterName | (typeof INTERNAL)[number], number>>;

/** Slot of a register by name. @throws Error if there is none */
export function slotOf(name: string): number {
  const slot = slots[name];
  if (slot === undefined) throw new Error(`no system register is named ${name}`);
  return slot;
}
