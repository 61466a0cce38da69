import { beforeEach, describe, expect, it } from 'vitest';
import { FakeContext, FakeLine, NORMAL, Port, SECURE } from '../testing.ts';
import { Gicv2 } from './index.ts';
import { Gicc, GiccCtlr, Gicd, Gich, GichHcr, GichLr, GichMisr, SPURIOUS, SPURIOUS_GROUP1 } from './registers.ts';

let context: FakeContext;
let gic: Gicv2;
let h: Port;
let v: Port;
let d: Port;
let lines: Record<'irq' | 'fiq' | 'virq' | 'vfiq', FakeLine>;

beforeEach(() => {
  context = new FakeContext();
  lines = { irq: new FakeLine(), fiq: new FakeLine(), virq: new FakeLine(), vfiq: new FakeLine() };
  gic = new Gicv2({ context, cpus: [lines], interrupts: 288, security: true });
  h = new Port(gic.virtualControl, NORMAL);
  v = new Port(gic.virtualCpu, NORMAL);
  d = new Port(gic.distributor, SECURE);
  h.set(Gich.HCR, GichHcr.En);
  v.set(Gicc.CTLR, GiccCtlr.EnableGrp0 | GiccCtlr.EnableGrp1 | GiccCtlr.AckCtl);
  v.set(Gicc.PMR, 0xf8);
});

/** A pending list register of Group 1. */
const pending = (id: number, priority: number, extra = 0) =>
  GichLr.Pending | GichLr.Grp1 | ((priority >> 3) << 23) | id | extra;

describe('virtual CPU interface', () => {
  it('GICH_VTR says 4 list registers, 5 priority and 5 preemption bits (5.3.2)', () => {
    expect(h.get(Gich.VTR)).toBe(0x90000003);
  });

  it('a pending list register raises the virtual IRQ; acknowledging makes it active; EOI makes it invalid (5.2)', () => {
    h.set(Gich.LR, pending(50, 0x80));
    expect(lines.virq.level).toBe(true);
    expect(v.get(Gicc.IAR)).toBe(50);
    expect(lines.virq.level).toBe(false);
    expect(h.get(Gich.LR) & (GichLr.Pending | GichLr.Active)).toBe(GichLr.Active);
    expect(v.get(Gicc.RPR)).toBe(0x80);
    expect(h.get(Gich.APR)).toBe(1 << 16);
    v.set(Gicc.EOIR, 50);
    expect(h.get(Gich.LR) & (GichLr.Pending | GichLr.Active)).toBe(0);
    expect(h.get(Gich.APR)).toBe(0);
  });

  it('nothing is signalled without GICH_HCR.En (5.3.1)', () => {
    h.set(Gich.HCR, 0);
    h.set(Gich.LR, pending(50, 0x80));
    expect(lines.virq.level).toBe(false);
    expect(v.get(Gicc.IAR)).toBe(SPURIOUS);
  });

  it('the highest priority among the list registers comes first, and preempts by group priority (5.2.3)', () => {
    h.set(Gich.LR, pending(50, 0x80));
    h.set(Gich.LR + 4, pending(51, 0x40));
    expect(v.get(Gicc.HPPIR)).toBe(51);
    expect(v.get(Gicc.IAR)).toBe(51);
    expect(v.get(Gicc.IAR)).toBe(SPURIOUS);
    h.set(Gich.LR + 8, pending(52, 0x20));
    expect(v.get(Gicc.IAR)).toBe(52);
  });

  it('GICV_PMR masks; GICH_VMCR shows and sets the guest registers (5.3.3)', () => {
    h.set(Gich.LR, pending(50, 0x80));
    v.set(Gicc.PMR, 0x80);
    expect(lines.virq.level).toBe(false);
    v.set(Gicc.BPR, 0);
    v.set(Gicc.ABPR, 5);
    expect(h.get(Gich.VMCR)).toBe((((0x80 >> 3) << 27) | (2 << 21) | (5 << 18) | 7) >>> 0);
    h.set(Gich.VMCR, (0x1f << 27) | (3 << 21) | (4 << 18) | GiccCtlr.EnableGrp1);
    expect([Gicc.PMR, Gicc.BPR, Gicc.ABPR, Gicc.CTLR].map((r) => v.get(r))).toEqual([0xf8, 3, 4, 2]);
    expect(lines.virq.level).toBe(true);
  });

  it('Group 0 is a virtual FIQ with VMFIQEn; a Group 1 interrupt without AckCtl reads 1022, AIAR takes it (5.5)', () => {
    v.set(Gicc.CTLR, GiccCtlr.EnableGrp0 | GiccCtlr.EnableGrp1 | GiccCtlr.FIQEn);
    h.set(Gich.LR, pending(50, 0x80) & ~GichLr.Grp1);
    expect([lines.virq.level, lines.vfiq.level]).toEqual([false, true]);
    expect(v.get(Gicc.AIAR)).toBe(SPURIOUS);
    expect(v.get(Gicc.IAR)).toBe(50);
    v.set(Gicc.EOIR, 50);
    h.set(Gich.LR, pending(50, 0x80));
    expect([lines.virq.level, lines.vfiq.level]).toEqual([true, false]);
    expect(v.get(Gicc.IAR)).toBe(SPURIOUS_GROUP1);
    expect(v.get(Gicc.AIAR)).toBe(50);
  });

  it('a software SGI shows its CPUID, and its EOI must name it (5.3.8)', () => {
    h.set(Gich.LR, pending(3, 0x80, 2 << 10));
    expect(v.get(Gicc.IAR)).toBe((2 << 10) | 3);
    v.set(Gicc.EOIR, 3);
    expect(h.get(Gich.HCR) >>> GichHcr.EOICountShift).toBe(1);
    v.set(Gicc.EOIR, (2 << 10) | 3);
    expect(h.get(Gich.LR) & (GichLr.Pending | GichLr.Active)).toBe(0);
  });

  it('pending and active: the EOI leaves it pending', () => {
    h.set(Gich.LR, pending(50, 0x80) | GichLr.Active);
    expect(lines.virq.level).toBe(false);
    h.set(Gich.APR, 1 << 16);
    v.set(Gicc.EOIR, 50);
    expect(lines.virq.level).toBe(true);
  });

  it('with EOImode EOIR drops the priority and DIR deactivates (5.5.5)', () => {
    v.set(Gicc.CTLR, GiccCtlr.EnableGrp1 | GiccCtlr.AckCtl | GiccCtlr.EOImodeS);
    h.set(Gich.LR, pending(50, 0x80));
    v.get(Gicc.IAR);
    v.set(Gicc.EOIR, 50);
    expect(h.get(Gich.APR)).toBe(0);
    expect(h.get(Gich.LR) & GichLr.Active).not.toBe(0);
    v.set(Gicc.DIR, 50);
    expect(h.get(Gich.LR) & GichLr.Active).toBe(0);
  });
});

describe('hardware interrupts in list registers (5.2.1)', () => {
  const physical = 40;
  const activate = (group: number) => {
    d.set(Gicd.IGROUPR + 4, group << (physical - 32));
    d.set(Gicd.ISACTIVER + 4, 1 << (physical - 32));
  };

  it('the guest end of interrupt deactivates the linked physical interrupt', () => {
    activate(1);
    h.set(Gich.LR, pending(60, 0x80, GichLr.HW | (physical << 10)));
    v.get(Gicc.IAR);
    expect(d.get(Gicd.ISACTIVER + 4)).toBe(1 << (physical - 32));
    v.set(Gicc.EOIR, 60);
    expect(d.get(Gicd.ISACTIVER + 4)).toBe(0);
  });

  it('a Group 0 interrupt cannot be deactivated so: the hypervisor is non-secure', () => {
    activate(0);
    h.set(Gich.LR, pending(60, 0x80, GichLr.HW | (physical << 10)));
    v.get(Gicc.IAR);
    v.set(Gicc.EOIR, 60);
    expect(d.get(Gicd.ISACTIVER + 4)).toBe(1 << (physical - 32));
  });
});

describe('maintenance interrupt, PPI 25 (5.2.2)', () => {
  const raised = () => (d.get(Gicd.ISPENDR) >>> 25) & 1;

  it('U: at most one list register is valid', () => {
    h.set(Gich.LR, pending(50, 0x80));
    h.set(Gich.LR + 4, pending(51, 0x80));
    h.set(Gich.HCR, GichHcr.En | GichHcr.UIE);
    expect(raised()).toBe(0);
    h.set(Gich.LR + 4, 0);
    expect(h.get(Gich.MISR)).toBe(GichMisr.U);
    expect(raised()).toBe(1);
    h.set(Gich.HCR, GichHcr.UIE);
    expect(raised()).toBe(0);
  });

  it('NP: no list register is pending', () => {
    h.set(Gich.LR, pending(50, 0x80));
    h.set(Gich.HCR, GichHcr.En | GichHcr.NPIE);
    expect(raised()).toBe(0);
    v.get(Gicc.IAR);
    expect(h.get(Gich.MISR)).toBe(GichMisr.NP);
    expect(raised()).toBe(1);
  });

  it('EOI: an ended list register with its EOI bit shows in EISR, not in ELRSR', () => {
    expect(h.get(Gich.ELRSR0)).toBe(0xf);
    h.set(Gich.LR + 8, pending(50, 0x80, GichLr.EOI));
    v.get(Gicc.IAR);
    expect(h.get(Gich.ELRSR0)).toBe(0b1011);
    expect(raised()).toBe(0);
    v.set(Gicc.EOIR, 50);
    expect(h.get(Gich.EISR0)).toBe(0b0100);
    expect(h.get(Gich.ELRSR0)).toBe(0b1011);
    expect(h.get(Gich.MISR)).toBe(GichMisr.EOI);
    expect(raised()).toBe(1);
    h.set(Gich.LR + 8, 0);
    expect(raised()).toBe(0);
    expect(h.get(Gich.ELRSR0)).toBe(0xf);
  });

  it('LRENP: the guest ended an interrupt that no list register holds', () => {
    h.set(Gich.HCR, GichHcr.En | GichHcr.LRENPIE);
    v.set(Gicc.EOIR, 70);
    expect(h.get(Gich.HCR) >>> GichHcr.EOICountShift).toBe(1);
    expect(h.get(Gich.MISR)).toBe(GichMisr.LRENP);
    expect(raised()).toBe(1);
  });

  it('VGrp1D, VGrp1E follow the guest enable', () => {
    h.set(Gich.HCR, GichHcr.En | GichHcr.VGrp1DIE | GichHcr.VGrp1EIE);
    expect(h.get(Gich.MISR)).toBe(GichMisr.VGrp1E);
    v.set(Gicc.CTLR, 0);
    expect(h.get(Gich.MISR)).toBe(GichMisr.VGrp1D);
  });
});
