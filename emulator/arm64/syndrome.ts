/** Exception syndromes: ESR_ELx (Arm ARM D12.2.36). */

/** Exception classes. */
export const EC = {
  UNKNOWN: 0x00,
  WFX: 0x01,
  FP_ACCESS: 0x07,
  ILLEGAL_STATE: 0x0e,
  SVC: 0x15,
  HVC: 0x16,
  SMC: 0x17,
  SYSTEM: 0x18,
  INSTRUCTION_ABORT_LOWER: 0x20,
  INSTRUCTION_ABORT: 0x21,
  PC_ALIGNMENT: 0x22,
  DATA_ABORT_LOWER: 0x24,
  DATA_ABORT: 0x25,
  SP_ALIGNMENT: 0x26,
  SERROR: 0x2f,
  BREAKPOINT_LOWER: 0x30,
  BREAKPOINT: 0x31,
  SOFTWARE_STEP_LOWER: 0x32,
  SOFTWARE_STEP: 0x33,
  WATCHPOINT_LOWER: 0x34,
  WATCHPOINT: 0x35,
  BRK: 0x3c,
} as const;

const EC_SHIFT = 26;
/** The instruction is 32 bits long, which all of A64 are. */
const IL = 1 << 25;

/** An ESR value. */
export function syndrome(ec: number, iss = 0): number {
  return (ec << EC_SHIFT) | IL | iss;
}

/** ISS of a trapped MSR, MRS or system instruction, from its encoding. */
export function systemIss(word: number): number {
  const field = (shift: number, mask: number): number => (word >>> shift) & mask;
  return (
    (field(19, 3) << 20) |
    (field(5, 7) << 17) |
    (field(16, 7) << 14) |
    (field(12, 15) << 10) |
    (field(0, 31) << 5) |
    (field(8, 15) << 1) |
    field(21, 1)
  );
}

/** CV and COND of a trapped WFx or FP access: always valid, always AL (A64). */
export const CONDITION_ALWAYS = (1 << 24) | (14 << 20);

/** Bits of the ISS of aborts. */
export const AbortIss = {
  ISV: 1 << 24,
  SAS_SHIFT: 22,
  SSE: 1 << 21,
  SRT_SHIFT: 16,
  SF: 1 << 15,
  AR: 1 << 14,
  EA: 1 << 9,
  CM: 1 << 8,
  S1PTW: 1 << 7,
  WnR: 1 << 6,
} as const;
