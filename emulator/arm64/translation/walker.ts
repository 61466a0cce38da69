import type { Initiator } from '../../devices/device.ts';
import { Access, type AccessKind } from '../../engine/core.ts';
import type { CpuState } from '../../ir/slots.ts';
import type { PhysicalMemory } from '../../memory/physical.ts';
import { RamFinder } from '../../memory/ram-finder.ts';
import { EntryFlag } from '../../memory/tlb.ts';
import { DescriptorReader } from './descriptor.ts';
import { type Fault, FaultStatus } from './fault.ts';
import { PA_BITS, PAGE_SHIFT, pageOf } from './granule.ts';
import { flatIsDevice, Regime, type RegimeNumber, stage1On, stage2On } from './regime.ts';
import { Stage1 } from './stage1.ts';
import { Stage2 } from './stage2.ts';

const ALL_ACCESSES = Access.read | Access.write | Access.fetch;
/** MAIR attributes: Device-nGnRnE; Normal, write-back; Normal, write-through; Normal, non-cacheable. */
const DEVICE_NGNRNE = 0x00;
const NORMAL_WRITE_BACK = 0xff;
const OUTER_SHAREABLE = 2;

/** Both stages of a translation: virtual to physical, with the permissions and attributes of the two combined. */
export class Walker {
  readonly fault: Fault = { status: 0, secondStage: false, onStage1Walk: false, ipaPage: 0 };
  /** Physical page: an int32, see `granule.ts`. */
  page = 0;
  /** `EntryFlag`s of the translation. */
  flags = 0;
  /** log2 of the bytes that one TLB entry would cover. */
  span = PAGE_SHIFT;
  /** MAIR-style attribute and shareability, as PAR_EL1 reports them. */
  attribute = 0;
  shareability = 0;

  private readonly state: CpuState;
  readonly stage1: Stage1;
  readonly stage2: Stage2;

  constructor(state: CpuState, phys: PhysicalMemory, nonSecure: Initiator, secure: Initiator) {
    this.state = state;
    const ram = new RamFinder(phys, [nonSecure, secure]);
    const reader = (): DescriptorReader => new DescriptorReader(phys.words, ram);
    this.stage2 = new Stage2(state, reader(), this.fault);
    this.stage1 = new Stage1(state, reader(), this.stage2, this.fault);
  }

  /**
   * Translates an access that stays within a page.
   * @param vaHi high half of the virtual address, its tag removed
   * @param aligned false if the access is not aligned to its size: it must not be to Device memory
   * @param onlyStage1 leave stage 2 out of the final translation (AT S1E*); the walk's own accesses still take it
   * @returns true with the results filled, or false with {@link fault}
   */
  translate(
    regime: RegimeNumber,
    vaLo: number,
    vaHi: number,
    kind: AccessKind,
    user: boolean,
    aligned: boolean,
    onlyStage1 = false,
  ): boolean {
    const second = stage2On(this.state, regime);
    if (!stage1On(this.state, regime)) {
      if (!this.flat(regime, vaLo, vaHi, aligned || kind === Access.fetch)) return false;
    } else {
      const { stage1 } = this;
      if (!stage1.translate(regime, vaLo, vaHi, kind, user, second)) return false;
      this.page = stage1.page;
      this.span = stage1.span;
      this.attribute = stage1.attribute;
      this.shareability = stage1.shareability;
      this.flags =
        stage1.allowed |
        (stage1.global ? EntryFlag.global : 0) |
        (stage1.secure ? EntryFlag.secure : 0) |
        (stage1.device ? EntryFlag.device : 0);
      if (stage1.device && !aligned && kind !== Access.fetch) return this.misaligned(false);
    }
    return !second || onlyStage1 || this.second(kind, aligned);
  }

  /**
   * Stage 1 is off: addresses map to themselves (`AArch64.TranslateAddressS1Off`). The lifter checks the alignment that
   * Device memory asks for, so the entry need not say Device and stays fit for the fast path.
   */
  private flat(regime: RegimeNumber, vaLo: number, vaHi: number, aligned: boolean): boolean {
    if (vaHi >>> (PA_BITS - 32) !== 0) {
      this.fault.status = FaultStatus.ADDRESS_SIZE;
      this.fault.secondStage = false;
      this.fault.onStage1Walk = false;
      return false;
    }
    const defaultCacheable = !flatIsDevice(this.state, regime);
    if (!defaultCacheable && !aligned) return this.misaligned(false);
    this.page = pageOf(vaLo, vaHi);
    this.span = PAGE_SHIFT;
    this.attribute = defaultCacheable ? NORMAL_WRITE_BACK : DEVICE_NGNRNE;
    this.shareability = defaultCacheable ? 0 : OUTER_SHAREABLE;
    const secure = regime === Regime.secureEl10 || regime === Regime.el3;
    this.flags = ALL_ACCESSES | EntryFlag.global | (secure ? EntryFlag.secure : 0);
    return true;
  }

  private second(kind: AccessKind, aligned: boolean): boolean {
    const { stage2 } = this;
    const ipaPage = this.page;
    if (!stage2.translate(ipaPage, kind, false)) return false;
    this.page = stage2.page;
    this.span = Math.min(this.span, stage2.span);
    this.combine(stage2);
    if (stage2.device && !aligned && kind !== Access.fetch) {
      this.fault.ipaPage = ipaPage;
      return this.misaligned(true);
    }
    return true;
  }

  /** What both stages allow, and the more restrictive memory type (D4.5.3). */
  private combine(stage2: Stage2): void {
    this.flags = (this.flags & (~ALL_ACCESSES | stage2.allowed)) | (stage2.device ? EntryFlag.device : 0);
    if (this.attribute < 0x10 || stage2.device) {
      const first = this.attribute < 0x10 ? this.attribute : 0x0c;
      this.attribute = stage2.device ? Math.min(first, (stage2.memAttr & 3) << 2) : first;
      this.shareability = OUTER_SHAREABLE;
      return;
    }
    const outer = weaker(this.attribute >> 4, stage2.memAttr >> 2);
    const inner = weaker(this.attribute & 15, stage2.memAttr & 3);
    this.attribute = (outer << 4) | inner;
    const shareabilities = [this.shareability, stage2.shareability];
    this.shareability = shareabilities.includes(2) ? 2 : shareabilities.includes(3) ? 3 : 0;
    if (outer === NON_CACHEABLE && inner === NON_CACHEABLE) this.shareability = OUTER_SHAREABLE;
  }

  private misaligned(secondStage: boolean): boolean {
    this.fault.status = FaultStatus.ALIGNMENT;
    this.fault.secondStage = secondStage;
    this.fault.onStage1Walk = false;
    return false;
  }
}

const NON_CACHEABLE = 4;

/** Cacheability of a stage 1 attribute nibble under a stage 2 one (1 non-cacheable, 2 write-through, 3 write-back). */
function weaker(first: number, second: number): number {
  const nonCacheable = first === NON_CACHEABLE || second === 1;
  if (nonCacheable) return NON_CACHEABLE;
  const writeThrough = first < 4 || (first & 0xc) === 8 || second === 2;
  // Stage 2 gives the kind, stage 1 the allocation hints.
  return writeThrough ? 8 | (first & 3) : first;
}
