// Generic timers: condition, enable, mask and status; TVAL and CVAL; the virtual offset; interrupts at each level.
#include "../gic.h"
#include "../harness.h"

PROBE(timers_wait, "wfi\n\tnop");
PROBE(timers_loop, "1:\tb 1b");
PROBE(timers_frequency, "mrs x0, cntfrq_el0");
PROBE(timers_set_frequency, "msr cntfrq_el0, x0");
PROBE(timers_offset, "mrs x1, cntpct_el0\n\tisb\n\tmrs x2, cntvct_el0\n\tisb\n\tmrs x3, cntpct_el0");
PROBE(timers_mask, "mov x0, #3\n\tmsr cntv_ctl_el0, x0\n\tisb\n\tmsr daifclr, #2\n\tnop\n\tmov x0, #1\n\tmsr cntv_ctl_el0, x0\n\tisb\n\tnop\n\tnop");

enum timer { PHYSICAL, VIRTUAL, HYPERVISOR, SECURE, TIMERS };

static const struct {
  const char *name;
  int interrupt;
} timers[TIMERS] = {{"physical", PPI_PHYSICAL}, {"virtual", PPI_VIRTUAL}, {"hypervisor", PPI_HYPERVISOR}, {"secure", PPI_SECURE}};

#define ACCESSORS(name, prefix, suffix)                                                    \
  static uint64_t name##_ctl(void) { return READ(prefix##_ctl_##suffix); }                 \
  static uint64_t name##_cval(void) { return READ(prefix##_cval_##suffix); }               \
  static uint64_t name##_tval(void) { return READ(prefix##_tval_##suffix); }               \
  static void name##_set_ctl(uint64_t v) { WRITE(prefix##_ctl_##suffix, v); }              \
  static void name##_set_cval(uint64_t v) { WRITE(prefix##_cval_##suffix, v); }            \
  static void name##_set_tval(uint64_t v) { WRITE(prefix##_tval_##suffix, v); }
ACCESSORS(physical, cntp, el0)
ACCESSORS(virtual, cntv, el0)
ACCESSORS(hypervisor, cnthp, el2)
ACCESSORS(secure, cntps, el1)

static const struct {
  uint64_t (*ctl)(void), (*cval)(void), (*tval)(void);
  void (*set_ctl)(uint64_t), (*set_cval)(uint64_t), (*set_tval)(uint64_t);
} access[TIMERS] = {
    {physical_ctl, physical_cval, physical_tval, physical_set_ctl, physical_set_cval, physical_set_tval},
    {virtual_ctl, virtual_cval, virtual_tval, virtual_set_ctl, virtual_set_cval, virtual_set_tval},
    {hypervisor_ctl, hypervisor_cval, hypervisor_tval, hypervisor_set_ctl, hypervisor_set_cval, hypervisor_set_tval},
    {secure_ctl, secure_cval, secure_tval, secure_set_ctl, secure_set_cval, secure_set_tval}};

#define ENABLE 1
#define IMASK 2
#define NEVER UINT64_C(0x7fffffffffffffff)

static void prepare(void) {
  reset();
  gic_reset();
}

/** Control register and interrupt wire for a timer whose condition holds or not. */
static void conditions(void) {
  heading("", "");
  static const struct {
    const char *name;
    uint64_t cval, ctl;
  } rows[] = {{"met", 0, ENABLE},
              {"met, masked", 0, ENABLE | IMASK},
              {"not met", NEVER, ENABLE},
              {"not met, masked", NEVER, ENABLE | IMASK}};
  for (int t = 0; t < TIMERS; t++)
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
      prepare();
      access[t].set_cval(rows[i].cval);
      access[t].set_ctl(rows[i].ctl);
      line(timers[t].name, rows[i].name);
      field("ctl", access[t].ctl(), 8);
      field("cval", access[t].cval(), 16);
      field("pending", (uint64_t)gic_pending(timers[t].interrupt), 1);
      // Switched off, the wire falls.
      access[t].set_ctl(0);
      field("off", (uint64_t)gic_pending(timers[t].interrupt), 1);
      end();
    }
  for (int t = 0; t < TIMERS; t++) {
    // The wire follows mask and condition, without an edge to remember.
    prepare();
    access[t].set_cval(0);
    line(timers[t].name, "wire");
    access[t].set_ctl(ENABLE);
    field("enabled", (uint64_t)gic_pending(timers[t].interrupt), 1);
    access[t].set_ctl(ENABLE | IMASK);
    field("masked", (uint64_t)gic_pending(timers[t].interrupt), 1);
    access[t].set_ctl(ENABLE);
    field("unmasked", (uint64_t)gic_pending(timers[t].interrupt), 1);
    access[t].set_cval(NEVER);
    field("postponed", (uint64_t)gic_pending(timers[t].interrupt), 1);
    access[t].set_tval(UINT64_C(0xffffffff));
    field("past", (uint64_t)gic_pending(timers[t].interrupt), 1);
    access[t].set_tval(UINT64_C(0x7fffffff));
    field("future", (uint64_t)gic_pending(timers[t].interrupt), 1);
    access[t].set_ctl(0);
    end();
  }
}

static int between(uint64_t low, uint64_t value, uint64_t high) { return low <= value && value <= high; }

/** TVAL is a signed distance from the count to CVAL. */
static void distances(void) {
  static const int64_t values[] = {0, 1, 100, 1000000, 0x7fffffff, -1, -1000, -0x70000000};
  for (int t = 0; t < TIMERS; t++) {
    prepare();
    WRITE(cntvoff_el2, 0);
    line(timers[t].name, "tval");
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
      uint64_t before = READ(cntpct_el0);
      access[t].set_tval((uint64_t)values[i] & 0xffffffff);
      uint64_t after = READ(cntpct_el0);
      uint64_t cval = access[t].cval();
      uint64_t from = READ(cntpct_el0);
      int64_t tval = (int32_t)access[t].tval();
      uint64_t to = READ(cntpct_el0);
      int ok = between(before, cval - (uint64_t)values[i], after) && between(from, cval - (uint64_t)tval, to);
      put(ok ? " 1" : " 0");
    }
    end();
  }
}

static void offsets(void) {
  static const uint64_t values[] = {0, UINT64_C(0xffffffffffffff00), UINT64_C(0xffffffff00000000),
                                    UINT64_C(0x123456789abcdef0)};
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    prepare();
    WRITE(cntvoff_el2, values[i]);
    run(EL1h, timers_offset);
    uint64_t p1 = observation.x[1], v = observation.x[2], p2 = observation.x[3];
    static const char *const names[] = {"0", "small", "large", "larger"};
    line("offset", names[i]);
    field("cntvoff", READ(cntvoff_el2), 16);
    field("between", (uint64_t)(v + values[i] - p1 <= p2 - p1), 1);
    // The virtual timer compares with the virtual count.
    WRITE(cntv_cval_el0, READ(cntpct_el0) - values[i] + 0x10000000);
    WRITE(cntv_ctl_el0, ENABLE);
    field("ahead", READ(cntv_ctl_el0), 1);
    WRITE(cntv_cval_el0, READ(cntpct_el0) - values[i] - 1);
    field("behind", READ(cntv_ctl_el0), 1);
    if (values[i] == UINT64_C(0x123456789abcdef0)) {
      WRITE(cntvoff_el2, values[i] + 0x10000000);
      field("moved", READ(cntv_ctl_el0), 1);
    }
    WRITE(cntv_ctl_el0, 0);
    end();
  }
  prepare();
  uint64_t a = READ(cntpct_el0);
  uint64_t b = READ(cntpct_el0);
  line("count", "");
  field("grows", b >= a, 1);
  end();
}

/** A timer that expires while a level waits: the interrupt, and what the GIC says of it. */
static void interrupts(void) {
  static const struct {
    const char *name;
    enum mode mode;
    int secure;
    uint64_t scr, hcr;
  } levels[] = {{"EL0", EL0t, 0, 0, 0},
                {"EL1", EL1h, 0, 0, 0},
                {"EL2", EL2h, 0, 0, HCR_IMO | HCR_FMO},
                {"EL1 to EL2", EL1h, 0, 0, HCR_IMO | HCR_FMO},
                {"EL1 to EL3", EL1h, 0, SCR_IRQ | SCR_FIQ, 0},
                {"S-EL1", EL1h, 1, 0, 0},
                {"S-EL1 to EL3", EL1h, 1, SCR_IRQ | SCR_FIQ, 0}};
  for (int t = 0; t < TIMERS; t++)
    for (int group = 0; group < 2; group++)
      for (size_t l = 0; l < sizeof levels / sizeof *levels; l++)
        for (int loop = 0; loop < 2; loop++) {
          prepare();
          gic_enable(timers[t].interrupt, group, 0x50);
          gic_on(GICC_CTLR_FIQEN | GICC_CTLR_ACKCTL);
          WRITE(sctlr_el1, READ(sctlr_el1) | SCTLR_NTWI);
          if (levels[l].secure) secure();
          WRITE(scr_el3, READ(scr_el3) | levels[l].scr);
          WRITE(hcr_el2, READ(hcr_el2) | levels[l].hcr);
          access[t].set_tval(20000);
          access[t].set_ctl(ENABLE);
          pstate = 0;
          heading(timers[t].name, group ? "group 1" : "group 0");
          line(levels[l].name, loop ? "looping" : "waiting");
          run(levels[l].mode, loop ? timers_loop : timers_wait);
          // Whether it struck before the WFI or during it depends on the machine's speed.
          target("taken");
          field("iar", gic_read(GICC, GICC_IAR), 3);
          field("ctl", access[t].ctl(), 1);
          access[t].set_ctl(0);
          gic_write(GICC, GICC_EOIR, (uint32_t)timers[t].interrupt);
          field("pending", (uint64_t)gic_pending(timers[t].interrupt), 1);
          end();
        }
  // The timer's own mask, written by the level that would be interrupted.
  prepare();
  gic_enable(PPI_VIRTUAL, 1, 0x50);
  gic_on(0);
  WRITE(cntv_cval_el0, 0);
  heading("", "");
  run(EL1h, timers_mask);
  show("IMASK cleared at EL1", "");
  WRITE(cntv_ctl_el0, 0);
}

static void frequency(void) {
  static const enum mode modes[] = {EL0t, EL1h, EL2h, EL3h};
  static const char *const names[] = {"EL0", "EL1", "EL2", "EL3"};
  uint64_t value = READ(cntfrq_el0);
  for (int m = 0; m < 4; m++) {
    prepare();
    WRITE(cntkctl_el1, 3);
    heading("frequency", names[m]);
    run(modes[m], timers_frequency);
    show_registers("read", "", 1);
    x[0] = value;
    run(modes[m], timers_set_frequency);
    show("write", "");
  }
}

void group_timers(void) {
  frequency();
  conditions();
  distances();
  offsets();
  interrupts();
  gic_reset();
}
