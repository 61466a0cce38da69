import { Sys } from './slots.ts';

/** No exception is taken to EL0. */
const NONE = -1;

/** Slots of the registers that each exception level has its own of, by level. */
export const ByLevel = {
  SPSR: [NONE, Sys.SPSR_EL1, Sys.SPSR_EL2, Sys.SPSR_EL3],
  ELR: [NONE, Sys.ELR_EL1, Sys.ELR_EL2, Sys.ELR_EL3],
  VBAR: [NONE, Sys.VBAR_EL1, Sys.VBAR_EL2, Sys.VBAR_EL3],
  ESR: [NONE, Sys.ESR_EL1, Sys.ESR_EL2, Sys.ESR_EL3],
  FAR: [NONE, Sys.FAR_EL1, Sys.FAR_EL2, Sys.FAR_EL3],
  /** A stack pointer's value stands in slot SP while it is in use. */
  BANKED_SP: [Sys.SP_EL0, Sys.SP_EL1, Sys.SP_EL2, Sys.SP_EL3],
} as const;
