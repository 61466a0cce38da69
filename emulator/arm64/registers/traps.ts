import { From, type Trap } from './row.ts';

type On = Trap['on'];

/** A trap to EL2 of the normal world (D1.15.3). */
const toEl2 = (by: string, bit: number, on: On, from: number = From.EL1): Trap => ({
  by,
  bit,
  traps: 1,
  from,
  state: 'nonSecure',
  to: 2,
  on,
});

/** A trap to EL3 from all levels below (D1.15.4). */
const toEl3 = (by: string, bit: number, on: On, from: number = From.EL12): Trap => ({
  by,
  bit,
  traps: 1,
  from,
  to: 3,
  on,
});

/** EL0 is let through by an enable bit; else trapped to EL1 (D1.15.2). */
const enabledForEl0 = (by: string, bit: number, on: On = 'both'): Trap => ({
  by,
  bit,
  traps: 0,
  from: From.EL0,
  to: 1,
  on,
});

/** EL1 and EL0 of the normal world are let through by an enable bit of EL2. */
const enabledByEl2 = (by: string, bit: number): Trap => ({
  by,
  bit,
  traps: 0,
  from: From.EL01,
  state: 'nonSecure',
  to: 2,
  on: 'both',
});

const EC_FP_ACCESS = 0x07;

/** Accesses to virtual memory controls: HCR_EL2.TVM and TRVM. */
export const VM_CONTROL: readonly Trap[] = [toEl2('HCR_EL2', 26, 'write'), toEl2('HCR_EL2', 30, 'read')];
export const TID1: readonly Trap[] = [toEl2('HCR_EL2', 16, 'read')];
export const TID2: readonly Trap[] = [toEl2('HCR_EL2', 17, 'both', From.EL01)];
export const TID3: readonly Trap[] = [toEl2('HCR_EL2', 18, 'read')];
/** CTR_EL0: SCTLR_EL1.UCT, then HCR_EL2.TID2. */
export const CACHE_TYPE: readonly Trap[] = [enabledForEl0('SCTLR_EL1', 15), ...TID2];
export const TIDCP: readonly Trap[] = [toEl2('HCR_EL2', 20, 'both', From.EL01)];
export const TACR: readonly Trap[] = [toEl2('HCR_EL2', 21, 'both')];
/** CPACR_EL1: CPTR_EL2.TCPAC, CPTR_EL3.TCPAC. */
export const CPACR: readonly Trap[] = [toEl2('CPTR_EL2', 31, 'both'), toEl3('CPTR_EL3', 31, 'both')];
/** CPTR_EL2 from EL2: CPTR_EL3.TCPAC. */
export const CPTR_EL2: readonly Trap[] = [toEl3('CPTR_EL3', 31, 'both', From.EL2)];
export const DAIF: readonly Trap[] = [enabledForEl0('SCTLR_EL1', 9)];

/** Data cache operations by set and way: HCR_EL2.TSW. */
export const TSW: readonly Trap[] = [toEl2('HCR_EL2', 22, 'write')];
/** DC operations by address to the point of coherency: SCTLR_EL1.UCI, HCR_EL2.TPC. */
export const TPC: readonly Trap[] = [toEl2('HCR_EL2', 23, 'write', From.EL01)];
export const TPC_USER: readonly Trap[] = [enabledForEl0('SCTLR_EL1', 26), ...TPC];
/** Cache maintenance to the point of unification: SCTLR_EL1.UCI, HCR_EL2.TPU. */
export const TPU: readonly Trap[] = [toEl2('HCR_EL2', 24, 'write', From.EL01)];
export const TPU_USER: readonly Trap[] = [enabledForEl0('SCTLR_EL1', 26), ...TPU];
export const TTLB: readonly Trap[] = [toEl2('HCR_EL2', 25, 'write')];
/** DC ZVA: SCTLR_EL1.DZE, HCR_EL2.TDZ. */
export const DC_ZVA: readonly Trap[] = [enabledForEl0('SCTLR_EL1', 14), toEl2('HCR_EL2', 28, 'write', From.EL01)];

const fpEnabled = (bit: number, from: number): Trap => ({
  by: 'CPACR_EL1',
  bit,
  traps: 0,
  from,
  to: 1,
  on: 'both',
  ec: EC_FP_ACCESS,
});
/** FPCR and FPSR: CPACR_EL1.FPEN (0bx0 traps EL1 and EL0, 0b01 traps EL0), CPTR_EL2.TFP, CPTR_EL3.TFP. */
export const FP: readonly Trap[] = [
  fpEnabled(20, From.EL01),
  fpEnabled(21, From.EL0),
  { ...toEl2('CPTR_EL2', 10, 'both', From.EL012), ec: EC_FP_ACCESS },
  { ...toEl3('CPTR_EL3', 10, 'both', 15), ec: EC_FP_ACCESS },
];

/** Counter and timer registers (D6.2, D12.8). */
export const PHYSICAL_COUNTER: readonly Trap[] = [enabledForEl0('CNTKCTL_EL1', 0), enabledByEl2('CNTHCTL_EL2', 0)];
export const VIRTUAL_COUNTER: readonly Trap[] = [enabledForEl0('CNTKCTL_EL1', 1)];
export const FREQUENCY: readonly Trap[] = [{ ...enabledForEl0('CNTKCTL_EL1', 0), orBit: 1 }];
export const PHYSICAL_TIMER: readonly Trap[] = [enabledForEl0('CNTKCTL_EL1', 9), enabledByEl2('CNTHCTL_EL2', 1)];
export const VIRTUAL_TIMER: readonly Trap[] = [enabledForEl0('CNTKCTL_EL1', 8)];
/** CNTPS_*_EL1: Secure EL1 needs SCR_EL3.ST. */
export const SECURE_TIMER: readonly Trap[] = [
  { by: 'SCR_EL3', bit: 11, traps: 0, from: From.EL1, state: 'secure', to: 3, on: 'both' },
];

/** Debug registers: MDCR_EL2 and MDCR_EL3 TDA, TDOSA, TDRA (D1.15.3, D1.15.4). */
export const TDA: readonly Trap[] = [
  toEl2('MDCR_EL2', 9, 'both', From.EL01),
  toEl2('MDCR_EL2', 8, 'both', From.EL01),
  toEl3('MDCR_EL3', 9, 'both', From.EL012),
];
export const TDA_USER: readonly Trap[] = [
  { by: 'MDSCR_EL1', bit: 12, traps: 1, from: From.EL0, to: 1, on: 'both' },
  ...TDA,
];
export const TDOSA: readonly Trap[] = [
  toEl2('MDCR_EL2', 10, 'both'),
  toEl2('MDCR_EL2', 8, 'both'),
  toEl3('MDCR_EL3', 10, 'both'),
];
export const TDRA: readonly Trap[] = [
  toEl2('MDCR_EL2', 11, 'both'),
  toEl2('MDCR_EL2', 8, 'both'),
  toEl3('MDCR_EL3', 9, 'both'),
];

/** PMU registers: PMUSERENR_EL0, MDCR_EL2.TPM and TPMCR, MDCR_EL3.TPM. */
const TPM: readonly Trap[] = [toEl2('MDCR_EL2', 6, 'both', From.EL01), toEl3('MDCR_EL3', 6, 'both', From.EL012)];
export const PMU_EL1: readonly Trap[] = TPM;
const USERENR = 'PMUSERENR_EL0';
export const PMU_USER: readonly Trap[] = [enabledForEl0(USERENR, 0), ...TPM];
/** PMCR_EL0 also traps by MDCR_EL2.TPMCR. */
export const PMU_CONTROL: readonly Trap[] = [
  enabledForEl0(USERENR, 0),
  toEl2('MDCR_EL2', 5, 'both', From.EL01),
  ...TPM,
];
/** EL0 may also write PMSWINC_EL0 by PMUSERENR_EL0.SW, read the cycle counter by CR and event counters by ER. */
export const PMU_SWINC: readonly Trap[] = [{ ...enabledForEl0(USERENR, 0), orBit: 1 }, ...TPM];
export const PMU_CYCLES: readonly Trap[] = [
  { ...enabledForEl0(USERENR, 0, 'read'), orBit: 2 },
  enabledForEl0(USERENR, 0, 'write'),
  ...TPM,
];
export const PMU_EVENTS: readonly Trap[] = [
  { ...enabledForEl0(USERENR, 0, 'read'), orBit: 3 },
  enabledForEl0(USERENR, 0, 'write'),
  ...TPM,
];
export const PMU_SELECT: readonly Trap[] = [{ ...enabledForEl0(USERENR, 0), orBit: 3 }, ...TPM];
