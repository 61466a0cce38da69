import { ALL_BITS, type RegisterRow, row, WORD } from './row.ts';
import { TDA, TDA_USER, TDOSA, TDRA } from './traps.ts';

/** Debug registers (Arm ARM D12.3), as registers: no debugger is attached. */
const tda = { traps: TDA, mask: WORD } as const;

export const BREAKPOINTS = 6;
export const WATCHPOINTS = 4;
/** Breakpoints that may compare CONTEXTIDR_EL1 and the VMID: those with the highest numbers. */
export const CONTEXT_BREAKPOINTS = 2;
/** Bits 1:0 of an address comparator are RES0; bits above 48 read back as written (RESS). */
const ADDRESS = ~3n & 0xffffffffffffffffn;

function comparators(): Record<string, RegisterRow> {
  const rows: Record<string, RegisterRow> = {};
  for (let n = 0; n < BREAKPOINTS; n++) {
    const contextAware = n >= BREAKPOINTS - CONTEXT_BREAKPOINTS;
    rows[`DBGBVR${n}_EL1`] = row(2, 0, 0, n, 4, { traps: TDA, mask: contextAware ? ALL_BITS : ADDRESS });
    rows[`DBGBCR${n}_EL1`] = row(2, 0, 0, n, 5, { traps: TDA, mask: 0xffe1e7n });
  }
  for (let n = 0; n < WATCHPOINTS; n++) {
    rows[`DBGWVR${n}_EL1`] = row(2, 0, 0, n, 6, { traps: TDA, mask: ADDRESS });
    rows[`DBGWCR${n}_EL1`] = row(2, 0, 0, n, 7, { traps: TDA, mask: 0x1f1fffffn });
  }
  return rows;
}

export const COMPARATORS = comparators();

export const DEBUG = {
  OSDTRRX_EL1: row(2, 0, 0, 0, 2, tda),
  MDCCINT_EL1: row(2, 0, 0, 2, 0, { traps: TDA, mask: 0x60000000n }),
  MDSCR_EL1: row(2, 0, 0, 2, 2, { traps: TDA, mask: 0x6cf8f07dn & ~0x0c000000n }),
  OSDTRTX_EL1: row(2, 0, 0, 3, 2, tda),
  OSECCR_EL1: row(2, 0, 0, 6, 2, tda),
  MDCCSR_EL0: row(2, 3, 0, 1, 0, { only: 'read', traps: TDA_USER }),
  DBGDTR_EL0: row(2, 3, 0, 4, 0, { traps: TDA_USER, mask: 0n }),
  DBGDTRRX_EL0: row(2, 3, 0, 5, 0, { traps: TDA_USER, mask: 0n }),
  DBGVCR32_EL2: row(2, 4, 0, 7, 0, { mask: WORD }),
  MDRAR_EL1: row(2, 0, 1, 0, 0, { only: 'read', traps: TDRA }),
  OSLAR_EL1: row(2, 0, 1, 0, 4, { only: 'write', traps: TDOSA }),
  /** OS lock model 1 (OSLM = 0b10), locked at reset (OSLK). */
  OSLSR_EL1: row(2, 0, 1, 1, 4, { only: 'read', reset: 0xan, traps: TDOSA }),
  OSDLR_EL1: row(2, 0, 1, 3, 4, { traps: TDOSA, mask: 1n }),
  DBGPRCR_EL1: row(2, 0, 1, 4, 4, { traps: TDOSA, mask: 1n }),
  DBGCLAIMSET_EL1: row(2, 0, 7, 8, 6, { traps: TDA }),
  DBGCLAIMCLR_EL1: row(2, 0, 7, 9, 6, { traps: TDA }),
  DBGAUTHSTATUS_EL1: row(2, 0, 7, 14, 6, { only: 'read', traps: TDA }),
} as const;
