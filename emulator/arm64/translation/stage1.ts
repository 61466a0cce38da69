import type { Initiator } from '../../devices/device.ts';
import { Access, type AccessKind } from '../../engine/core.ts';
import type { CpuState } from '../../ir/slots.ts';
import type { PhysicalMemory } from '../../memory/physical.ts';
import { Sys } from '../registers/slots.ts';
import { DescriptorReader } from './descriptor.ts';
import { type Fault, FaultStatus } from './fault.ts';
import {
  alignDown,
  bits,
  GRANULE_TG0,
  GRANULE_TG1,
  type Granule,
  LIMIT,
  low48,
  lowBits,
  MAX_INPUT_BITS,
  MIN_INPUT_BITS,
  OUTPUT_BITS,
} from './granule.ts';
import { REGIME_REGISTERS, Regime, type RegimeNumber, Scr, Sctlr } from './regime.ts';
import type { Stage2 } from './stage2.ts';

const { SCR_EL3, TTBR1_EL1 } = Sys;

/** Leaf descriptor, low half. */
const Leaf = { ATTR_SHIFT: 2, NS: 1 << 5, AP1: 1 << 6, AP2: 1 << 7, SH_SHIFT: 8, AF: 1 << 10, nG: 1 << 11 } as const;
/** Leaf descriptor, high half. */
const LeafHigh = { PXN: 1 << 21, XN: 1 << 22 } as const;
/** Table descriptor, high half. */
const TableHigh = { PXN: 1 << 27, XN: 1 << 28, AP0: 1 << 29, AP1: 1 << 30, NS: 1 << 31 } as const;

/** What a range of virtual addresses starts from: half of a regime. */
interface Half {
  inputBits: number;
  disabled: boolean;
  granule: Granule;
  ttbr: number;
  outputBits: number;
}

/** Stage 1 of any regime: virtual to (intermediate) physical (Arm ARM D4.2, `AArch64.TranslationTableWalk`). */
export class Stage1 {
  /** Output address. */
  oa = 0;
  /** The output lies in the secure address space. */
  secure = false;
  allowed = 0;
  device = false;
  global = true;
  span = 12;
  /** MAIR attribute of the page. */
  attribute = 0;
  shareability = 0;

  private readonly state: CpuState;
  readonly reader: DescriptorReader;
  private readonly fault: Fault;
  private readonly stage2: Stage2;
  private readonly initiators: readonly [nonSecure: Initiator, secure: Initiator];
  private readonly half: Half = {
    inputBits: 0,
    disabled: false,
    granule: GRANULE_TG0[0],
    ttbr: 0,
    outputBits: 0,
  };

  constructor(
    state: CpuState,
    phys: PhysicalMemory,
    initiators: readonly [Initiator, Initiator],
    stage2: Stage2,
    fault: Fault,
  ) {
    this.state = state;
    this.reader = new DescriptorReader(phys);
    this.initiators = initiators;
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
    if (!this.start(regime, vaLo, vaHi)) return FaultStatus.TRANSLATION;
    const { inputBits, granule, outputBits } = this.half;
    const { reader } = this;
    const limit = LIMIT[outputBits];
    let level = 4 - Math.ceil((inputBits - granule.shift) / granule.stride);
    let shift = granule.shift + (3 - level) * granule.stride;
    let base = alignDown(this.half.ttbr, inputBits - shift + 3);
    if (base >= limit) return FaultStatus.ADDRESS_SIZE;
    let indexBits = inputBits - shift;
    let secure = regime === Regime.secureEl10 || regime === Regime.el3;
    let tableHigh = 0;
    for (;;) {
      let at = base + bits(vaLo, vaHi, shift, indexBits) * 8;
      if (second) {
        if (!this.stage2.translate(at, kind, true)) return STAGE2_FAULT;
        at = this.stage2.pa;
      }
      if (!reader.read(at, this.initiators[secure ? 1 : 0])) return FaultStatus.EXTERNAL_ON_WALK + level;
      const kindBits = reader.lo & 3;
      if ((kindBits & 1) === 0) return FaultStatus.TRANSLATION + level;
      const address = low48(reader.lo, reader.hi);
      if (kindBits === 3 && level < 3) {
        base = alignDown(address, granule.shift);
        if (base >= limit) return FaultStatus.ADDRESS_SIZE + level;
        tableHigh |= reader.hi;
        if ((reader.hi & TableHigh.NS) !== 0) secure = false;
        level++;
        shift -= granule.stride;
        indexBits = granule.stride;
        continue;
      }
      if (level === 3 ? kindBits !== 3 : level < granule.firstBlockLevel) return FaultStatus.TRANSLATION + level;
      const page = alignDown(address, shift);
      if (page >= limit) return FaultStatus.ADDRESS_SIZE + level;
      if ((reader.lo & Leaf.AF) === 0) return FaultStatus.ACCESS_FLAG + level;
      this.oa = page + lowBits(low48(vaLo, vaHi), shift);
      this.span = shift;
      this.secure = secure && (reader.lo & Leaf.NS) === 0;
      this.describe(regime, tableHigh, user);
      return (this.allowed & kind) === 0 ? FaultStatus.PERMISSION + level : -1;
    }
  }

  /** Finds where the walk starts. @returns false if no table covers the address */
  private start(regime: RegimeNumber, vaLo: number, vaHi: number): boolean {
    const { state, half } = this;
    const registers = REGIME_REGISTERS[regime];
    const tcrLo = state.lo(registers.tcr);
    let tsz: number;
    let ttbr = registers.ttbr0;
    let sign = 0;
    if (regime >= Regime.el2) {
      tsz = tcrLo & 63;
      half.disabled = false;
      half.granule = GRANULE_TG0[(tcrLo >>> 14) & 3];
      half.outputBits = OUTPUT_BITS[(tcrLo >>> 16) & 7];
    } else {
      half.outputBits = OUTPUT_BITS[state.hi(registers.tcr) & 7];
      if (((vaHi >>> 23) & 1) === 0) {
        tsz = tcrLo & 63;
        half.disabled = ((tcrLo >>> 7) & 1) !== 0;
        half.granule = GRANULE_TG0[(tcrLo >>> 14) & 3];
      } else {
        sign = -1;
        tsz = (tcrLo >>> 16) & 63;
        half.disabled = ((tcrLo >>> 23) & 1) !== 0;
        half.granule = GRANULE_TG1[tcrLo >>> 30];
        ttbr = TTBR1_EL1;
      }
    }
    half.inputBits = 64 - tsz;
    // A TxSZ out of bounds faults, one of the two behaviours that D4.2.5 allows.
    if (half.inputBits > MAX_INPUT_BITS || half.inputBits < MIN_INPUT_BITS) return false;
    half.ttbr = low48(state.lo(ttbr), state.hi(ttbr));
    return !half.disabled && topBitsAre(sign, vaLo, vaHi, half.inputBits);
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

/** The address bits above the input size all equal the sign that chose the table. */
function topBitsAre(sign: number, vaLo: number, vaHi: number, inputBits: number): boolean {
  if (inputBits > 32) return vaHi >> (inputBits - 32) === sign;
  return vaHi === sign && (inputBits === 32 || vaLo >> inputBits === sign);
}
