import { describe, expect, it } from 'vitest';
import { FakeContext, FakeLine, Port } from '../testing.ts';
import { Gicv2 } from './index.ts';
import { Gicc, GiccCtlr, Gicd, SPURIOUS, SPURIOUS_GROUP1 } from './registers.ts';

/** A GIC with all its views: `d` distributor, `c` CPU interface; index = CPU. */
function bench(cpus = 1, security = true) {
  const context = new FakeContext();
  const lines = Array.from({ length: cpus }, () => ({
    irq: new FakeLine(),
    fiq: new FakeLine(),
    virq: new FakeLine(),
    vfiq: new FakeLine(),
  }));
  const gic = new Gicv2({ context, cpus: lines, interrupts: 288, security });
  const port = (frame: 'distributor' | 'cpuInterface', secure: boolean) =>
    lines.map((_, cpu) => new Port(gic[frame], { secure, cpu }));
  return {
    gic,
    context,
    lines,
    d: port('distributor', true),
    dn: port('distributor', false),
    c: port('cpuInterface', true),
    cn: port('cpuInterface', false),
  };
}

/** Everything on, SPI 0-255 enabled at priority 0xa0 in a group, routed to CPU 0; PMR open. */
function open(cpus = 1, group = 0) {
  const b = bench(cpus);
  b.d[0].set(Gicd.CTLR, 3);
  for (let n = 1; n < 9; n++) {
    b.d[0].set(Gicd.ISENABLER + 4 * n, 0xffffffff);
    b.d[0].set(Gicd.IGROUPR + 4 * n, group ? 0xffffffff : 0);
  }
  for (let id = 32; id < 288; id += 4) {
    b.d[0].set(Gicd.IPRIORITYR + id, 0xa0a0a0a0);
    b.d[0].set(Gicd.ITARGETSR + id, 0x01010101);
  }
  for (const c of b.c) {
    c.set(Gicc.PMR, 0xff);
    c.set(Gicc.CTLR, GiccCtlr.EnableGrp0 | GiccCtlr.EnableGrp1);
  }
  return b;
}

const priority = (b: ReturnType<typeof bench>, id: number, value: number) =>
  b.gic.distributor.write(Gicd.IPRIORITYR + id, 1, value, { secure: true, cpu: 0 });

describe('distributor', () => {
  it('GICD_TYPER gives ITLinesNumber, CPUNumber and SecurityExtn (4.3.2)', () => {
    expect(bench(2).d[0].get(Gicd.TYPER)).toBe(8 | (1 << 5) | (1 << 10));
    expect(bench(1, false).d[0].get(Gicd.TYPER)).toBe(8);
  });

  it('ICPIDR2 reports architecture version 2 (4.6.1)', () => {
    expect((bench().d[0].get(0xfe8) >> 4) & 0xf).toBe(2);
  });

  it('a non-secure GICD_CTLR has one enable, that of Group 1 (4.3.1)', () => {
    const b = bench();
    b.dn[0].set(Gicd.CTLR, 3);
    expect(b.d[0].get(Gicd.CTLR)).toBe(2);
    expect(b.dn[0].get(Gicd.CTLR)).toBe(1);
    b.d[0].set(Gicd.CTLR, 1);
    expect(b.dn[0].get(Gicd.CTLR)).toBe(0);
  });

  it('GICD_IGROUPRn is RAZ/WI to non-secure accesses (4.3.4)', () => {
    const b = bench();
    b.dn[0].set(Gicd.IGROUPR + 4, 0xffff);
    expect(b.d[0].get(Gicd.IGROUPR + 4)).toBe(0);
    b.d[0].set(Gicd.IGROUPR + 4, 0xff);
    expect(b.dn[0].get(Gicd.IGROUPR + 4)).toBe(0);
    expect(b.d[0].get(Gicd.IGROUPR + 4)).toBe(0xff);
  });

  it('bits of Group 0 interrupts are RAZ/WI to non-secure accesses (4.1.2)', () => {
    const b = bench();
    b.d[0].set(Gicd.IGROUPR + 4, 0x0f);
    b.dn[0].set(Gicd.ISENABLER + 4, 0xff);
    expect(b.d[0].get(Gicd.ISENABLER + 4)).toBe(0x0f);
    b.d[0].set(Gicd.ISENABLER + 4, 0xff);
    expect(b.dn[0].get(Gicd.ISENABLER + 4)).toBe(0x0f);
    b.dn[0].set(Gicd.ICENABLER + 4, 0xff);
    expect(b.d[0].get(Gicd.ISENABLER + 4)).toBe(0xf0);
    b.dn[0].set(Gicd.ISPENDR + 4, 0x11);
    expect(b.d[0].get(Gicd.ISPENDR + 4)).toBe(0x01);
  });

  it('a non-secure priority write of n stores 0x80 | n >> 1, and is read back shifted (3.8.2)', () => {
    const b = bench();
    b.d[0].set(Gicd.IGROUPR + 4, 1);
    b.dn[0].set(Gicd.IPRIORITYR + 32, 0x0000_4060);
    expect(b.d[0].get(Gicd.IPRIORITYR + 32)).toBe(0xb0);
    expect(b.dn[0].get(Gicd.IPRIORITYR + 32)).toBe(0x60);
  });

  it('GICD_ITARGETSR0-7 name the reading CPU and are read-only; a target that does not exist stays 0 (4.3.12)', () => {
    const b = bench(2);
    b.d[1].set(Gicd.ITARGETSR, 0xffffffff);
    expect(b.d[0].get(Gicd.ITARGETSR)).toBe(0x01010101);
    expect(b.d[1].get(Gicd.ITARGETSR + 28)).toBe(0x02020202);
    b.d[0].set(Gicd.ITARGETSR + 32, 0xff);
    expect(b.d[0].get(Gicd.ITARGETSR + 32)).toBe(3);
  });

  it('on a uniprocessor GICD_ITARGETSRn are RAZ/WI and SPIs reach the one CPU (4.3.12)', () => {
    const b = open();
    expect(b.d[0].get(Gicd.ITARGETSR + 32)).toBe(0);
    b.gic.spi(0).set(true);
    expect(b.lines[0].irq.level).toBe(true);
  });

  it('SGIs are edge-triggered, read-only (4.3.13)', () => {
    const b = bench();
    b.d[0].set(Gicd.ICFGR, 0);
    expect(b.d[0].get(Gicd.ICFGR)).toBe(0xaaaaaaaa);
  });

  it('an edge-triggered interrupt stays pending when its wire falls; a level-sensitive one does not (3.2.4)', () => {
    const b = open();
    b.d[0].set(Gicd.ICFGR + 8, 0b10); // interrupt 32: edge
    for (const n of [0, 1]) {
      b.gic.spi(n).set(true);
      b.gic.spi(n).set(false);
    }
    expect(b.d[0].get(Gicd.ISPENDR + 4)).toBe(1);
  });

  it('an edge-triggered interrupt with its wire held high is pending once', () => {
    const b = open();
    b.d[0].set(Gicd.ICFGR + 8, 0b10);
    b.gic.spi(0).set(true);
    expect(b.c[0].get(Gicc.IAR)).toBe(32);
    b.c[0].set(Gicc.EOIR, 32);
    expect(b.c[0].get(Gicc.IAR)).toBe(SPURIOUS);
  });

  it('GICD_ICPENDR clears what GICD_ISPENDR set, not a wire that is high (4.3.8)', () => {
    const b = open();
    b.d[0].set(Gicd.ISPENDR + 4, 2);
    b.gic.spi(0).set(true);
    b.d[0].set(Gicd.ICPENDR + 4, 3);
    expect(b.d[0].get(Gicd.ISPENDR + 4)).toBe(1);
  });

  it('an access that no register answers is on record', () => {
    const b = bench();
    b.d[0].get(0xf30);
    b.gic.distributor.write(Gicd.CTLR, 1, 3, { secure: true, cpu: 0 });
    expect(b.context.gaps).toEqual(['GICD read of 4 bytes at 0xf30', 'GICD write of 1 bytes at 0x000']);
    expect(b.d[0].get(Gicd.CTLR)).toBe(0);
  });
});

describe('software-generated interrupts', () => {
  it('carry their source in IAR bits 12:10, the lowest source first (4.4.4)', () => {
    const b = open(3);
    b.d[2].set(Gicd.SGIR, (1 << 16) | 5);
    b.d[1].set(Gicd.SGIR, (1 << 16) | 5);
    expect(b.c[0].get(Gicc.IAR)).toBe((1 << 10) | 5);
    b.c[0].set(Gicc.EOIR, (1 << 10) | 5);
    expect(b.c[0].get(Gicc.IAR)).toBe((2 << 10) | 5);
  });

  it('reach the list, all others, or the sender by TargetListFilter (4.3.15)', () => {
    const pending = (filter: number) => {
      const b = open(3);
      b.d[1].set(Gicd.SGIR, (filter << 24) | (0b100 << 16) | 3);
      return [0, 1, 2].map((cpu) => (b.d[cpu].get(Gicd.ISPENDR) >> 3) & 1);
    };
    expect(pending(0)).toEqual([0, 0, 1]);
    expect(pending(1)).toEqual([1, 0, 1]);
    expect(pending(2)).toEqual([0, 1, 0]);
    expect(pending(3)).toEqual([0, 0, 0]);
  });

  it('of a non-secure writer arrive only where they are in Group 1; a secure one names the group by NSATT (table 4-22)', () => {
    const b = open(2);
    b.d[1].set(Gicd.IGROUPR, 1 << 4); // CPU 1: SGI 4 in Group 1, SGI 5 in Group 0
    b.dn[0].set(Gicd.SGIR, (2 << 16) | 4);
    b.dn[0].set(Gicd.SGIR, (2 << 16) | 5);
    expect(b.d[1].get(Gicd.ISPENDR)).toBe(1 << 4);
    b.d[0].set(Gicd.SGIR, (2 << 16) | 5);
    b.d[0].set(Gicd.SGIR, (2 << 16) | (1 << 15) | 6);
    expect(b.d[1].get(Gicd.ISPENDR)).toBe((1 << 4) | (1 << 5));
  });

  it('are set and cleared by source through GICD_SPENDSGIR and GICD_CPENDSGIR (4.3.16)', () => {
    const b = open(2);
    b.d[0].set(Gicd.SPENDSGIR, 0x0000_0300);
    expect(b.d[0].get(Gicd.ISPENDR)).toBe(2);
    b.d[0].set(Gicd.CPENDSGIR, 0x0000_0100);
    expect(b.d[0].get(Gicd.CPENDSGIR)).toBe(0x0200);
    expect(b.c[0].get(Gicc.IAR)).toBe((1 << 10) | 1);
  });

  it('ignore GICD_ISPENDR0 and GICD_ICENABLER0 (4.3.5, 4.3.7)', () => {
    const b = open();
    b.d[0].set(Gicd.ISPENDR, 1);
    b.d[0].set(Gicd.ICENABLER, 1);
    expect(b.d[0].get(Gicd.ISPENDR)).toBe(0);
    expect(b.d[0].get(Gicd.ISENABLER)).toBe(0xffff);
  });
});

describe('priorities and preemption', () => {
  it('the lowest priority number is signalled first; an equal or lower priority does not preempt (3.3.1)', () => {
    const b = open();
    priority(b, 33, 0x80);
    b.gic.spi(0).set(true);
    expect(b.c[0].get(Gicc.IAR)).toBe(32);
    expect(b.lines[0].irq.level).toBe(false);
    b.gic.spi(2).set(true); // also 0xa0
    expect(b.c[0].get(Gicc.IAR)).toBe(SPURIOUS);
    b.gic.spi(1).set(true);
    expect(b.lines[0].irq.level).toBe(true);
    expect(b.c[0].get(Gicc.IAR)).toBe(33);
    expect(b.c[0].get(Gicc.RPR)).toBe(0x80);
    b.c[0].set(Gicc.EOIR, 33);
    expect(b.c[0].get(Gicc.RPR)).toBe(0xa0);
    b.c[0].set(Gicc.EOIR, 32);
    expect(b.c[0].get(Gicc.RPR)).toBe(0xff);
  });

  it('GICC_PMR signals only priorities above it, strictly (4.4.2)', () => {
    const b = open();
    b.gic.spi(0).set(true);
    b.c[0].set(Gicc.PMR, 0xa0);
    expect(b.lines[0].irq.level).toBe(false);
    b.c[0].set(Gicc.PMR, 0xa1);
    expect(b.lines[0].irq.level).toBe(true);
  });

  it('with GICC_BPR n the group priority is bits 7:n+1, and only it preempts (3.3.3)', () => {
    const b = open();
    priority(b, 33, 0x88);
    priority(b, 32, 0x8c);
    b.c[0].set(Gicc.BPR, 3); // group priority 7:4
    b.gic.spi(0).set(true);
    expect(b.c[0].get(Gicc.IAR)).toBe(32);
    expect(b.c[0].get(Gicc.RPR)).toBe(0x80);
    b.gic.spi(1).set(true);
    expect(b.lines[0].irq.level).toBe(false);
    b.c[0].set(Gicc.EOIR, 32);
    b.gic.spi(0).set(false);
    b.c[0].set(Gicc.BPR, 2); // 7:3: 0x88 and 0x8c are still one group
    b.gic.spi(0).set(true);
    b.gic.spi(1).set(false);
    expect(b.c[0].get(Gicc.IAR)).toBe(32);
    b.gic.spi(1).set(true);
    expect(b.lines[0].irq.level).toBe(false);
    b.c[0].set(Gicc.EOIR, 32);
    b.c[0].set(Gicc.BPR, 1); // 7:2
    b.gic.spi(1).set(false);
    expect(b.c[0].get(Gicc.IAR)).toBe(32);
    b.gic.spi(1).set(true);
    expect(b.lines[0].irq.level).toBe(true);
  });

  it('Group 1 uses its own binary point, Group 0 the secure one; CBPR joins them (4.4.3)', () => {
    const preempts = (ctlr: number) => {
      const b = open(1, 1);
      priority(b, 32, 0x8c);
      priority(b, 33, 0x88);
      b.c[0].set(Gicc.CTLR, GiccCtlr.EnableGrp0 | GiccCtlr.EnableGrp1 | ctlr);
      b.c[0].set(Gicc.BPR, 0);
      b.c[0].set(Gicc.ABPR, 4); // Group 1: bits 7:4
      b.gic.spi(0).set(true);
      expect(b.cn[0].get(Gicc.IAR)).toBe(32);
      b.gic.spi(1).set(true);
      return b.lines[0].irq.level;
    };
    expect(preempts(0)).toBe(false);
    expect(preempts(GiccCtlr.CBPR)).toBe(true);
  });

  it('the non-secure GICC_BPR is at least 1; with CBPR it reads the secure one plus 1 and ignores writes (4.4.3)', () => {
    const b = open();
    b.cn[0].set(Gicc.BPR, 0);
    expect(b.cn[0].get(Gicc.BPR)).toBe(1);
    b.c[0].set(Gicc.CTLR, GiccCtlr.CBPR);
    b.c[0].set(Gicc.BPR, 3);
    b.cn[0].set(Gicc.BPR, 6);
    expect(b.cn[0].get(Gicc.BPR)).toBe(4);
    b.c[0].set(Gicc.BPR, 7);
    expect(b.cn[0].get(Gicc.BPR)).toBe(7);
    expect(b.c[0].get(Gicc.ABPR)).toBe(1);
  });

  it('GICC_APR has a bit for each active preemption level of Group 0, GICC_NSAPR of Group 1 (4.4.13)', () => {
    const b = open();
    b.d[0].set(Gicd.IGROUPR + 4, 2);
    priority(b, 33, 0x80);
    b.gic.spi(0).set(true);
    expect(b.c[0].get(Gicc.IAR)).toBe(32);
    b.gic.spi(1).set(true);
    expect(b.cn[0].get(Gicc.IAR)).toBe(33);
    expect(b.c[0].get(Gicc.APR + 8)).toBe(1 << (0xa0 / 2 - 64));
    expect(b.c[0].get(Gicc.NSAPR + 8)).toBe(1 << (0x80 / 2 - 64));
    expect(b.cn[0].get(Gicc.APR)).toBe(1);
  });
});

describe('groups and security', () => {
  it('Group 0 is signalled as FIQ with FIQEn, else as IRQ; Group 1 always as IRQ (4.4.1)', () => {
    const b = open();
    b.gic.spi(0).set(true);
    expect([b.lines[0].irq.level, b.lines[0].fiq.level]).toEqual([true, false]);
    b.c[0].set(Gicc.CTLR, GiccCtlr.EnableGrp0 | GiccCtlr.EnableGrp1 | GiccCtlr.FIQEn);
    expect([b.lines[0].irq.level, b.lines[0].fiq.level]).toEqual([false, true]);
    b.d[0].set(Gicd.IGROUPR + 4, 1);
    expect([b.lines[0].irq.level, b.lines[0].fiq.level]).toEqual([true, false]);
  });

  it('a non-secure IAR does not see Group 0: 1023; nothing is acknowledged (3.2.5)', () => {
    const b = open();
    b.gic.spi(0).set(true);
    expect(b.cn[0].get(Gicc.IAR)).toBe(SPURIOUS);
    expect(b.cn[0].get(Gicc.HPPIR)).toBe(SPURIOUS);
    expect(b.c[0].get(Gicc.IAR)).toBe(32);
  });

  it('a secure IAR without AckCtl answers a Group 1 interrupt with 1022; AckCtl or GICC_AIAR acknowledge it (4.4.4)', () => {
    const b = open(1, 1);
    b.gic.spi(0).set(true);
    expect(b.c[0].get(Gicc.IAR)).toBe(SPURIOUS_GROUP1);
    expect(b.c[0].get(Gicc.HPPIR)).toBe(SPURIOUS_GROUP1);
    expect(b.c[0].get(Gicc.AHPPIR)).toBe(32);
    expect(b.c[0].get(Gicc.AIAR)).toBe(32);
    b.c[0].set(Gicc.AEOIR, 32);
    expect(b.d[0].get(Gicd.ISACTIVER + 4)).toBe(0);
    b.c[0].set(Gicc.CTLR, GiccCtlr.EnableGrp0 | GiccCtlr.EnableGrp1 | GiccCtlr.AckCtl);
    expect(b.c[0].get(Gicc.IAR)).toBe(32);
  });

  it('GICC_AIAR, GICC_AEOIR, GICC_ABPR and GICC_AHPPIR are RAZ/WI to non-secure accesses (table 4-2)', () => {
    const b = open(1, 1);
    b.gic.spi(0).set(true);
    for (const r of [Gicc.AIAR, Gicc.ABPR, Gicc.AHPPIR]) expect(b.cn[0].get(r)).toBe(0);
    expect(b.cn[0].get(Gicc.IAR)).toBe(32);
    b.cn[0].set(Gicc.AEOIR, 32);
    expect(b.d[0].get(Gicd.ISACTIVER + 4)).toBe(1);
  });

  it('GICC_HPPIR does not see a group that GICC_CTLR disables; GICC_PMR hides nothing from it (4.4.8)', () => {
    const b = open();
    b.gic.spi(0).set(true);
    b.c[0].set(Gicc.PMR, 0);
    expect(b.c[0].get(Gicc.HPPIR)).toBe(32);
    b.c[0].set(Gicc.CTLR, GiccCtlr.EnableGrp1);
    expect(b.c[0].get(Gicc.HPPIR)).toBe(SPURIOUS);
  });

  it('a non-secure EOIR for a Group 0 interrupt is ignored (4.4.5)', () => {
    const b = open();
    b.gic.spi(0).set(true);
    b.c[0].get(Gicc.IAR);
    b.cn[0].set(Gicc.EOIR, 32);
    expect(b.d[0].get(Gicd.ISACTIVER + 4)).toBe(1);
    expect(b.c[0].get(Gicc.RPR)).toBe(0xa0);
  });

  it('the non-secure GICC_CTLR is EnableGrp1 and EOImodeNS; it cannot reach the rest (4.4.1)', () => {
    const b = open();
    b.c[0].set(Gicc.CTLR, GiccCtlr.FIQEn | GiccCtlr.EnableGrp0);
    b.cn[0].set(Gicc.CTLR, 0xffffffff);
    expect(b.c[0].get(Gicc.CTLR)).toBe(GiccCtlr.FIQEn | GiccCtlr.EnableGrp0 | GiccCtlr.EnableGrp1 | GiccCtlr.EOImodeNS);
    expect(b.cn[0].get(Gicc.CTLR)).toBe(0x201);
  });

  it('the non-secure GICC_PMR reads 0 and ignores writes while the mask lies in the secure half (4.4.2)', () => {
    const b = open();
    b.c[0].set(Gicc.PMR, 0x70);
    b.cn[0].set(Gicc.PMR, 0xff);
    expect(b.cn[0].get(Gicc.PMR)).toBe(0);
    expect(b.c[0].get(Gicc.PMR)).toBe(0x70);
    b.c[0].set(Gicc.PMR, 0xf0);
    b.cn[0].set(Gicc.PMR, 0x40);
    expect(b.c[0].get(Gicc.PMR)).toBe(0xa0);
    expect(b.cn[0].get(Gicc.PMR)).toBe(0x40);
  });

  it('the non-secure GICC_RPR reads 0 while a priority of the secure half runs (4.4.6)', () => {
    const b = open();
    priority(b, 32, 0x40);
    b.gic.spi(0).set(true);
    b.c[0].get(Gicc.IAR);
    expect(b.cn[0].get(Gicc.RPR)).toBe(0);
    expect(b.c[0].get(Gicc.RPR)).toBe(0x40);
  });

  it('GICD_CTLR keeps a group from all CPU interfaces, and another group passes it (4.3.1)', () => {
    const b = open();
    b.d[0].set(Gicd.IGROUPR + 4, 2);
    b.gic.spi(0).set(true);
    b.gic.spi(1).set(true);
    b.d[0].set(Gicd.CTLR, 2);
    expect(b.cn[0].get(Gicc.IAR)).toBe(33);
  });
});

describe('completion', () => {
  it('with EOImodeS EOIR drops the priority alone, and DIR deactivates (3.2.1)', () => {
    const b = open();
    b.c[0].set(Gicc.CTLR, GiccCtlr.EnableGrp0 | GiccCtlr.EOImodeS);
    b.gic.spi(0).set(true);
    b.c[0].get(Gicc.IAR);
    b.c[0].set(Gicc.EOIR, 32);
    expect(b.c[0].get(Gicc.RPR)).toBe(0xff);
    expect(b.d[0].get(Gicd.ISACTIVER + 4)).toBe(1);
    expect(b.lines[0].irq.level).toBe(false);
    b.c[0].set(Gicc.DIR, 32);
    expect(b.d[0].get(Gicd.ISACTIVER + 4)).toBe(0);
    expect(b.lines[0].irq.level).toBe(true);
  });

  it('EOImodeNS rules non-secure accesses, EOImodeS secure ones (4.4.1)', () => {
    const b = open(1, 1);
    b.c[0].set(Gicc.CTLR, GiccCtlr.EnableGrp1 | GiccCtlr.EOImodeS);
    b.gic.spi(0).set(true);
    b.cn[0].get(Gicc.IAR);
    b.cn[0].set(Gicc.EOIR, 32);
    expect(b.d[0].get(Gicd.ISACTIVER + 4)).toBe(0);
    b.cn[0].set(Gicc.CTLR, 0x201);
    b.cn[0].get(Gicc.IAR);
    b.cn[0].set(Gicc.EOIR, 32);
    expect(b.d[0].get(Gicd.ISACTIVER + 4)).toBe(1);
    b.cn[0].set(Gicc.DIR, 32);
    expect(b.d[0].get(Gicd.ISACTIVER + 4)).toBe(0);
  });

  it('a level-sensitive interrupt whose wire stays high is active and pending, and comes again (3.2.4)', () => {
    const b = open();
    b.gic.spi(0).set(true);
    b.c[0].get(Gicc.IAR);
    expect(b.d[0].get(Gicd.ISPENDR + 4)).toBe(1);
    expect(b.d[0].get(Gicd.ISACTIVER + 4)).toBe(1);
    b.c[0].set(Gicc.EOIR, 32);
    expect(b.c[0].get(Gicc.IAR)).toBe(32);
  });

  it('an SPI with two targets is taken by the first to acknowledge; the other reads 1023 (3.2.3)', () => {
    const b = open(2);
    b.d[0].set(Gicd.ITARGETSR + 32, 3);
    b.gic.spi(0).set(true);
    expect([b.lines[0].irq.level, b.lines[1].irq.level]).toEqual([true, true]);
    expect(b.c[1].get(Gicc.IAR)).toBe(32);
    expect(b.lines[0].irq.level).toBe(false);
    expect(b.c[0].get(Gicc.IAR)).toBe(SPURIOUS);
  });

  it('private interrupts are banked by CPU', () => {
    const b = open(2);
    b.d[1].set(Gicd.ISENABLER, 1 << 30);
    b.gic.ppi(0, 30).set(true);
    expect(b.lines[0].irq.level).toBe(false);
    b.gic.ppi(1, 30).set(true);
    expect(b.lines[1].irq.level).toBe(true);
    expect(b.d[0].get(Gicd.ISENABLER)).toBe(0xffff);
  });
});

it('without firmware the normal world gets all interrupts: Group 1, and a priority mask that it can set', () => {
  const b = bench(2);
  b.gic.openToNormalWorld();
  b.dn[1].set(Gicd.CTLR, 1);
  b.dn[1].set(Gicd.ISENABLER, 1 << 30);
  b.cn[1].set(Gicc.PMR, 0xf0);
  b.cn[1].set(Gicc.CTLR, 1);
  b.gic.ppi(1, 30).set(true);
  expect(b.lines[1].irq.level).toBe(true);
  expect(b.cn[1].get(Gicc.IAR)).toBe(30);
});

it('a snapshot brings back every register and wire', () => {
  const b = open();
  b.gic.spi(3).set(true);
  b.c[0].get(Gicc.IAR);
  b.c[0].set(Gicc.BPR, 4);
  const saved = structuredClone(b.gic.distributor.save());
  const registers = () => [
    ...[Gicd.CTLR, Gicd.ISENABLER + 4, Gicd.ISACTIVER + 4, Gicd.IPRIORITYR + 32].map((r) => b.d[0].get(r)),
    ...[Gicc.CTLR, Gicc.PMR, Gicc.BPR, Gicc.RPR].map((r) => b.c[0].get(r)),
  ];
  const before = registers();
  b.gic.distributor.reset();
  expect(registers()).not.toEqual(before);
  b.gic.distributor.restore(saved);
  expect(registers()).toEqual(before);
});
