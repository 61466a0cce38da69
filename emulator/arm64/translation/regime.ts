import type { CpuState } from '../../ir/slots.ts';
import { Sys } from '../registers/slots.ts';

const {
  HCR_EL2,
  MAIR_EL1,
  MAIR_EL2,
  MAIR_EL3,
  SCTLR_EL1,
  SCTLR_EL2,
  SCTLR_EL3,
  TCR_EL1,
  TCR_EL2,
  TCR_EL3,
  TTBR0_EL1,
  TTBR0_EL2,
  TTBR0_EL3,
} = Sys;

/** Translation regimes (Arm ARM D4.1.2), also the `regime` of a TLB bank's key. */
export const Regime = { secureEl10: 0, el10: 1, el2: 2, el3: 3 } as const;
export type RegimeNumber = 0 | 1 | 2 | 3;

/** The registers that govern a regime. */
export interface RegimeRegisters {
  readonly sctlr: number;
  readonly tcr: number;
  readonly ttbr0: number;
  readonly mair: number;
}

const EL1: RegimeRegisters = { sctlr: SCTLR_EL1, tcr: TCR_EL1, ttbr0: TTBR0_EL1, mair: MAIR_EL1 };
const EL2: RegimeRegisters = { sctlr: SCTLR_EL2, tcr: TCR_EL2, ttbr0: TTBR0_EL2, mair: MAIR_EL2 };
const EL3: RegimeRegisters = { sctlr: SCTLR_EL3, tcr: TCR_EL3, ttbr0: TTBR0_EL3, mair: MAIR_EL3 };

/** By {@link Regime}. */
export const REGIME_REGISTERS: readonly RegimeRegisters[] = [EL1, EL1, EL2, EL3];

/** Bits of SCTLR_ELx. */
export const Sctlr = { M: 1, A: 2, SA: 8, SA0: 16, WXN: 1 << 19 } as const;
/** Bits of HCR_EL2 (low half). */
export const Hcr = {
  VM: 1,
  PTW: 4,
  FMO: 8,
  IMO: 16,
  AMO: 32,
  VF: 64,
  VI: 128,
  VSE: 256,
  DC: 1 << 12,
  TWI: 1 << 13,
  TWE: 1 << 14,
  TSC: 1 << 19,
  TVM: 1 << 26,
  TGE: 1 << 27,
} as const;
/** Bits of SCR_EL3. */
export const Scr = {
  NS: 1,
  IRQ: 2,
  FIQ: 4,
  EA: 8,
  SMD: 1 << 7,
  HCE: 1 << 8,
  SIF: 1 << 9,
  TWI: 1 << 12,
  TWE: 1 << 13,
} as const;

/** The regime in force at a level. */
export function regimeOf(el: number, secure: boolean): RegimeNumber {
  return el > 1 ? (el as RegimeNumber) : secure ? Regime.secureEl10 : Regime.el10;
}

/** Stage 1 is on. HCR_EL2.DC and TGE switch it off for the normal world's EL1&0 (D12.2.45). */
export function stage1On(state: CpuState, regime: RegimeNumber): boolean {
  if (regime === Regime.el10 && (state.lo(HCR_EL2) & (Hcr.DC | Hcr.TGE)) !== 0) return false;
  return (state.lo(REGIME_REGISTERS[regime].sctlr) & Sctlr.M) !== 0;
}

/** Stage 1 is off and so makes data accesses Device-nGnRnE: always but under HCR_EL2.DC. */
export function flatIsDevice(state: CpuState, regime: RegimeNumber): boolean {
  if (stage1On(state, regime)) return false;
  return regime !== Regime.el10 || (state.lo(HCR_EL2) & Hcr.DC) === 0;
}

/** Stage 2 is on: HCR_EL2.VM, which DC implies. */
export function stage2On(state: CpuState, regime: RegimeNumber): boolean {
  return regime === Regime.el10 && (state.lo(HCR_EL2) & (Hcr.VM | Hcr.DC)) !== 0;
}

const TBI_EL1 = [1 << 5, 1 << 6] as const;
const TBI_HIGH_LEVELS = 1 << 20;
const BIT_55 = 1 << 23;

/**
 * The high half of a virtual address after the top byte was ignored where TCR_ELx.TBI says so: then it is a copy of
 * bit 55 (EL1&0) or zero (EL2, EL3).
 */
export function withoutTag(state: CpuState, regime: RegimeNumber, vaHi: number): number {
  const top = vaHi >> 23;
  if (top === 0 || (top === -1 && regime < Regime.el2)) return vaHi;
  if (regime >= Regime.el2) {
    return (state.lo(REGIME_REGISTERS[regime].tcr) & TBI_HIGH_LEVELS) !== 0 ? vaHi & 0xffffff : vaHi;
  }
  const upper = (vaHi & BIT_55) !== 0 ? 1 : 0;
  return (state.hi(TCR_EL1) & TBI_EL1[upper]) !== 0 ? (vaHi << 8) >> 8 : vaHi;
}
