import { Access, type AccessKind } from '../../engine/core.ts';
import type { CpuState } from '../../ir/slots.ts';
import { Sys } from '../registers/slots.ts';
import type { DescriptorReader } from './descriptor.ts';
import { type Fault, FaultStatus } from './fault.ts';
import {
  GRANULE_TG0,
  type Granule,
  MAX_INPUT_BITS,
  MIN_INPUT_BITS,
  OUTPUT_BITS,
  PA_BITS,
  PAGE_SHIFT,
  pageOf,
} from './granule.ts';
import { type Layout, LayoutCache, layoutOf } from './layout.ts';

const { HCR_EL2, VTCR_EL2, VTTBR_EL2 } = Sys;

const HCR_PTW = 1 << 2;
/** Stage 2 MemAttr[3:2]: zero is Device. */
const DEVICE_MASK = 0x30;
const XN = 1 << (54 - 32);
const AF = 1 << 10;
const ADDRESS_HIGH = 0xffff;

/** Stage 2 of the normal world's EL1&0 regime: intermediate physical to physical (Arm ARM D4.2, `AArch64.SecondStageTranslate`). */
export class Stage2 {
  /** Physical page that the page of the intermediate address leads to. */
  page = 0;
  /** `Access` bits that stage 2 allows. */
  allowed = 0;
  device = false;
  /** MemAttr[3:0]. */
  memAttr = 0;
  shareability = 0;
  /** log2 of the bytes that the descriptor covers. */
  span = PAGE_SHIFT;

  private readonly state: CpuState;
  readonly reader: DescriptorReader;
  private readonly fault: Fault;
  private readonly layout = new LayoutCache(layoutOfVtcr);

  constructor(state: CpuState, reader: DescriptorReader, fault: Fault) {
    this.state = state;
    this.reader = reader;
    this.fault = fault;
  }

  /**
   * Translates an intermediate physical page.
   * @param forWalk the access is one of the stage 1 walk: it needs read permission whatever `kind` is
   * @returns true with the results filled, or false with the fault
   */
  translate(ipaPage: number, kind: AccessKind, forWalk: boolean): boolean {
    const status = this.walk(ipaPage, kind, forWalk);
    if (status < 0) return true;
    const { fault } = this;
    fault.status = status;
    fault.secondStage = true;
    fault.onStage1Walk = forWalk;
    fault.ipaPage = ipaPage;
    return false;
  }

  /** @returns the fault status, or -1 */
  private walk(ipaPage: number, kind: AccessKind, forWalk: boolean): number {
    const { state, reader } = this;
    const layout = this.layout.of(state.lo(VTCR_EL2), 0);
    if (layout === undefined || !covers(layout, ipaPage)) return FaultStatus.TRANSLATION;
    const { granule, outputShift } = layout;
    const rootLo = state.lo(VTTBR_EL2) & layout.rootMask;
    const rootHi = state.hi(VTTBR_EL2);
    if ((rootHi & ADDRESS_HIGH) >>> outputShift !== 0) return FaultStatus.ADDRESS_SIZE;
    let { level } = layout;
    // The lowest bit of a page's number that the look-up resolves.
    let shift = layout.shift - PAGE_SHIFT;
    let table = pageOf(rootLo, rootHi);
    let byte = (rootLo & 0xfff) + ((ipaPage >>> shift) & layout.rootIndex) * 8;
    for (;;) {
      if (!reader.read(table, byte, false)) return FaultStatus.EXTERNAL_ON_WALK + level;
      const { lo, hi } = reader;
      if ((lo & 1) === 0) return FaultStatus.TRANSLATION + level;
      const isTable = (lo & 2) !== 0;
      if (!isTable && (level === 3 || level < granule.firstBlockLevel)) return FaultStatus.TRANSLATION + level;
      if ((hi & ADDRESS_HIGH) >>> outputShift !== 0) return FaultStatus.ADDRESS_SIZE + level;
      if (!isTable || level === 3) return this.leaf(ipaPage, level, shift, kind, forWalk);
      table = pageOf(lo, hi) & layout.tableMask;
      level++;
      shift -= granule.stride;
      byte = ((ipaPage >>> shift) & layout.tableIndex) * 8;
    }
  }

  /** The descriptor just read ends the walk. @param shift log2 of the pages that it covers */
  private leaf(ipaPage: number, level: number, shift: number, kind: AccessKind, forWalk: boolean): number {
    const { lo, hi } = this.reader;
    if ((lo & AF) === 0) return FaultStatus.ACCESS_FLAG + level;
    const above = -1 << shift;
    this.page = (pageOf(lo, hi) & above) | (ipaPage & ~above);
    this.span = shift + PAGE_SHIFT;
    this.device = (lo & DEVICE_MASK) === 0;
    this.memAttr = (lo >>> 2) & 15;
    this.shareability = (lo >>> 8) & 3;
    // S2AP[1:0] are bits 7:6: write, read.
    this.allowed = ((lo >>> 6) & 3) | ((hi & XN) === 0 ? Access.fetch : 0);
    const needed = forWalk ? Access.read : kind;
    if ((this.allowed & needed) === 0) return FaultStatus.PERMISSION + level;
    // HCR_EL2.PTW: a stage 1 walk must not touch Device memory.
    const protectedWalk = forWalk && this.device && (this.state.lo(HCR_EL2) & HCR_PTW) !== 0;
    return protectedWalk ? FaultStatus.PERMISSION + level : -1;
  }
}

/** The page lies below the input size. */
function covers({ inputBits }: Layout, page: number): boolean {
  const bits = inputBits - PAGE_SHIFT;
  return bits === 32 || page >>> bits === 0;
}

function layoutOfVtcr(vtcr: number): Layout | undefined {
  const granule = GRANULE_TG0[(vtcr >>> 14) & 3];
  const inputBits = 64 - (vtcr & 63);
  const level = startLevel(granule, (vtcr >>> 6) & 3, inputBits);
  return level < 0 ? undefined : layoutOf(granule, inputBits, OUTPUT_BITS[(vtcr >>> 16) & 7], level);
}

/** Level of the first stage 2 look-up, or -1 where VTCR_EL2.SL0 and T0SZ do not fit together (D4.2.8). */
function startLevel(granule: Granule, sl0: number, inputBits: number): number {
  const level = (granule.stride === 13 ? 3 : 2) - sl0;
  if (sl0 === 3 || inputBits < MIN_INPUT_BITS || inputBits > MAX_INPUT_BITS || inputBits > PA_BITS) return -1;
  // A 44-bit CPU may start 64 KiB tables at level 1, and 4 KiB tables at level 0, but no higher.
  if (level < (granule.stride === 13 ? 1 : 0)) return -1;
  const indexBits = inputBits - (granule.shift + (3 - level) * granule.stride);
  // Between two entries and sixteen concatenated tables.
  return indexBits < 1 || indexBits > granule.stride + 4 ? -1 : level;
}
