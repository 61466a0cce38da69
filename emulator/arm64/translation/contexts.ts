import type { CpuState } from '../../ir/slots.ts';
import type { Tlb, TlbBank } from '../../memory/tlb.ts';
import { Sys } from '../registers/slots.ts';
import { LiftMode } from '../system-calls.ts';
import { Hcr, REGIME_REGISTERS, Regime, type RegimeNumber, Scr, Sctlr, stage1On, stage2On } from './regime.ts';

/** Bits of a bank's mode above the lifter's: controls that hardware does not keep in TLB entries, or may apply at once. */
const BankMode = { STAGE1: 1 << 4, WXN: 1 << 5, STAGE2: 1 << 6, DC: 1 << 7, PTW: 1 << 8, SIF: 1 << 9 } as const;
const TCR_A1 = 1 << 22;
const TCR_AS_16_BITS = 1 << 4;

/** The ASID in force in EL1&0: from the TTBR that TCR_EL1.A1 names, 8 or 16 bits wide (D4.9.2). */
export function currentAsid(state: CpuState): number {
  const ttbr = (state.lo(Sys.TCR_EL1) & TCR_A1) !== 0 ? Sys.TTBR1_EL1 : Sys.TTBR0_EL1;
  const asid = state.hi(ttbr) >>> 16;
  return (state.hi(Sys.TCR_EL1) & TCR_AS_16_BITS) !== 0 ? asid : asid & 0xff;
}

/** VTTBR_EL2.VMID (8 bits). */
export function currentVmid(state: CpuState): number {
  return (state.hi(Sys.VTTBR_EL2) >>> 16) & 0xff;
}

/** How instructions of a level are lifted: {@link LiftMode}. */
function liftMode(state: CpuState, el: number): number {
  const sctlr = state.lo(REGIME_REGISTERS[el === 0 ? 1 : el].sctlr);
  const spCheck = el === 0 ? Sctlr.SA0 : Sctlr.SA;
  return (
    el | ((sctlr & Sctlr.A) !== 0 ? LiftMode.alignmentCheck : 0) | ((sctlr & spCheck) !== 0 ? LiftMode.spCheck : 0)
  );
}

/** Bits of `HCR_EL2` on which the banks of EL1&0 depend. */
export const HCR_CONTEXT = Hcr.VM | Hcr.DC | Hcr.PTW | Hcr.TGE;

function bankMode(state: CpuState, regime: RegimeNumber, el: number): number {
  const hcr = state.lo(Sys.HCR_EL2);
  const first = stage1On(state, regime);
  const second = stage2On(state, regime);
  const sctlr = state.lo(REGIME_REGISTERS[regime].sctlr);
  const secure = regime === Regime.secureEl10 || regime === Regime.el3;
  let mode = liftMode(state, el);
  if (first) mode |= BankMode.STAGE1 | ((sctlr & Sctlr.WXN) !== 0 ? BankMode.WXN : 0);
  if (second) {
    mode |= BankMode.STAGE2 | ((hcr & Hcr.DC) !== 0 ? BankMode.DC : 0) | ((hcr & Hcr.PTW) !== 0 ? BankMode.PTW : 0);
  }
  return secure && (state.lo(Sys.SCR_EL3) & Scr.SIF) !== 0 ? mode | BankMode.SIF : mode;
}

/**
 * The TLB banks of the contexts that were entered last: one per regime and privilege, so that going to another level
 * and back searches for nothing.
 */
export class Contexts {
  private readonly state: CpuState;
  private readonly tlb: Tlb;
  /** By regime * 2 + (EL0 ? 1 : 0). */
  private readonly selected: (TlbBank | undefined)[] = new Array(8).fill(undefined);

  constructor(state: CpuState, tlb: Tlb) {
    this.state = state;
    this.tlb = tlb;
    tlb.onEvict = (bank) => {
      for (let i = 0; i < this.selected.length; i++) if (this.selected[i] === bank) this.selected[i] = undefined;
    };
  }

  /** The bank of a level. */
  bank(regime: RegimeNumber, el: number): TlbBank {
    return this.selected[regime * 2 + (el === 0 ? 1 : 0)] ?? this.select(regime, el);
  }

  /** Whether a level's bank is still the one that {@link bank} returned. */
  holds(bank: TlbBank, regime: RegimeNumber, el: number): boolean {
    return this.selected[regime * 2 + (el === 0 ? 1 : 0)] === bank;
  }

  /** A register on which a regime's banks depend was written. */
  forget(regime: RegimeNumber): void {
    this.selected[regime * 2] = undefined;
    this.selected[regime * 2 + 1] = undefined;
  }

  forgetAll(): void {
    this.selected.fill(undefined);
  }

  private select(regime: RegimeNumber, el: number): TlbBank {
    const { state } = this;
    const asid = regime < Regime.el2 && stage1On(state, regime) ? currentAsid(state) : 0;
    const vmid = regime === Regime.el10 ? currentVmid(state) : 0;
    const bank = this.tlb.select(regime, asid, vmid, bankMode(state, regime, el));
    this.selected[regime * 2 + (el === 0 ? 1 : 0)] = bank;
    return bank;
  }
}
