/**
 * The operations that the A64 lifter leaves to TypeScript: indices of the `call` of a `system` statement. What an
 * operation does follows from its instruction word; `arm64/system/` implements each under the same name.
 */
export const SystemCall = {
  /** Unallocated or undefined here: takes the Unknown-reason exception and leaves an `unimplemented` record where the architecture defines the encoding. */
  undefined: 0,
  svc: 1,
  hvc: 2,
  smc: 3,
  brk: 4,
  /** HLT: semihosting or undefined. */
  hlt: 5,
  eret: 6,
  drps: 7,
  /** MRS of a system register. Does not end a block. */
  mrs: 8,
  /** MSR (register). Ends the block. */
  msr: 9,
  /** MSR (immediate): SPSel, DAIFSet, DAIFClr. */
  msrImmediate: 10,
  /** SYS: AT, TLBI, DC, IC and the rest. */
  sys: 11,
  sysl: 12,
  wfi: 13,
  wfe: 14,
  sev: 15,
  sevl: 16,
  yield: 17,
  clrex: 19,
  /** An FP or Advanced SIMD instruction, exactly: trapped by CPACR, CPTR; else performed as a whole. */
  fpSimd: 20,
  /** The SP used as a base register is not 16-byte aligned. */
  spAlignment: 21,
  dcps: 22,
  /**
   * A misaligned access where alignment is required (SCTLR_ELx.A, exclusives, acquire/release). The lifter puts the address into
   * slot EXIT_VA before the check.
   */
  alignment: 23,
} as const;

export type SystemCallNumber = (typeof SystemCall)[keyof typeof SystemCall];

/**
 * Bits of a block's `mode`: what besides the encoding decides how an A64 instruction is lifted.
 */
export const LiftMode = {
  /** Current exception level, bits 1:0. */
  elMask: 3,
  /** SCTLR_ELx.A: the lifter puts an alignment check before every access. */
  alignmentCheck: 4,
  /** SCTLR_ELx.SA (SA0 at EL0): a load or store whose base is SP checks its alignment first. */
  spCheck: 8,
  /** Floating point and Advanced SIMD are enabled at this level: the lifter may use fast forms. */
  fp: 16,
  /** FPCR is zero: to nearest, no flush to zero, no default NaN. Fast floating-point arithmetic rests on it. */
  fpDefault: 32,
  /** EL1 of the normal world under HCR_EL2.TVM: writes of the virtual memory controls trap to EL2. */
  vmTrap: 64,
  /** All bits. */
  mask: 127,
} as const;
