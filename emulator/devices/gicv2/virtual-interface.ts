import { type DeviceContext, hex } from '../context.ts';
import type { InterruptLine } from '../device.ts';
import { ActivePriorities, groupPriorityMask } from './active-priorities.ts';
import {
  Gicc,
  GiccCtlr,
  Gich,
  GichHcr,
  GichLr,
  GichMisr,
  IDLE_PRIORITY,
  SGIS,
  SPURIOUS,
  SPURIOUS_GROUP1,
} from './registers.ts';

const SECTION_GICH = 'Arm IHI 0048B.b 5.3';
const SECTION_GICV = 'Arm IHI 0048B.b 5.5';
export const LIST_REGISTERS = 4;
/** 5 priority bits, 5 preemption bits, 4 list registers (5.3.2). */
const VTR = ((4 << 29) | (4 << 26) | (LIST_REGISTERS - 1)) >>> 0;
const IIDR = 0x0002_043b;
/** Least binary points for 5 priority bits: 32 preemption levels (4.4.3). */
const MINIMUM_BPR = 2;
const MINIMUM_ABPR = 3;
const PRIORITY_MASK = 0xf8;
const STATE = GichLr.Pending | GichLr.Active;
/** GICV_CTLR: EnableGrp0, EnableGrp1, AckCtl, FIQEn, CBPR, EOImode. */
const CTLR =
  GiccCtlr.EnableGrp0 | GiccCtlr.EnableGrp1 | GiccCtlr.AckCtl | GiccCtlr.FIQEn | GiccCtlr.CBPR | GiccCtlr.EOImodeS;

/**
 * One CPU's virtual interface: what the hypervisor programs (GICH, IHI 0048B 5.3) and what its guest sees (GICV, 5.5).
 * The list registers play the distributor's part.
 */
export class VirtualInterface {
  private readonly context: DeviceContext;
  private readonly virq: InterruptLine;
  private readonly vfiq: InterruptLine;
  private readonly maintenance: InterruptLine;
  private readonly deactivatePhysical: (id: number) => void;
  private hcr = 0;
  /** GICV_CTLR. */
  private ctlr = 0;
  private pmr = 0;
  private bpr = MINIMUM_BPR;
  private abpr = MINIMUM_ABPR;
  private readonly lr = new Int32Array(LIST_REGISTERS);
  private readonly active = new ActivePriorities(32);

  /**
   * @param lines virtual IRQ and FIQ of the CPU, and its maintenance interrupt
   * @param deactivatePhysical a guest ended a hardware interrupt (GICH_LRn.HW)
   */
  constructor(
    context: DeviceContext,
    lines: { virq: InterruptLine; vfiq: InterruptLine; maintenance: InterruptLine },
    deactivatePhysical: (id: number) => void,
  ) {
    this.context = context;
    this.virq = lines.virq;
    this.vfiq = lines.vfiq;
    this.maintenance = lines.maintenance;
    this.deactivatePhysical = deactivatePhysical;
  }

  reset(): void {
    this.hcr = 0;
    this.ctlr = 0;
    this.pmr = 0;
    this.bpr = MINIMUM_BPR;
    this.abpr = MINIMUM_ABPR;
    this.lr.fill(0);
    this.active.words.fill(0);
  }

  /** Drives the maintenance interrupt (5.2.2): before the distributor is asked what is pending. */
  updateMaintenance(): void {
    this.maintenance.set((this.hcr & GichHcr.En) !== 0 && this.misr() !== 0);
  }

  /** Drives the virtual interrupt wires. */
  update(): void {
    const n = this.signalled();
    const asFiq = n >= 0 && (this.lr[n] & GichLr.Grp1) === 0 && (this.ctlr & GiccCtlr.FIQEn) !== 0;
    this.virq.set(n >= 0 && !asFiq);
    this.vfiq.set(asFiq);
  }

  /** Index of the pending list register with the highest priority, or -1. */
  private highestPending(): number {
    let best = -1;
    for (let n = 0; n < LIST_REGISTERS; n++) {
      if ((this.lr[n] & STATE) !== GichLr.Pending) continue;
      if (best < 0 || priorityOf(this.lr[n]) < priorityOf(this.lr[best])) best = n;
    }
    return best;
  }

  private signalled(): number {
    if (!(this.hcr & GichHcr.En)) return -1;
    const n = this.highestPending();
    if (n < 0) return -1;
    const group1 = (this.lr[n] & GichLr.Grp1) !== 0;
    if (!(this.ctlr & (group1 ? GiccCtlr.EnableGrp1 : GiccCtlr.EnableGrp0))) return -1;
    const priority = priorityOf(this.lr[n]);
    const sufficient =
      priority < this.pmr && ActivePriorities.preempts(priority, this.mask(group1), this.active.highest());
    return sufficient ? n : -1;
  }

  private mask(group1: boolean): number {
    return groupPriorityMask(group1 && !(this.ctlr & GiccCtlr.CBPR) ? this.abpr - 1 : this.bpr);
  }

  // --- GICH ---

  readControl(offset: number): number {
    switch (offset) {
      case Gich.HCR:
        return this.hcr >>> 0;
      case Gich.VTR:
        return VTR;
      case Gich.VMCR:
        return this.vmcr();
      case Gich.MISR:
        return this.misr();
      case Gich.EISR0:
        return this.eisr();
      case Gich.ELRSR0:
        return this.elrsr();
      case Gich.EISR1:
      case Gich.ELRSR1:
        return 0;
      case Gich.APR:
        return this.active.words[0] >>> 0;
    }
    const n = (offset - Gich.LR) >> 2;
    if (offset >= Gich.LR && n < 64 && (offset & 3) === 0) return n < LIST_REGISTERS ? this.lr[n] >>> 0 : 0;
    this.context.gap(`GICH read at ${hex(offset)}`, SECTION_GICH);
    return 0;
  }

  writeControl(offset: number, value: number): void {
    switch (offset) {
      case Gich.HCR:
        this.hcr = value & 0xf80000ff;
        return;
      case Gich.VMCR:
        this.setVmcr(value);
        return;
      case Gich.APR:
        this.active.words[0] = value;
        return;
      case Gich.VTR:
      case Gich.MISR:
      case Gich.EISR0:
      case Gich.EISR1:
      case Gich.ELRSR0:
      case Gich.ELRSR1:
        return; // read-only
    }
    const n = (offset - Gich.LR) >> 2;
    if (offset >= Gich.LR && n < LIST_REGISTERS && (offset & 3) === 0) this.lr[n] = value & LR_WRITABLE;
    else this.context.gap(`GICH write at ${hex(offset)}`, SECTION_GICH);
  }

  /** GICH_VMCR (5.3.3): the guest's GICV_CTLR, PMR, BPR and ABPR in one word. */
  private vmcr(): number {
    return ((this.ctlr & CTLR) | (this.abpr << 18) | (this.bpr << 21) | ((this.pmr >> 3) << 27)) >>> 0;
  }

  private setVmcr(value: number): void {
    this.ctlr = value & CTLR;
    this.abpr = Math.max((value >>> 18) & 7, MINIMUM_ABPR);
    this.bpr = Math.max((value >>> 21) & 7, MINIMUM_BPR);
    this.pmr = (value >>> 24) & PRIORITY_MASK;
  }

  private bits(test: (lr: number) => boolean): number {
    let bits = 0;
    for (let n = 0; n < LIST_REGISTERS; n++) if (test(this.lr[n])) bits |= 1 << n;
    return bits;
  }

  /** GICH_EISR0 (5.3.5): ended by the guest, with a maintenance interrupt asked for. */
  private eisr(): number {
    return this.bits((lr) => (lr & (STATE | GichLr.HW | GichLr.EOI)) === GichLr.EOI);
  }

  /** GICH_ELRSR0 (5.3.6): usable without losing an interrupt or an end-of-interrupt notice. */
  private elrsr(): number {
    return this.bits((lr) => (lr & STATE) === 0 && ((lr & GichLr.HW) !== 0 || (lr & GichLr.EOI) === 0));
  }

  /** GICH_MISR (5.3.4). */
  private misr(): number {
    const h = this.hcr;
    const grp0 = (this.ctlr & GiccCtlr.EnableGrp0) !== 0;
    const grp1 = (this.ctlr & GiccCtlr.EnableGrp1) !== 0;
    const valid = this.bits((lr) => (lr & STATE) !== 0);
    const atMostOne = (valid & (valid - 1)) === 0;
    const nonePending = this.bits((lr) => (lr & GichLr.Pending) !== 0) === 0;
    return (
      (this.eisr() !== 0 ? GichMisr.EOI : 0) |
      (h & GichHcr.UIE && atMostOne ? GichMisr.U : 0) |
      (h & GichHcr.LRENPIE && h >>> GichHcr.EOICountShift !== 0 ? GichMisr.LRENP : 0) |
      (h & GichHcr.NPIE && nonePending ? GichMisr.NP : 0) |
      (h & GichHcr.VGrp0EIE && grp0 ? GichMisr.VGrp0E : 0) |
      (h & GichHcr.VGrp0DIE && !grp0 ? GichMisr.VGrp0D : 0) |
      (h & GichHcr.VGrp1EIE && grp1 ? GichMisr.VGrp1E : 0) |
      (h & GichHcr.VGrp1DIE && !grp1 ? GichMisr.VGrp1D : 0)
    );
  }

  // --- GICV ---

  readCpu(offset: number): number {
    switch (offset) {
      case Gicc.CTLR:
        return this.ctlr;
      case Gicc.PMR:
        return this.pmr;
      case Gicc.BPR:
        return this.bpr;
      case Gicc.ABPR:
        return this.abpr;
      case Gicc.IAR:
        return this.acknowledge(this.ctlr & GiccCtlr.AckCtl ? 'any' : 'group0');
      case Gicc.AIAR:
        return this.acknowledge('group1');
      case Gicc.RPR:
        return Math.min(this.active.highest(), IDLE_PRIORITY);
      case Gicc.HPPIR:
        return this.identify(this.highestPending(), this.ctlr & GiccCtlr.AckCtl ? 'any' : 'group0');
      case Gicc.AHPPIR:
        return this.identify(this.highestPending(), 'group1');
      case Gicc.APR:
        return this.active.words[0] >>> 0;
      case Gicc.IIDR:
        return IIDR;
      case Gicc.EOIR:
      case Gicc.AEOIR:
      case Gicc.DIR:
        return 0; // write-only
    }
    if (offset > Gicc.APR && offset < Gicc.NSAPR) return 0;
    this.context.gap(`GICV read at ${hex(offset)}`, SECTION_GICV);
    return 0;
  }

  writeCpu(offset: number, value: number): void {
    switch (offset) {
      case Gicc.CTLR:
        this.ctlr = value & CTLR;
        return;
      case Gicc.PMR:
        this.pmr = value & PRIORITY_MASK;
        return;
      case Gicc.BPR:
        this.bpr = Math.max(value & 7, MINIMUM_BPR);
        return;
      case Gicc.ABPR:
        this.abpr = Math.max(value & 7, MINIMUM_ABPR);
        return;
      case Gicc.EOIR:
      case Gicc.AEOIR:
        this.endOfInterrupt(value);
        return;
      case Gicc.DIR:
        if (this.ctlr & GiccCtlr.EOImodeS) this.deactivate(value);
        return;
      case Gicc.APR:
        this.active.words[0] = value;
        return;
      case Gicc.IAR:
      case Gicc.RPR:
      case Gicc.HPPIR:
      case Gicc.AIAR:
      case Gicc.AHPPIR:
      case Gicc.IIDR:
        return; // read-only
    }
    if (offset > Gicc.APR && offset < Gicc.NSAPR) return;
    this.context.gap(`GICV write at ${hex(offset)}`, SECTION_GICV);
  }

  /** What IAR and HPPIR show of a list register (5.5.4): its number, for an SGI of the hypervisor's also its CPUID. */
  private identify(n: number, groups: 'group0' | 'group1' | 'any'): number {
    if (n < 0) return SPURIOUS;
    const lr = this.lr[n];
    const group1 = (lr & GichLr.Grp1) !== 0;
    if (group1 && groups === 'group0') return SPURIOUS_GROUP1;
    if (!group1 && groups === 'group1') return SPURIOUS;
    return interruptId(lr);
  }

  private acknowledge(groups: 'group0' | 'group1' | 'any'): number {
    const n = this.signalled();
    const id = this.identify(n, groups);
    if ((id & 0x3ff) >= SPURIOUS_GROUP1) return id;
    const lr = this.lr[n];
    this.active.set(priorityOf(lr) & this.mask((lr & GichLr.Grp1) !== 0));
    this.lr[n] = (lr & ~GichLr.Pending) | GichLr.Active;
    return id;
  }

  /** GICV_EOIR (5.5.5): an interrupt that no list register holds is counted in GICH_HCR.EOICount. */
  private endOfInterrupt(value: number): void {
    if ((value & 0x3ff) >= SPURIOUS_GROUP1) return;
    this.active.drop();
    if (!(this.ctlr & GiccCtlr.EOImodeS)) this.deactivate(value);
  }

  private deactivate(value: number): void {
    const id = value & ((value & 0x3ff) < SGIS ? 0x1fff : 0x3ff);
    const n = this.lr.findIndex((lr) => (lr & GichLr.Active) !== 0 && interruptId(lr) === id);
    if (n < 0) {
      this.hcr = (this.hcr + (1 << GichHcr.EOICountShift)) | 0;
      return;
    }
    const lr = this.lr[n];
    this.lr[n] = lr & ~GichLr.Active;
    if (lr & GichLr.HW) this.deactivatePhysical((lr >>> 10) & 0x3ff);
  }

  save(): unknown {
    return {
      registers: [this.hcr, this.ctlr, this.pmr, this.bpr, this.abpr],
      lr: this.lr.slice(),
      active: this.active.words.slice(),
    };
  }

  restore(state: unknown): void {
    const s = state as { registers: number[]; lr: Int32Array; active: Uint32Array };
    [this.hcr, this.ctlr, this.pmr, this.bpr, this.abpr] = s.registers;
    this.lr.set(s.lr);
    this.active.words.set(s.active);
  }
}

/** GICH_LRn without its reserved bits 22:20. */
const LR_WRITABLE = ~(7 << 20);

/** 5 bits, as an 8-bit priority. */
function priorityOf(lr: number): number {
  return ((lr >>> 23) & 0x1f) << 3;
}

function interruptId(lr: number): number {
  const id = lr & 0x3ff;
  return id < SGIS && !(lr & GichLr.HW) ? id | (lr & (7 << 10)) : id;
}
