import { Access, type AccessKind } from '../../engine/core.ts';
import type { CpuState } from '../../ir/slots.ts';
import { Sys } from '../registers/slots.ts';
import type { DescriptorReader } from './descriptor.ts';
import { type Fault, FaultStatus } from './fault.ts';
import {
  GRANULE_TG0,
  GRANULE_TG1,
  type Granule,
  MAX_INPUT_BITS,
  MIN_INPUT_BITS,
  OUTPUT_BITS,
  PAGE_SHIFT,
  pageOf,
} from './granule.ts';
import { type Layout, LayoutCache, layoutOf } from './layout.ts';
import { REGIME_REGISTERS, Regime, type RegimeNumber, Scr, Sctlr } from './regime.ts';
import type { Stage2 } from './stage2.ts';

const { SCR_EL3, TTBR1_EL1 } = Sys;

/** Leaf descriptor, low half. */
const Leaf = { ATTR_SHIFT: 2, NS: 1 << 5, AP1: 1 << 6, AP2: 1 << 7, SH_SHIFT: 8, AF: 1 << 10, nG: 1 << 11 } as const;
/** Leaf descriptor, high half. */
const LeafHigh = { PXN: 1 << 21, XN: 1 << 22 } as const;
/** Table descriptor, high half. */
const TableHigh = { PXN: 1 << 27, XN: 1 << 28, AP0: 1 << 29, AP1: 1 << 30, NS: 1 << 31 } as const;

/** Stage 1 of any regime: virtual to (intermediate) physical (Arm ARM D4.2, `AArch64.TranslationTableWalk`). */
export class Stage1 {
  /** Output page of the virtual address's page. */
  page = 0;
  /** The output lies in the secure address space. */
  secure = false;
  allowed = 0;
  device = false;
  global = true;
  /** log2 of the bytes that the descriptor covers. */
  span = PAGE_SHIFT;
  /** MAIR attribute of the page. */
  attribute = 0;
  shareability = 0;

  private readonly state: CpuState;
  readonly reader: DescriptorReader;
  private readonly fault: Fault;
  private readonly stage2: Stage2;
  private readonly lower = new LayoutCache(layoutOfLower);
  private readonly upper = new LayoutCache(layoutOfUpper);
  private readonly el2 = new LayoutCache(layoutOfHigh);
  private readonly el3 = new LayoutCache(layoutOfHigh);

  constructor(state: CpuState, reader: DescriptorReader, stage2: Stage2, fault: Fault) {
    this.state = state;
    this.reader = reader;
    this.stage2 = stage2;
    this.fault = fault;
  }

  /**
   * Translates a virtual address (its tag removed).
   * @param second walk accesses go through stage 2
   * @returns true with the results filled, or false with the fault
   */
  translate(
    regime: RegimeNumber,
    vaLo: number,
    vaHi: number,
    kind: AccessKind,
    user: boolean,
    second: boolean,
  ): boolean {
    const status = this.walk(regime, vaLo, vaHi, kind, user, second);
    if (status < 0) return true;
    // A stage 2 fault of the walk has been described by stage 2.
    if (status !== STAGE2_FAULT) {
      const { fault } = this;
      fault.status = status;
      fault.secondStage = false;
      fault.onStage1Walk = false;
    }
    return false;
  }

  private walk(
    regime: RegimeNumber,
    vaLo: number,
    vaHi: number,
    kind: AccessKind,
    user: boolean,
    second: boolean,
  ): number {
    const { state, reader } = this;
    const registers = REGIME_REGISTERS[regime];
    const inUpper = regime < Regime.el2 && (vaHi & BIT_55) !== 0;
    const layout = this.layouts(regime, inUpper).of(state.lo(registers.tcr), state.hi(registers.tcr));
    if (layout === undefined || !topBitsAre(inUpper ? -1 : 0, vaLo, vaHi, layout.inputBits))
      return FaultStatus.TRANSLATION;
    const { granule, outputShift } = layout;
    const ttbr = inUpper ? TTBR1_EL1 : registers.ttbr0;
    const rootLo = state.lo(ttbr) & layout.rootMask;
    const rootHi = state.hi(ttbr);
    if ((rootHi & ADDRESS_HIGH) >>> outputShift !== 0) return FaultStatus.ADDRESS_SIZE;
    let { level, shift } = layout;
    let table = pageOf(rootLo, rootHi);
    let byte = (rootLo & 0xfff) + (from(vaLo, vaHi, shift) & layout.rootIndex) * 8;
    let secure = regime === Regime.secureEl10 || regime === Regime.el3;
    let tableHigh = 0;
    for (;;) {
      if (second) {
        // A table may be longer than what stage 2 maps as one.
        if (!this.stage2.translate((table + (byte >>> PAGE_SHIFT)) | 0, kind, true)) return STAGE2_FAULT;
        table = this.stage2.page;
        byte &= 0xfff;
      }
      if (!reader.read(table, byte, secure)) return FaultStatus.EXTERNAL_ON_WALK + level;
      const { lo, hi } = reader;
      if ((lo & 1) === 0) return FaultStatus.TRANSLATION + level;
      const isTable = (lo & 2) !== 0;
      if (!isTable && (level === 3 || level < granule.firstBlockLevel)) return FaultStatus.TRANSLATION + level;
      if ((hi & ADDRESS_HIGH) >>> outputShift !== 0) return FaultStatus.ADDRESS_SIZE + level;
      if (!isTable || level === 3) {
        if ((lo & Leaf.AF) === 0) return FaultStatus.ACCESS_FLAG + level;
        const above = -1 << (shift - PAGE_SHIFT);
        this.page = (pageOf(lo, hi) & above) | (pageOf(vaLo, vaHi) & ~above);
        this.span = shift;
        this.secure = secure && (lo & Leaf.NS) === 0;
        this.describe(regime, tableHigh, user);
        return (this.allowed & kind) === 0 ? FaultStatus.PERMISSION + level : -1;
      }
      table = pageOf(lo, hi) & layout.tableMask;
      tableHigh |= hi;
      if ((hi & TableHigh.NS) !== 0) secure = false;
      level++;
      shift -= granule.stride;
      byte = (from(vaLo, vaHi, shift) & layout.tableIndex) * 8;
    }
  }

  private layouts(regime: RegimeNumber, inUpper: boolean): LayoutCache {
    if (regime >= Regime.el2) return regime === Regime.el2 ? this.el2 : this.el3;
    return inUpper ? this.upper : this.lower;
  }

  /** Permissions and attributes of the leaf just read (D4.4). */
  private describe(regime: RegimeNumber, tableHigh: number, user: boolean): void {
    const { lo, hi } = this.reader;
    const registers = REGIME_REGISTERS[regime];
    const wxn = (this.state.lo(registers.sctlr) & Sctlr.WXN) !== 0;
    const readOnly = (lo & Leaf.AP2) !== 0 || (tableHigh & TableHigh.AP1) !== 0;
    const xn = (hi & LeafHigh.XN) !== 0 || (tableHigh & TableHigh.XN) !== 0;
    let allowed: number = Access.read | (readOnly ? 0 : Access.write);
    let executable = !xn;
    if (regime >= Regime.el2) this.global = true;
    else {
      const forUser = (lo & Leaf.AP1) !== 0 && (tableHigh & TableHigh.AP0) === 0;
      this.global = (lo & Leaf.nG) === 0;
      if (user) {
        if (!forUser) allowed = 0;
      } else {
        const pxn = (hi & LeafHigh.PXN) !== 0 || (tableHigh & TableHigh.PXN) !== 0;
        // What EL0 can write EL1 does not execute.
        executable = !pxn && !(forUser && !readOnly);
      }
    }
    if (wxn && (allowed & Access.write) !== 0) executable = false;
    const secureRegime = regime === Regime.secureEl10 || regime === Regime.el3;
    if (secureRegime && !this.secure && (this.state.lo(SCR_EL3) & Scr.SIF) !== 0) executable = false;
    this.allowed = allowed | (executable ? Access.fetch : 0);
    const index = (lo >>> Leaf.ATTR_SHIFT) & 7;
    const mair = index < 4 ? this.state.lo(registers.mair) : this.state.hi(registers.mair);
    this.attribute = (mair >>> ((index & 3) * 8)) & 0xff;
    this.device = this.attribute < 0x10;
    this.shareability = this.device ? OUTER_SHAREABLE : (lo >>> Leaf.SH_SHIFT) & 3;
  }
}

const STAGE2_FAULT = 0x100;
const OUTER_SHAREABLE = 2;
const ADDRESS_HIGH = 0xffff;
/** VA[55] chooses between the two ranges of EL1&0. */
const BIT_55 = 1 << 23;

/** The low 32 bits of an address shifted right by 12 or more. */
function from(vaLo: number, vaHi: number, shift: number): number {
  return shift >= 32 ? vaHi >>> (shift - 32) : (vaLo >>> shift) | (vaHi << (32 - shift));
}

/** TCR_EL1's lower and upper range; TCR_EL2 and TCR_EL3. Undefined where translation is switched off, and always faults. */
function layoutOfLower(lo: number, hi: number): Layout | undefined {
  return layoutOfRange(lo & EPD0, GRANULE_TG0[(lo >>> 14) & 3], lo & 63, hi & 7);
}
function layoutOfUpper(lo: number, hi: number): Layout | undefined {
  return layoutOfRange(lo & EPD1, GRANULE_TG1[lo >>> 30], (lo >>> 16) & 63, hi & 7);
}
function layoutOfHigh(lo: number): Layout | undefined {
  return layoutOfRange(0, GRANULE_TG0[(lo >>> 14) & 3], lo & 63, (lo >>> 16) & 7);
}
const EPD0 = 1 << 7;
const EPD1 = 1 << 23;

/** A TxSZ out of bounds faults, one of the two behaviours that D4.2.5 allows. */
function layoutOfRange(disabled: number, granule: Granule, tsz: number, size: number): Layout | undefined {
  const inputBits = 64 - tsz;
  if (disabled !== 0 || inputBits > MAX_INPUT_BITS || inputBits < MIN_INPUT_BITS) return undefined;
  const level = 4 - Math.ceil((inputBits - granule.shift) / granule.stride);
  return layoutOf(granule, inputBits, OUTPUT_BITS[size], level);
}

/** The address bits above the input size all equal the sign that chose the table. */
function topBitsAre(sign: number, vaLo: number, vaHi: number, inputBits: number): boolean {
  if (inputBits > 32) return vaHi >> (inputBits - 32) === sign;
  return vaHi === sign && (inputBits === 32 || vaLo >> inputBits === sign);
}
