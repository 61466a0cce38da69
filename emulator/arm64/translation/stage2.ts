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
  type Granule,
  LIMIT,
  low48,
  lowBits,
  MAX_INPUT_BITS,
  MIN_INPUT_BITS,
  OUTPUT_BITS,
  PA_BITS,
} from './granule.ts';

const { HCR_EL2, VTCR_EL2, VTTBR_EL2 } = Sys;

const HCR_PTW = 1 << 2;
/** Stage 2 MemAttr[3:2]: zero is Device. */
const DEVICE_MASK = 0x30;
const XN = 1 << (54 - 32);
const AF = 1 << 10;

/** Stage 2 of the normal world's EL1&0 regime: intermediate physical to physical (Arm ARM D4.2, `AArch64.SecondStageTranslate`). */
export class Stage2 {
  pa = 0;
  /** `Access` bits that stage 2 allows. */
  allowed = 0;
  device = false;
  /** MemAttr[3:0]. */
  memAttr = 0;
  shareability = 0;
  /** log2 of the bytes that the descriptor covers. */
  span = 12;

  private readonly state: CpuState;
  readonly reader: DescriptorReader;
  private readonly by: Initiator;
  private readonly fault: Fault;

  constructor(state: CpuState, phys: PhysicalMemory, nonSecure: Initiator, fault: Fault) {
    this.state = state;
    this.reader = new DescriptorReader(phys);
    this.by = nonSecure;
    this.fault = fault;
  }

  /**
   * Translates an intermediate physical address.
   * @param forWalk the access is one of the stage 1 walk: it needs read permission whatever `kind` is
   * @returns true with the results filled, or false with the fault
   */
  translate(ipa: number, kind: AccessKind, forWalk: boolean): boolean {
    const status = this.walk(ipa, kind, forWalk);
    if (status < 0) return true;
    const { fault } = this;
    fault.status = status;
    fault.secondStage = true;
    fault.onStage1Walk = forWalk;
    fault.ipa = ipa;
    return false;
  }

  /** @returns the fault status, or -1 */
  private walk(ipa: number, kind: AccessKind, forWalk: boolean): number {
    const vtcr = this.state.lo(VTCR_EL2);
    const granule = GRANULE_TG0[(vtcr >>> 14) & 3];
    const inputBits = 64 - (vtcr & 63);
    const outputBits = OUTPUT_BITS[(vtcr >>> 16) & 7];
    let level = startLevel(granule, (vtcr >>> 6) & 3, inputBits);
    if (level < 0 || ipa >= LIMIT[inputBits]) return FaultStatus.TRANSLATION;
    const lo = ipa >>> 0;
    const hi = (ipa - lo) / 0x1_0000_0000;
    const vttbr = low48(this.state.lo(VTTBR_EL2), this.state.hi(VTTBR_EL2));
    let shift = granule.shift + (3 - level) * granule.stride;
    let base = alignDown(vttbr, inputBits - shift + 3);
    if (base >= LIMIT[outputBits]) return FaultStatus.ADDRESS_SIZE;
    let indexBits = inputBits - shift;
    for (;;) {
      const { reader } = this;
      if (!reader.read(base + bits(lo, hi, shift, indexBits) * 8, this.by)) return FaultStatus.EXTERNAL_ON_WALK + level;
      const kindBits = reader.lo & 3;
      if ((kindBits & 1) === 0) return FaultStatus.TRANSLATION + level;
      const address = low48(reader.lo, reader.hi);
      if (kindBits === 3 && level < 3) {
        base = alignDown(address, granule.shift);
        if (base >= LIMIT[outputBits]) return FaultStatus.ADDRESS_SIZE + level;
        level++;
        shift -= granule.stride;
        indexBits = granule.stride;
        continue;
      }
      if (level === 3 ? kindBits !== 3 : level < granule.firstBlockLevel) return FaultStatus.TRANSLATION + level;
      return this.leaf(alignDown(address, shift), ipa, level, shift, outputBits, kind, forWalk);
    }
  }

  private leaf(
    base: number,
    ipa: number,
    level: number,
    shift: number,
    outputBits: number,
    kind: AccessKind,
    forWalk: boolean,
  ): number {
    const { lo, hi } = this.reader;
    if (base >= LIMIT[outputBits]) return FaultStatus.ADDRESS_SIZE + level;
    if ((lo & AF) === 0) return FaultStatus.ACCESS_FLAG + level;
    this.pa = base + lowBits(ipa, shift);
    this.span = shift;
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
