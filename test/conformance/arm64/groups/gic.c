// GICv2 (IHI 0048): priorities, groups, acknowledge to deactivate, SGIs, the two security views.
#include "../gic.h"

#include "../harness.h"

PROBE(gic_load, "ldr w1, [x0]");
PROBE(gic_store, "str w1, [x0]\n\tldr w1, [x0]");
PROBE(gic_load_byte, "ldrb w1, [x0]");
PROBE(gic_store_byte, "strb w1, [x0]\n\tldrb w1, [x0]");

static void prepare(uint32_t control) {
  reset();
  gic_reset();
  gic_on(control);
}

static void acknowledge(const char *key) { field(key, gic_read(GICC, GICC_IAR), 4); }
static void finish(uint32_t interrupt) { gic_write(GICC, GICC_EOIR, interrupt); }
static void show_bits(const char *key, uint32_t offset) { field(key, gic_read(GICD, offset), 8); }

/** The life of one interrupt: pending, active, both, inactive. */
static void life(void) {
  prepare(0);
  gic_enable(3, 0, 0x40);
  line("life of an SGI", "");
  show_bits("pending", GICD_ISPENDR);
  gic_sgi(3);
  show_bits("pending", GICD_ISPENDR);
  show_bits("active", GICD_ISACTIVER);
  field("hppir", gic_read(GICC, GICC_HPPIR), 4);
  field("rpr", gic_read(GICC, GICC_RPR), 2);
  acknowledge("iar");
  show_bits("pending", GICD_ISPENDR);
  show_bits("active", GICD_ISACTIVER);
  field("rpr", gic_read(GICC, GICC_RPR), 2);
  gic_sgi(3);
  show_bits("pending", GICD_ISPENDR);
  show_bits("active", GICD_ISACTIVER);
  acknowledge("iar");
  finish(3);
  show_bits("active", GICD_ISACTIVER);
  field("rpr", gic_read(GICC, GICC_RPR), 2);
  acknowledge("iar");
  finish(3);
  acknowledge("iar");
  end();
}

/** A level-sensitive wire stays pending while it is high. */
static void level(void) {
  prepare(0);
  gic_enable(PPI_PHYSICAL, 0, 0x40);
  WRITE(cntp_cval_el0, 0);
  WRITE(cntp_ctl_el0, 1);
  line("life of a wire", "");
  show_bits("pending", GICD_ISPENDR);
  acknowledge("iar");
  show_bits("pending", GICD_ISPENDR);
  show_bits("active", GICD_ISACTIVER);
  finish(PPI_PHYSICAL);
  acknowledge("iar");
  WRITE(cntp_ctl_el0, 0);
  show_bits("pending", GICD_ISPENDR);
  show_bits("active", GICD_ISACTIVER);
  finish(PPI_PHYSICAL);
  acknowledge("iar");
  // Clearing what a high wire holds pending does nothing.
  WRITE(cntp_ctl_el0, 1);
  gic_write(GICD, GICD_ICPENDR, 1u << PPI_PHYSICAL);
  show_bits("cleared", GICD_ISPENDR);
  WRITE(cntp_ctl_el0, 0);
  // Set by software, it stays until it is cleared or acknowledged.
  gic_write(GICD, GICD_ISPENDR, 1u << PPI_PHYSICAL);
  show_bits("set", GICD_ISPENDR);
  acknowledge("iar");
  show_bits("pending", GICD_ISPENDR);
  finish(PPI_PHYSICAL);
  gic_write(GICD, GICD_ISPENDR, 1u << PPI_PHYSICAL);
  gic_write(GICD, GICD_ICPENDR, 1u << PPI_PHYSICAL);
  show_bits("cleared", GICD_ISPENDR);
  end();
}

static void priorities(void) {
  prepare(0);
  gic_enable(1, 0, 0x60);
  gic_enable(2, 0, 0x40);
  gic_enable(3, 0, 0x40);
  gic_enable(4, 0, 0x80);
  for (int i = 1; i <= 4; i++) gic_sgi(i);
  line("order", "");
  for (int i = 0; i < 5; i++) {
    uint32_t iar = gic_read(GICC, GICC_IAR);
    field("iar", iar, 4);
    field("rpr", gic_read(GICC, GICC_RPR), 2);
    if (iar < 1020) finish(iar);
  }
  end();

  prepare(0);
  gic_enable(1, 0, 0x60);
  gic_enable(2, 0, 0x40);
  gic_enable(4, 0, 0x60);
  line("preemption", "");
  gic_sgi(1);
  acknowledge("iar");
  gic_sgi(4);
  acknowledge("equal");
  gic_sgi(2);
  acknowledge("higher");
  field("rpr", gic_read(GICC, GICC_RPR), 2);
  show_bits("active", GICD_ISACTIVER);
  finish(2);
  field("rpr", gic_read(GICC, GICC_RPR), 2);
  acknowledge("still masked");
  finish(1);
  field("rpr", gic_read(GICC, GICC_RPR), 2);
  acknowledge("next");
  finish(4);
  end();

  // GICC_BPR says which bits of a priority preempt: 0x40 and 0x60 differ in bit 5.
  static const uint32_t points[] = {0, 4, 5, 6, 7};
  for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
    prepare(0);
    gic_write(GICC, GICC_BPR, points[i]);
    gic_enable(1, 0, 0x60);
    gic_enable(2, 0, 0x40);
    line("binary point", i == 0 ? "0" : i == 1 ? "4" : i == 2 ? "5" : i == 3 ? "6" : "7");
    gic_sgi(1);
    acknowledge("iar");
    gic_sgi(2);
    uint32_t second = gic_read(GICC, GICC_IAR);
    field("preempts", second, 4);
    end();
    if (second == 2) finish(2);
    finish(1);
  }

  static const uint32_t masks[] = {0xff, 0x60, 0x50, 0x40, 0x00};
  for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
    prepare(0);
    gic_enable(1, 0, 0x50);
    gic_write(GICC, GICC_PMR, masks[i]);
    gic_sgi(1);
    line("priority mask", i == 0 ? "ff" : i == 1 ? "60" : i == 2 ? "50" : i == 3 ? "40" : "00");
    uint32_t iar = gic_read(GICC, GICC_IAR);
    field("iar", iar, 4);
    end();
    if (iar == 1) finish(1);
  }
}

/** A private interrupt that software made pending: whether an SGI can be disabled is an implementation's choice. */
static void enables(void) {
  prepare(0);
  gic_enable(PPI_VIRTUAL, 0, 0x50);
  gic_write(GICD, GICD_ICENABLER, 1u << PPI_VIRTUAL);
  gic_write(GICD, GICD_ISPENDR, 1u << PPI_VIRTUAL);
  line("enables", "");
  acknowledge("disabled");
  gic_write(GICD, GICD_ISENABLER, 1u << PPI_VIRTUAL);
  gic_write(GICD, GICD_CTLR, 2);
  acknowledge("distributor group 0 off");
  gic_write(GICD, GICD_CTLR, 1);
  gic_write(GICC, GICC_CTLR, 2);
  acknowledge("interface group 0 off");
  gic_write(GICC, GICC_CTLR, 1);
  acknowledge("on");
  finish(PPI_VIRTUAL);
  end();
}

/** What the secure side acknowledges of group 1, and how both groups are signalled. */
static void groups(void) {
  for (uint32_t ackctl = 0; ackctl < 2; ackctl++) {
    prepare(ackctl ? GICC_CTLR_ACKCTL : 0);
    gic_enable(1, 1, 0x40);
    gic_enable(2, 0, 0x60);
    gic_sgi(1);
    line("group 1 first", ackctl ? "AckCtl=1" : "AckCtl=0");
    field("hppir", gic_read(GICC, GICC_HPPIR), 4);
    acknowledge("iar");
    show_bits("active", GICD_ISACTIVER);
    end();
    if (ackctl) finish(1);
  }
  static const struct {
    const char *name;
    uint32_t control;
    int group;
  } rows[] = {{"group 0", 0, 0},
              {"group 0, FIQEn", GICC_CTLR_FIQEN, 0},
              {"group 1", 0, 1},
              {"group 1, FIQEn", GICC_CTLR_FIQEN, 1}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    prepare(rows[i].control);
    gic_enable(1, rows[i].group, 0x40);
    gic_sgi(1);
    line("signalled", rows[i].name);
    field("isr", READ(isr_el1), 3);
    end();
  }
}

/** GICC_CTLR.EOImode: priority drop and deactivation apart. */
static void split(void) {
  prepare(GICC_CTLR_EOIMODE_S);
  gic_enable(1, 0, 0x40);
  gic_sgi(1);
  line("EOImode=1", "");
  acknowledge("iar");
  field("rpr", gic_read(GICC, GICC_RPR), 2);
  finish(1);
  field("rpr", gic_read(GICC, GICC_RPR), 2);
  show_bits("active", GICD_ISACTIVER);
  gic_sgi(1);
  acknowledge("while active");
  gic_write(GICC, GICC_DIR, 1);
  show_bits("active", GICD_ISACTIVER);
  acknowledge("after");
  end();
}

static void write_byte(uint32_t offset, uint8_t value) { *(volatile uint8_t *)(GICD + offset) = value; }

static void set_and_clear(void) {
  prepare(0);
  line("set and clear", "");
  gic_write(GICD, GICD_ISENABLER, 0x7c000000);
  gic_write(GICD, GICD_ICENABLER, 0x30000000);
  field("enabled", gic_read(GICD, GICD_ISENABLER) & 0xffff0000, 8);
  gic_write(GICD, GICD_ISACTIVER, 0x000000f0);
  gic_write(GICD, GICD_ICACTIVER, 0x00000050);
  show_bits("active", GICD_ISACTIVER);
  gic_write(GICD, GICD_ICACTIVER, 0xffffffff);
  write_byte(GICD_SPENDSGIR + 1, 1);
  write_byte(GICD_SPENDSGIR + 3, 1);
  show_bits("sgi", GICD_SPENDSGIR);
  show_bits("pending", GICD_ISPENDR);
  write_byte(GICD_CPENDSGIR + 3, 1);
  show_bits("sgi", GICD_CPENDSGIR);
  show_bits("pending", GICD_ISPENDR);
  gic_write(GICD, GICD_CPENDSGIR, 0xffffffff);
  // SGIs cannot be made pending by GICD_ISPENDR.
  gic_write(GICD, GICD_ISPENDR, 0x0000000f);
  show_bits("by ispendr", GICD_ISPENDR);
  end();
  line("private targets", "");
  show_bits("sgi", GICD_ITARGETSR);
  show_bits("ppi", GICD_ITARGETSR + 28);
  end();
  line("sgi configuration", "");
  show_bits("icfgr0", GICD_ICFGR);
  end();
}

/** What the non-secure world sees and can change of group 0 and group 1. */
static void views(void) {
  static const struct {
    const char *name;
    uint32_t offset;
    uint32_t value;
  } rows[] = {{"IGROUPR", GICD_IGROUPR, 0xffffffff},
              {"ISPENDR", GICD_ISPENDR, 0},
              {"ISACTIVER", GICD_ISACTIVER, 0x00000c00},
              {"IPRIORITYR0", GICD_IPRIORITYR, 0xf0c08040},
              {"CTLR", GICD_CTLR, 0}};
  static const enum mode modes[] = {EL1h, EL2h};
  for (int m = 0; m < 2; m++)
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
      prepare(0);
      // Odd interrupts are in group 1.
      for (int n = 0; n < 4; n++) gic_enable(n, n & 1, (uint8_t)(0x90 + 0x20 * n));
      gic_sgi(0);
      gic_sgi(1);
      x[0] = GICD + rows[i].offset;
      x[1] = rows[i].value;
      heading("non-secure view", m ? "EL2" : "EL1");
      line(rows[i].name, "");
      run(modes[m], gic_load);
      field("read", observation.x[1], 8);
      run(modes[m], gic_store);
      field("written", observation.x[1], 8);
      field("secure", gic_read(GICD, rows[i].offset), 8);
      end();
    }
  heading("non-secure view", "EL1");
  for (int group = 0; group < 2; group++) {
    prepare(0);
    gic_enable(PPI_VIRTUAL, group, 0xa0);
    gic_write(GICD, GICD_ICENABLER, 1u << PPI_VIRTUAL);
    x[0] = GICD + GICD_ISENABLER;
    x[1] = 1u << PPI_VIRTUAL;
    run(EL1h, gic_store);
    line("ISENABLER", group ? "group 1" : "group 0");
    field("read", observation.x[1] & 0xffff0000, 8);
    field("secure", gic_read(GICD, GICD_ISENABLER) & 0xffff0000, 8);
    end();
  }
  // Priorities appear shifted; only the lower half can be chosen.
  static const uint8_t priorities[] = {0x00, 0x40, 0x80, 0xf0};
  for (size_t i = 0; i < sizeof priorities; i++) {
    prepare(0);
    gic_enable(1, 1, 0xa0);
    x[0] = GICD + GICD_IPRIORITYR + 1;
    x[1] = priorities[i];
    run(EL1h, gic_store_byte);
    line("priority", i == 0 ? "00" : i == 1 ? "40" : i == 2 ? "80" : "f0");
    field("read", observation.x[1], 2);
    field("secure", gic_read(GICD, GICD_IPRIORITYR) >> 8 & 0xff, 2);
    end();
  }
  // The CPU interface: acknowledge, running priority, mask.
  static const struct {
    const char *name;
    int group;
    uint8_t priority;
  } pending[] = {{"group 1 pending", 1, 0xa0}, {"group 0 pending", 0, 0x40}};
  for (int p = 0; p < 2; p++) {
    prepare(0);
    gic_enable(1, pending[p].group, pending[p].priority);
    gic_sgi(1);
    line(pending[p].name, "");
    x[0] = GICC + GICC_HPPIR;
    run(EL1h, gic_load);
    field("hppir", observation.x[1], 4);
    x[0] = GICC + GICC_IAR;
    run(EL1h, gic_load);
    field("iar", observation.x[1], 4);
    x[0] = GICC + GICC_RPR;
    run(EL1h, gic_load);
    field("rpr", observation.x[1], 2);
    field("secure rpr", gic_read(GICC, GICC_RPR), 2);
    show_bits("active", GICD_ISACTIVER);
    x[0] = GICC + GICC_EOIR;
    x[1] = 1;
    run(EL1h, gic_store);
    show_bits("active", GICD_ISACTIVER);
    end();
  }
  static const uint32_t masks[] = {0xf0, 0x80, 0x40, 0x00};
  for (int secure_mask = 0; secure_mask < 2; secure_mask++)
    for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
      prepare(0);
      gic_write(GICC, GICC_PMR, secure_mask ? 0x60 : 0xf0);
      x[0] = GICC + GICC_PMR;
      x[1] = masks[i];
      run(EL1h, gic_store);
      heading(secure_mask ? "non-secure PMR under 60" : "non-secure PMR under f0", "");
      line(i == 0 ? "f0" : i == 1 ? "80" : i == 2 ? "40" : "00", "");
      field("read", observation.x[1], 2);
      field("secure", gic_read(GICC, GICC_PMR), 2);
      end();
    }
}

void group_gic(void) {
  heading("", "");
  life();
  level();
  priorities();
  enables();
  groups();
  split();
  set_and_clear();
  views();
  gic_reset();
}
