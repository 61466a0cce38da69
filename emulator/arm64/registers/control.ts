import { row, WORD } from './row.ts';
import { CPACR, CPTR_EL2, TACR, TIDCP, VM_CONTROL } from './traps.ts';

/**
 * System control, translation, exception and thread registers. Bits that are RES1 stand in the reset value; those
 * that the architecture lets software write and read back without effect are left writable.
 */

const word = { mask: WORD } as const;
const vm = { traps: VM_CONTROL } as const;
const vmWord = { traps: VM_CONTROL, mask: WORD } as const;
/** VBAR_ELx[10:0] are RES0. */
const VBAR_MASK = ~0x7ffn & 0xffffffffffffffffn;

/** SCTLR_ELx as the Cortex-A57 resets it. EE and E0E (big-endian data) are RES0 here. */
export const SCTLR_RESET = 0x00c50838n;
export const BIG_ENDIAN = (1n << 24n) | (1n << 25n);
const SCTLR_EL1_MASK = WORD & ~BIG_ENDIAN;
const SCTLR_HIGH_MASK = WORD & ~(1n << 25n);
/** HCR_EL2[33:0] less HCD (RES0 where EL3 exists) and RW (reads as one: EL1 is AArch64 only). */
const HCR_MASK = 0x3ffffffffn & ~(1n << 29n) & ~(1n << 31n);
/** SCR_EL3: NS, IRQ, FIQ, EA, SMD, HCE, SIF, ST, TWI, TWE; bits 5:4 are RES1, RW reads as one. */
const SCR_MASK = 0x3b8fn;
const SCR_RESET = 0x430n;

export const CONTROL = {
  SCTLR_EL1: row(3, 0, 1, 0, 0, { ...vm, mask: SCTLR_EL1_MASK, reset: SCTLR_RESET }),
  ACTLR_EL1: row(3, 0, 1, 0, 1, { traps: TACR, mask: 0n }),
  CPACR_EL1: row(3, 0, 1, 0, 2, { traps: CPACR, mask: 0x10300000n }),
  TTBR0_EL1: row(3, 0, 2, 0, 0, vm),
  TTBR1_EL1: row(3, 0, 2, 0, 1, vm),
  TCR_EL1: row(3, 0, 2, 0, 2, vm),
  SPSR_EL1: row(3, 0, 4, 0, 0, word),
  ELR_EL1: row(3, 0, 4, 0, 1),
  SP_EL0: row(3, 0, 4, 1, 0),
  SPSel: row(3, 0, 4, 2, 0, { mask: 1n }),
  CurrentEL: row(3, 0, 4, 2, 2, { only: 'read' }),
  AFSR0_EL1: row(3, 0, 5, 1, 0, { ...vm, mask: 0n }),
  AFSR1_EL1: row(3, 0, 5, 1, 1, { ...vm, mask: 0n }),
  ESR_EL1: row(3, 0, 5, 2, 0, vmWord),
  FAR_EL1: row(3, 0, 6, 0, 0, vm),
  PAR_EL1: row(3, 0, 7, 4, 0),
  MAIR_EL1: row(3, 0, 10, 2, 0, vm),
  AMAIR_EL1: row(3, 0, 10, 3, 0, { ...vm, mask: 0n }),
  VBAR_EL1: row(3, 0, 12, 0, 0, { mask: VBAR_MASK }),
  ISR_EL1: row(3, 0, 12, 1, 0, { only: 'read' }),
  CONTEXTIDR_EL1: row(3, 0, 13, 0, 1, vmWord),
  TPIDR_EL1: row(3, 0, 13, 0, 4),
  TPIDR_EL0: row(3, 3, 13, 0, 2),
  TPIDRRO_EL0: row(3, 3, 13, 0, 3, { writeFrom: 1 }),

  SCTLR_EL2: row(3, 4, 1, 0, 0, { mask: SCTLR_HIGH_MASK, reset: SCTLR_RESET }),
  ACTLR_EL2: row(3, 4, 1, 0, 1, { mask: 0n }),
  HCR_EL2: row(3, 4, 1, 1, 0, { mask: HCR_MASK, reset: 1n << 31n }),
  MDCR_EL2: row(3, 4, 1, 1, 1, { mask: 0xfffn, reset: 6n }),
  CPTR_EL2: row(3, 4, 1, 1, 2, { ...word, reset: 0x33ffn, traps: CPTR_EL2 }),
  HSTR_EL2: row(3, 4, 1, 1, 3, word),
  HACR_EL2: row(3, 4, 1, 1, 7, { mask: 0n }),
  TTBR0_EL2: row(3, 4, 2, 0, 0),
  TCR_EL2: row(3, 4, 2, 0, 2),
  VTTBR_EL2: row(3, 4, 2, 1, 0),
  VTCR_EL2: row(3, 4, 2, 1, 2, word),
  SPSR_EL2: row(3, 4, 4, 0, 0, word),
  ELR_EL2: row(3, 4, 4, 0, 1),
  SP_EL1: row(3, 4, 4, 1, 0),
  AFSR0_EL2: row(3, 4, 5, 1, 0, { mask: 0n }),
  AFSR1_EL2: row(3, 4, 5, 1, 1, { mask: 0n }),
  ESR_EL2: row(3, 4, 5, 2, 0, word),
  FAR_EL2: row(3, 4, 6, 0, 0),
  HPFAR_EL2: row(3, 4, 6, 0, 4, { mask: 0xfffffffff0n }),
  MAIR_EL2: row(3, 4, 10, 2, 0),
  AMAIR_EL2: row(3, 4, 10, 3, 0, { mask: 0n }),
  VBAR_EL2: row(3, 4, 12, 0, 0, { mask: VBAR_MASK }),
  TPIDR_EL2: row(3, 4, 13, 0, 2),

  SCTLR_EL3: row(3, 6, 1, 0, 0, { mask: SCTLR_HIGH_MASK, reset: SCTLR_RESET }),
  ACTLR_EL3: row(3, 6, 1, 0, 1, { mask: 0n }),
  SCR_EL3: row(3, 6, 1, 1, 0, { mask: SCR_MASK, reset: SCR_RESET }),
  SDER32_EL3: row(3, 6, 1, 1, 1, { mask: 3n }),
  CPTR_EL3: row(3, 6, 1, 1, 2, { mask: 0x80100400n }),
  MDCR_EL3: row(3, 6, 1, 3, 1, { mask: 0x33c640n }),
  TTBR0_EL3: row(3, 6, 2, 0, 0),
  TCR_EL3: row(3, 6, 2, 0, 2),
  SPSR_EL3: row(3, 6, 4, 0, 0, word),
  ELR_EL3: row(3, 6, 4, 0, 1),
  SP_EL2: row(3, 6, 4, 1, 0),
  AFSR0_EL3: row(3, 6, 5, 1, 0, { mask: 0n }),
  AFSR1_EL3: row(3, 6, 5, 1, 1, { mask: 0n }),
  ESR_EL3: row(3, 6, 5, 2, 0, word),
  FAR_EL3: row(3, 6, 6, 0, 0),
  MAIR_EL3: row(3, 6, 10, 2, 0),
  AMAIR_EL3: row(3, 6, 10, 3, 0, { mask: 0n }),
  VBAR_EL3: row(3, 6, 12, 0, 0, { mask: VBAR_MASK }),
  RVBAR_EL3: row(3, 6, 12, 0, 1, { only: 'read' }),
  /** AA64 reads as one; RR asks for a warm reset. */
  RMR_EL3: row(3, 6, 12, 0, 2, { reset: 1n, mask: 2n }),
  TPIDR_EL3: row(3, 6, 13, 0, 2),

  NZCV: row(3, 3, 4, 2, 0),
} as const;

/**
 * Registers of the AArch32 state. AArch32 is absent, so they hold what is written and do nothing; firmware that saves
 * and restores them for a guest still works.
 */
export const AARCH32_STATE = {
  SPSR_irq: row(3, 4, 4, 3, 0, word),
  SPSR_abt: row(3, 4, 4, 3, 1, word),
  SPSR_und: row(3, 4, 4, 3, 2, word),
  SPSR_fiq: row(3, 4, 4, 3, 3, word),
  DACR32_EL2: row(3, 4, 3, 0, 0, word),
  IFSR32_EL2: row(3, 4, 5, 0, 1, word),
  FPEXC32_EL2: row(3, 4, 5, 3, 0, word),
} as const;

/** IMPLEMENTATION DEFINED registers of the Cortex-A57 (its TRM, 4.3): they read as zero and ignore writes. */
const idle = { mask: 0n, traps: TIDCP } as const;
export const CORTEX_A57 = {
  /** Number of CPUs less one in bits 25:24. */
  L2CTLR_EL1: row(3, 1, 11, 0, 2, idle),
  L2ECTLR_EL1: row(3, 1, 11, 0, 3, idle),
  L2ACTLR_EL1: row(3, 1, 15, 0, 0, idle),
  CPUACTLR_EL1: row(3, 1, 15, 2, 0, idle),
  CPUECTLR_EL1: row(3, 1, 15, 2, 1, idle),
  CPUMERRSR_EL1: row(3, 1, 15, 2, 2, idle),
  L2MERRSR_EL1: row(3, 1, 15, 2, 3, idle),
  /** Base of the private peripherals. */
  CBAR_EL1: row(3, 1, 15, 3, 0, { only: 'read', reset: 0x08000000n, traps: TIDCP }),
} as const;
