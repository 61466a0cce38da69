// GICv2 virtual interface: list registers, the virtual CPU interface, maintenance interrupts.
#include "../gic.h"

#include "../harness.h"

PROBE(virtual_gic_idle, "nop\n\tnop");

#define VIRTUAL_ID 0x45u
#define GICH_HCR_EN 1u
#define GICH_HCR_UIE 2u
#define GICH_HCR_LRENPIE 4u
#define GICH_HCR_NPIE 8u
#define GICH_HCR_VGRP0EIE 16u
#define GICH_HCR_VGRP0DIE 32u

/** The virtual interface on, all virtual priorities allowed, both virtual groups enabled. */
static void prepare(uint32_t gich_hcr) {
  reset();
  gic_reset();
  gic_enable(PPI_MAINTENANCE, 0, 0x40);
  gic_on(0);
  gic_write(GICH, GICH_HCR, GICH_HCR_EN | gich_hcr);
  gic_write(GICV, GICC_CTLR, GICC_CTLR_GRP0 | GICC_CTLR_GRP1 | GICC_CTLR_ACKCTL);
  gic_write(GICV, GICC_PMR, 0xff);
  WRITE(hcr_el2, READ(hcr_el2) | HCR_IMO | HCR_FMO);
}

static void show_lr(const char *key, int n) { field(key, gic_read(GICH, (uint32_t)GICH_LR(n)), 8); }

static void delivery(void) {
  static const struct {
    const char *name;
    enum mode mode;
    int open;
    int secure;
  } rows[] = {{"EL0", EL0t, 1, 0},        {"EL1", EL1h, 1, 0},  {"EL1, masked", EL1h, 0, 0},
              {"EL2", EL2h, 1, 0},        {"EL3", EL3h, 1, 0},  {"S-EL1", EL1h, 1, 1}};
  for (int group = 0; group < 2; group++)
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
      prepare(0);
      if (!group) gic_write(GICV, GICC_CTLR, 3 | GICC_CTLR_FIQEN);
      gic_write(GICH, GICH_LR(0), LR_PENDING | (group ? LR_GROUP1 : 0) | LR_PRIORITY(0x40) | VIRTUAL_ID);
      if (rows[i].secure) secure();
      pstate = rows[i].open ? 0 : PSTATE_DAIF;
      heading(group ? "virtual IRQ" : "virtual FIQ", "");
      run(rows[i].mode, virtual_gic_idle);
      show(rows[i].name, "");
    }
  heading("", "");
  static const struct {
    const char *name;
    uint32_t hcr, control, mask;
  } off[] = {{"interface off", 0, 7, 0xff}, {"virtual groups off", 1, 0, 0xff}, {"virtual mask", 1, 7, 0x30}};
  for (size_t i = 0; i < sizeof off / sizeof *off; i++) {
    prepare(0);
    gic_write(GICV, GICC_CTLR, off[i].control);
    gic_write(GICV, GICC_PMR, off[i].mask);
    gic_write(GICH, GICH_HCR, off[i].hcr);
    gic_write(GICH, GICH_LR(0), LR_PENDING | LR_GROUP1 | LR_PRIORITY(0x40) | VIRTUAL_ID);
    pstate = 0;
    run(EL1h, virtual_gic_idle);
    show(off[i].name, "EL1");
  }
}

/** A list register from pending to empty, by the guest's own hand. */
static void life(void) {
  heading("", "");
  prepare(0);
  gic_write(GICH, GICH_LR(0), LR_PENDING | LR_GROUP1 | LR_PRIORITY(0x40) | VIRTUAL_ID);
  line("life", "");
  field("hppir", gic_read(GICV, GICC_HPPIR), 4);
  field("iar", gic_read(GICV, GICC_IAR), 4);
  show_lr("lr", 0);
  field("rpr", gic_read(GICV, GICC_RPR), 2);
  field("apr", gic_read(GICH, GICH_APR), 8);
  gic_write(GICV, GICC_EOIR, VIRTUAL_ID);
  show_lr("lr", 0);
  field("rpr", gic_read(GICV, GICC_RPR), 2);
  field("elrsr", gic_read(GICH, GICH_ELRSR0) & 0xf, 1);
  field("iar", gic_read(GICV, GICC_IAR), 4);
  end();

  prepare(0);
  gic_write(GICH, GICH_LR(0), LR_PENDING | LR_GROUP1 | LR_PRIORITY(0x80) | 0x50);
  gic_write(GICH, GICH_LR(1), LR_PENDING | LR_GROUP1 | LR_PRIORITY(0x40) | 0x51);
  gic_write(GICH, GICH_LR(2), LR_PENDING | LR_GROUP1 | LR_PRIORITY(0xc0) | 0x4f);
  line("three list registers", "");
  for (int i = 0; i < 3; i++) {
    uint32_t iar = gic_read(GICV, GICC_IAR);
    field("iar", iar, 4);
    field("elrsr", gic_read(GICH, GICH_ELRSR0) & 0xf, 1);
    if (i < 1) continue;
    gic_write(GICV, GICC_EOIR, iar < 1020 ? iar : 0x51);
  }
  for (int i = 0; i < 3; i++) show_lr("lr", i);
  end();

  // Pending and active: the second one stays pending until the first is finished.
  prepare(0);
  gic_write(GICH, GICH_LR(0), LR_PENDING | LR_GROUP1 | LR_PRIORITY(0x40) | VIRTUAL_ID);
  line("pending while active", "");
  field("iar", gic_read(GICV, GICC_IAR), 4);
  gic_write(GICH, GICH_LR(0), LR_PENDING | LR_ACTIVE | LR_GROUP1 | LR_PRIORITY(0x40) | VIRTUAL_ID);
  field("iar", gic_read(GICV, GICC_IAR), 4);
  gic_write(GICV, GICC_EOIR, VIRTUAL_ID);
  show_lr("lr", 0);
  field("iar", gic_read(GICV, GICC_IAR), 4);
  show_lr("lr", 0);
  end();
}

/** LR.HW: the guest's end of interrupt deactivates the physical one. */
static void hardware(void) {
  prepare(0);
  // Deactivation is the non-secure kind: it works on group 1.
  gic_enable(PPI_VIRTUAL, 1, 0x40);
  gic_write(GICC, GICC_CTLR, GICC_CTLR_GRP0 | GICC_CTLR_GRP1 | GICC_CTLR_ACKCTL | GICC_CTLR_EOIMODE_S);
  WRITE(cntv_cval_el0, 0);
  WRITE(cntv_ctl_el0, 1);
  line("hardware interrupt", "");
  uint32_t iar = gic_read(GICC, GICC_IAR);
  field("iar", iar, 4);
  gic_write(GICC, GICC_EOIR, iar);
  WRITE(cntv_ctl_el0, 0);
  field("active", gic_read(GICD, GICD_ISACTIVER), 8);
  gic_write(GICH, GICH_LR(0),
            LR_HW | LR_PENDING | LR_GROUP1 | LR_PRIORITY(0x40) | LR_PHYSICAL(PPI_VIRTUAL) | PPI_VIRTUAL);
  field("virtual iar", gic_read(GICV, GICC_IAR), 4);
  field("active", gic_read(GICD, GICD_ISACTIVER), 8);
  gic_write(GICV, GICC_EOIR, PPI_VIRTUAL);
  field("active", gic_read(GICD, GICD_ISACTIVER), 8);
  show_lr("lr", 0);
  end();
}

static void maintenance(const char *name) {
  line(name, "");
  field("misr", gic_read(GICH, GICH_MISR), 2);
  field("pending", (uint64_t)gic_pending(PPI_MAINTENANCE), 1);
}

static void maintenance_interrupts(void) {
  heading("maintenance", "");
  prepare(0);
  maintenance("nothing");
  end();

  prepare(GICH_HCR_UIE);
  maintenance("underflow, none valid");
  gic_write(GICH, GICH_LR(0), LR_PENDING | LR_GROUP1 | VIRTUAL_ID);
  field("one", gic_read(GICH, GICH_MISR), 2);
  gic_write(GICH, GICH_LR(1), LR_PENDING | LR_GROUP1 | (VIRTUAL_ID + 1));
  field("two", gic_read(GICH, GICH_MISR), 2);
  field("pending", (uint64_t)gic_pending(PPI_MAINTENANCE), 1);
  end();

  prepare(GICH_HCR_NPIE);
  maintenance("none pending");
  gic_write(GICH, GICH_LR(0), LR_PENDING | LR_GROUP1 | VIRTUAL_ID);
  field("one", gic_read(GICH, GICH_MISR), 2);
  gic_read(GICV, GICC_IAR);
  field("active", gic_read(GICH, GICH_MISR), 2);
  end();

  prepare(GICH_HCR_VGRP0EIE);
  maintenance("group 0 enabled");
  gic_write(GICV, GICC_CTLR, 0);
  field("off", gic_read(GICH, GICH_MISR), 2);
  end();

  prepare(GICH_HCR_VGRP0DIE);
  maintenance("group 0 disabled");
  gic_write(GICV, GICC_CTLR, 0);
  field("off", gic_read(GICH, GICH_MISR), 2);
  field("pending", (uint64_t)gic_pending(PPI_MAINTENANCE), 1);
  end();

  // An end of interrupt that the list register asked to be told of.
  prepare(0);
  gic_write(GICH, GICH_LR(0), LR_EOI | LR_PENDING | LR_GROUP1 | LR_PRIORITY(0x40) | VIRTUAL_ID);
  maintenance("end of interrupt");
  gic_read(GICV, GICC_IAR);
  gic_write(GICV, GICC_EOIR, VIRTUAL_ID);
  field("misr", gic_read(GICH, GICH_MISR), 2);
  field("eisr", gic_read(GICH, GICH_EISR0) & 0xf, 1);
  field("pending", (uint64_t)gic_pending(PPI_MAINTENANCE), 1);
  pstate = 0;
  WRITE(hcr_el2, READ(hcr_el2) | HCR_IMO);
  run(EL1h, virtual_gic_idle);
  target("taken");
  gic_write(GICH, GICH_LR(0), 0);
  field("misr", gic_read(GICH, GICH_MISR), 2);
  field("pending", (uint64_t)gic_pending(PPI_MAINTENANCE), 1);
  end();

  // GICH_HCR.EOICount counts ends of interrupts that no list register knows.
  prepare(GICH_HCR_LRENPIE);
  maintenance("not present");
  gic_write(GICH, GICH_LR(0), LR_PENDING | LR_GROUP1 | LR_PRIORITY(0x40) | VIRTUAL_ID);
  gic_read(GICV, GICC_IAR);
  gic_write(GICH, GICH_LR(0), 0);
  gic_write(GICV, GICC_EOIR, VIRTUAL_ID);
  field("count", gic_read(GICH, GICH_HCR) >> 27, 2);
  field("misr", gic_read(GICH, GICH_MISR), 2);
  end();
  heading("", "");
}

/** GICH_VMCR is the hypervisor's view of the guest's controls. */
static void control(void) {
  prepare(0);
  gic_write(GICV, GICC_CTLR, 3);
  gic_write(GICV, GICC_PMR, 0xa0);
  line("GICH_VMCR", "");
  field("enables", gic_read(GICH, GICH_VMCR) & 3, 1);
  field("mask", gic_read(GICH, GICH_VMCR) >> 27, 2);
  gic_write(GICH, GICH_VMCR, 0x08u << 27 | 2);
  field("ctlr", gic_read(GICV, GICC_CTLR) & 3, 1);
  field("pmr", gic_read(GICV, GICC_PMR), 2);
  end();
  line("GICH_VTR", "");
  field("list registers", gic_read(GICH, GICH_VTR) & 0x3f, 2);
  end();
}

void group_virtual_gic(void) {
  delivery();
  life();
  hardware();
  maintenance_interrupts();
  control();
  gic_reset();
}
