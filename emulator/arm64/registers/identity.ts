import { type RegisterRow, row } from './row.ts';
import { CACHE_TYPE, TID1, TID2, TID3 } from './traps.ts';

/**
 * Identity of the CPU: a Cortex-A57 r1p0 as QEMU's `cortex-a57` reports it, less what this machine does not have:
 * AArch32 (each ELn field says AArch64 only), big-endian data.
 */
const read = { only: 'read' } as const;
const id3 = (crm: number, op2: number, reset = 0n): RegisterRow =>
  row(3, 0, 0, crm, op2, { ...read, reset, traps: TID3 });

/** EL0-EL3 are AArch64 only (1 each); FP and AdvSIMD implemented (0), without half-precision arithmetic. */
const PFR0 = 0x00001111n;
/** Armv8 debug (6), PMUv3 (1), 6 breakpoints, 4 watchpoints, 2 of the breakpoints compare contexts. */
const DFR0 = 0x10305106n;
/** AES with PMULL (2), SHA1 (1), SHA256 (1), CRC32 (1). */
const ISAR0 = 0x00011120n;
/** 44-bit physical addresses (4), 16-bit ASIDs (2), secure memory told apart (1), granules 4 KiB and 64 KiB, not 16 KiB. */
const MMFR0 = 0x00001024n;

export const MIDR_VALUE = 0x411fd070n;

/** Names of the ID space op0=3, op1=0, CRn=0, CRm=1-7; encodings without a name are reserved and read as zero. */
const ID_SPACE: Readonly<Record<string, readonly [crm: number, op2: number, value: bigint]>> = {
  ID_PFR0_EL1: [1, 0, 0n],
  ID_PFR1_EL1: [1, 1, 0n],
  ID_DFR0_EL1: [1, 2, 0n],
  ID_AFR0_EL1: [1, 3, 0n],
  ID_MMFR0_EL1: [1, 4, 0n],
  ID_MMFR1_EL1: [1, 5, 0n],
  ID_MMFR2_EL1: [1, 6, 0n],
  ID_MMFR3_EL1: [1, 7, 0n],
  ID_ISAR0_EL1: [2, 0, 0n],
  ID_ISAR1_EL1: [2, 1, 0n],
  ID_ISAR2_EL1: [2, 2, 0n],
  ID_ISAR3_EL1: [2, 3, 0n],
  ID_ISAR4_EL1: [2, 4, 0n],
  ID_ISAR5_EL1: [2, 5, 0n],
  ID_MMFR4_EL1: [2, 6, 0n],
  MVFR0_EL1: [3, 0, 0n],
  MVFR1_EL1: [3, 1, 0n],
  MVFR2_EL1: [3, 2, 0n],
  ID_AA64PFR0_EL1: [4, 0, PFR0],
  ID_AA64PFR1_EL1: [4, 1, 0n],
  ID_AA64DFR0_EL1: [5, 0, DFR0],
  ID_AA64DFR1_EL1: [5, 1, 0n],
  ID_AA64AFR0_EL1: [5, 4, 0n],
  ID_AA64AFR1_EL1: [5, 5, 0n],
  ID_AA64ISAR0_EL1: [6, 0, ISAR0],
  ID_AA64ISAR1_EL1: [6, 1, 0n],
  ID_AA64MMFR0_EL1: [7, 0, MMFR0],
  ID_AA64MMFR1_EL1: [7, 1, 0n],
};

function idSpace(): Record<string, RegisterRow> {
  const rows: Record<string, RegisterRow> = {};
  const named = new Set<string>();
  for (const [name, [crm, op2, value]] of Object.entries(ID_SPACE)) {
    rows[name] = id3(crm, op2, value);
    named.add(`${crm} ${op2}`);
  }
  for (let crm = 1; crm <= 7; crm++) {
    for (let op2 = 0; op2 < 8; op2++) {
      if (!named.has(`${crm} ${op2}`)) rows[`S3_0_C0_C${crm}_${op2}`] = id3(crm, op2);
    }
  }
  return rows;
}

export const ID_SPACE_ROWS = idSpace();

export const IDENTITY = {
  MIDR_EL1: row(3, 0, 0, 0, 0, { ...read, reset: MIDR_VALUE }),
  MPIDR_EL1: row(3, 0, 0, 0, 5, read),
  REVIDR_EL1: row(3, 0, 0, 0, 6, { ...read, traps: TID1 }),
  /** 32 KiB data cache, 48 KiB instruction cache, 2 MiB level 2 cache. */
  CCSIDR_EL1: row(3, 1, 0, 0, 0, { ...read, traps: TID2 }),
  CLIDR_EL1: row(3, 1, 0, 0, 1, { ...read, reset: 0x0a200023n, traps: TID2 }),
  AIDR_EL1: row(3, 1, 0, 0, 7, { ...read, traps: TID1 }),
  CSSELR_EL1: row(3, 2, 0, 0, 0, { mask: 0xfn, traps: TID2, readFrom: 1, writeFrom: 1 }),
  CTR_EL0: row(3, 3, 0, 0, 1, { ...read, reset: 0x8444c004n, traps: CACHE_TYPE }),
  /** Block size 4: 64 bytes. */
  DCZID_EL0: row(3, 3, 0, 0, 7, { ...read, reset: 4n }),
  VPIDR_EL2: row(3, 4, 0, 0, 0, { reset: MIDR_VALUE, mask: 0xffffffffn }),
  VMPIDR_EL2: row(3, 4, 0, 0, 5),
} as const;
