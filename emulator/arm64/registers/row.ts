/** How the tables of system registers are written: one row per register. */

/** Index of an encoding: bits 20:5 of MRS and MSR, which are op0, op1, CRn, CRm, op2. */
export function encoding(op0: number, op1: number, crn: number, crm: number, op2: number): number {
  return (op0 << 14) | (op1 << 11) | (crn << 7) | (crm << 3) | op2;
}

/** The generic name of an encoding: S<op0>_<op1>_C<CRn>_C<CRm>_<op2>. */
export function genericName(at: number): string {
  return `S${at >> 14}_${(at >> 11) & 7}_C${(at >> 7) & 15}_C${(at >> 3) & 15}_${at & 7}`;
}

/** Exception levels as a mask, for {@link Trap.from}. */
export const From = { EL0: 1, EL1: 2, EL2: 4, EL01: 3, EL12: 6, EL012: 7 } as const;

/** A control bit by which an access traps. */
export interface Trap {
  /** Register that holds the bit. */
  readonly by: string;
  readonly bit: number;
  /** Value of the bit that traps: 1 unless the control is an enable. */
  readonly traps: 0 | 1;
  /** Levels whose accesses trap, a mask of {@link From}. */
  readonly from: number;
  /** Traps only in this security state. */
  readonly state?: 'secure' | 'nonSecure';
  /** Level that takes the exception (EL1 becomes EL2 under HCR_EL2.TGE). */
  readonly to: 1 | 2 | 3;
  /** Which accesses. */
  readonly on: 'read' | 'write' | 'both';
  /** Exception class: 0x18 (MSR, MRS, SYS) unless said. */
  readonly ec?: number;
  /** A second bit that also lets the access pass (EL0 access to CNTFRQ_EL0). */
  readonly orBit?: number;
}

export interface RegisterRow {
  /** {@link encoding}. */
  readonly at: number;
  /** Lowest level that may read or write; 4 = none. */
  readonly read: number;
  readonly write: number;
  readonly reset: bigint;
  /** Bits that a write changes. */
  readonly mask: bigint;
  readonly traps: readonly Trap[];
}

export interface RowOptions {
  /** Read-only, write-only; levels otherwise follow op1 (C5.1.2). */
  readonly only?: 'read' | 'write';
  readonly readFrom?: number;
  readonly writeFrom?: number;
  readonly reset?: bigint;
  readonly mask?: bigint;
  readonly traps?: readonly Trap[];
}

const NEVER = 4;
/** Lowest level by op1 (Arm ARM D12.3.1). */
const LEVEL_BY_OP1 = [1, 1, 1, 0, 2, 2, 3, 1] as const;
export const ALL_BITS = 0xffffffffffffffffn;
export const WORD = 0xffffffffn;

/** A row of the register table. */
export function row(
  op0: number,
  op1: number,
  crn: number,
  crm: number,
  op2: number,
  options: RowOptions = {},
): RegisterRow {
  const level = LEVEL_BY_OP1[op1];
  return {
    at: encoding(op0, op1, crn, crm, op2),
    read: options.only === 'write' ? NEVER : (options.readFrom ?? level),
    write: options.only === 'read' ? NEVER : (options.writeFrom ?? level),
    reset: options.reset ?? 0n,
    mask: options.mask ?? ALL_BITS,
    traps: options.traps ?? [],
  };
}
