import { type CpuState, LevelSlot, levelSlot } from '../../ir/slots.ts';
import type { Tlb, TlbBank } from '../../memory/tlb.ts';
import { Sys } from '../registers/slots.ts';
import { LiftMode } from '../system-calls.ts';
import {
  flatIsDevice,
  Hcr,
  REGIME_REGISTERS,
  Regime,
  type RegimeNumber,
  Scr,
  Sctlr,
  stage1On,
  stage2On,
} from './regime.ts';

const { HCR_EL2, SCR_EL3, TCR_EL1, TTBR0_EL1, TTBR1_EL1, VTCR_EL2, VTTBR_EL2 } = Sys;

/**
 * Bits of a bank's mode above the lifter's: controls that hardware does not keep in TLB entries, or may apply at once. The
 * numbers of the TCR and VTCR values stand above them, so that a change of these starts from an empty TLB, and going
 * back finds what was there.
 */
const BankMode = { STAGE1: 1 << 7, WXN: 1 << 8, STAGE2: 1 << 9, DC: 1 << 10, PTW: 1 << 11, SIF: 1 << 12 } as const;
const TCR_A1 = 1 << 22;
const TCR_AS_16_BITS = 1 << 4;

/** The ASID in force in EL1&0: from the TTBR that TCR_EL1.A1 names, 8 or 16 bits wide (D4.9.2). */
export function currentAsid(state: CpuState): number {
  const ttbr = (state.lo(TCR_EL1) & TCR_A1) !== 0 ? TTBR1_EL1 : TTBR0_EL1;
  const asid = state.hi(ttbr) >>> 16;
  return (state.hi(TCR_EL1) & TCR_AS_16_BITS) !== 0 ? asid : asid & 0xff;
}

/** VTTBR_EL2.VMID (8 bits). */
export function currentVmid(state: CpuState): number {
  return (state.hi(VTTBR_EL2) >>> 16) & 0xff;
}

/**
 * How instructions of a level are lifted: {@link LiftMode}. With stage 1 off every data access is to Device memory (unless
 * HCR_EL2.DC makes it Normal), so alignment is checked as under SCTLR_ELx.A (`AArch64.TranslateAddressS1Off`, B2.5.2).
 */
function liftMode(state: CpuState, regime: RegimeNumber, el: number): number {
  const sctlr = state.lo(REGIME_REGISTERS[regime].sctlr);
  const spCheck = el === 0 ? Sctlr.SA0 : Sctlr.SA;
  const aligned = (sctlr & Sctlr.A) !== 0 || flatIsDevice(state, regime);
  return (
    el |
    (aligned ? LiftMode.alignmentCheck : 0) |
    ((sctlr & spCheck) !== 0 ? LiftMode.spCheck : 0) |
    floatMode(state, regime, el) |
    (regime === Regime.el10 && el === 1 && (state.lo(HCR_EL2) & Hcr.TVM) !== 0 ? LiftMode.vmTrap : 0)
  );
}

/** CPACR_EL1.FPEN, one bit for EL1 and EL0, one for EL0; CPTR_ELx.TFP. */
const FPEN = { EL1: 1 << 20, EL0: 1 << 21 } as const;
const TFP = 1 << 10;

/** What the traps of CPTR_EL3, CPTR_EL2 and CPACR_EL1 (D1.15) and FPCR leave of the fast forms. */
function floatMode(state: CpuState, regime: RegimeNumber, el: number): number {
  if ((state.lo(Sys.CPTR_EL3) & TFP) !== 0) return 0;
  const underEl2 = regime === Regime.el10 || regime === Regime.el2;
  if (underEl2 && (state.lo(Sys.CPTR_EL2) & TFP) !== 0) return 0;
  if (el < 2) {
    const wanted = el === 0 ? FPEN.EL1 | FPEN.EL0 : FPEN.EL1;
    if ((state.lo(Sys.CPACR_EL1) & wanted) !== wanted) return 0;
  }
  return LiftMode.fp | (state.lo(Sys.FPCR) === 0 ? LiftMode.fpDefault : 0);
}

/** Numbers given to the values that a control register was seen with. */
class Values {
  private readonly numbers = new Map<number, number>();
  /** The value that was asked for last: mostly it is asked for again. */
  private lastLo = 0;
  private lastHi = 0;
  private lastNumber = -1;

  /** The number of a value of two halves, below 512 (when there are more, they share). */
  number(lo: number, hi: number): number {
    if (lo !== this.lastLo || hi !== this.lastHi || this.lastNumber < 0) {
      this.lastNumber = this.lookUp(lo, hi);
      this.lastLo = lo;
      this.lastHi = hi;
    }
    return this.lastNumber;
  }

  private lookUp(lo: number, hi: number): number {
    const value = (hi >>> 0) * TWO_32 + (lo >>> 0);
    const known = this.numbers.get(value);
    if (known !== undefined) return known;
    const number = this.numbers.size % VALUE_LIMIT;
    this.numbers.set(value, number);
    return number;
  }

  /** The values in the order of their numbers. */
  save(): number[] {
    return [...this.numbers.keys()];
  }

  restore(values: readonly number[]): void {
    this.lastNumber = -1;
    this.numbers.clear();
    for (const [i, value] of values.entries()) this.numbers.set(value, i % VALUE_LIMIT);
  }
}

const TWO_32 = 0x1_0000_0000;
const VALUE_LIMIT = 512;
const TCR_SHIFT = 13;
const VTCR_SHIFT = 22;

/** What the choice of banks depends on beside the registers: which bank is taken next is part of what a guest can see. */
export interface ContextsState {
  readonly tcr: readonly number[];
  readonly vtcr: readonly number[];
  /** Index of the bank by regime and privilege, -1 where none is remembered. */
  readonly selected: readonly number[];
}

/**
 * The TLB banks of the contexts that were entered last: one per regime and privilege, so that going to another level
 * and back searches for nothing.
 */
export class Contexts {
  private readonly state: CpuState;
  private readonly tlb: Tlb;
  private readonly tcr = new Values();
  private readonly vtcr = new Values();
  /** By regime * 2 + (EL0 ? 1 : 0). */
  private readonly selected: (TlbBank | undefined)[] = new Array(8).fill(undefined);

  constructor(state: CpuState, tlb: Tlb) {
    this.state = state;
    this.tlb = tlb;
    tlb.onEvict = (bank) => {
      for (let i = 0; i < this.selected.length; i++) if (this.selected[i] === bank) this.selected[i] = undefined;
      this.withdrawAll();
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
    if (regime < Regime.el2) this.withdraw(0);
    this.withdraw(regime < Regime.el2 ? 1 : regime);
  }

  forgetAll(): void {
    this.selected.fill(undefined);
    this.withdrawAll();
  }

  /** Lets translated code switch to a level by itself, for as long as nothing changes that its banks follow from. */
  offer(level: number, bank: TlbBank, user: TlbBank): void {
    this.state.set(levelSlot(level, LevelSlot.bases), bank.base, bank.jumpBase);
    this.state.set(levelSlot(level, LevelSlot.user), user.base, 0);
  }

  isOffered(level: number): boolean {
    return this.state.lo(levelSlot(level, LevelSlot.bases)) !== 0;
  }

  /** Takes {@link offer} back. */
  withdraw(level: number): void {
    this.state.set(levelSlot(level, LevelSlot.bases), 0, 0);
  }

  withdrawAll(): void {
    for (let level = 0; level < 4; level++) this.withdraw(level);
  }

  save(): ContextsState {
    const selected = this.selected.map((bank) => bank?.index ?? -1);
    return { tcr: this.tcr.save(), vtcr: this.vtcr.save(), selected };
  }

  /** Goes back to a saved choice, once the TLB is back. */
  restore(state: ContextsState): void {
    this.tcr.restore(state.tcr);
    this.vtcr.restore(state.vtcr);
    state.selected.forEach((index, i) => {
      this.selected[i] = index < 0 ? undefined : this.tlb.banks[index];
    });
  }

  private bankMode(regime: RegimeNumber, el: number): number {
    const { state } = this;
    const hcr = state.lo(HCR_EL2);
    const { sctlr, tcr } = REGIME_REGISTERS[regime];
    let mode = liftMode(state, regime, el);
    if (stage1On(state, regime)) {
      mode |= BankMode.STAGE1 | (this.tcr.number(state.lo(tcr), state.hi(tcr)) << TCR_SHIFT);
      if ((state.lo(sctlr) & Sctlr.WXN) !== 0) mode |= BankMode.WXN;
    }
    if (stage2On(state, regime)) {
      mode |= BankMode.STAGE2 | (this.vtcr.number(state.lo(VTCR_EL2), 0) << VTCR_SHIFT);
      if ((hcr & Hcr.DC) !== 0) mode |= BankMode.DC;
      if ((hcr & Hcr.PTW) !== 0) mode |= BankMode.PTW;
    }
    const secure = regime === Regime.secureEl10 || regime === Regime.el3;
    return secure && (state.lo(SCR_EL3) & Scr.SIF) !== 0 ? mode | BankMode.SIF : mode;
  }

  private select(regime: RegimeNumber, el: number): TlbBank {
    const { state } = this;
    const asid = regime < Regime.el2 && stage1On(state, regime) ? currentAsid(state) : 0;
    const vmid = regime === Regime.el10 ? currentVmid(state) : 0;
    const bank = this.tlb.select(regime, asid, vmid, this.bankMode(regime, el));
    this.selected[regime * 2 + (el === 0 ? 1 : 0)] = bank;
    return bank;
  }
}
