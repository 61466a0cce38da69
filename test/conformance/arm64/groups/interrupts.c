// Where interrupts go and what masks them: SCR_EL3, HCR_EL2 and PSTATE, for each level and both worlds; virtual ones.
#include "../gic.h"
#include "../harness.h"

#define SGI 5

PROBE(interrupts_idle, "nop\n\tnop\n\tnop");
PROBE(interrupts_unmask, "nop\n\tmsr daifclr, #3\n\tnop\n\tnop");
PROBE(interrupts_wait, "wfi\n\tnop");
PROBE(interrupts_status, "mrs x0, isr_el1");
// Opens EL0's mask on the way down from EL1.
PROBE(interrupts_return, "adr x0, 1f\n\tmsr elr_el1, x0\n\tmsr spsr_el1, xzr\n\tmov x0, #0\n\teret\n1:\tnop\n\tnop");
PROBE(interrupts_storm, "msr daifclr, #2\n\tmsr daifset, #2\n\tnop");

static const struct {
  const char *name;
  enum mode mode;
  int secure;
} levels[] = {{"EL0", EL0t, 0},   {"EL1", EL1h, 0},   {"EL2", EL2h, 0},
              {"EL3", EL3h, 0},   {"S-EL0", EL0t, 1}, {"S-EL1", EL1h, 1}};

static const struct {
  const char *name;
  uint64_t scr, hcr;
} routes[] = {{"plain", 0, 0},
              {"SCR", 1, 0},
              {"HCR", 0, 1},
              {"SCR HCR", 1, 1},
              {"TGE", 0, HCR_TGE},
              {"SCR TGE", 1, HCR_TGE}};

static void physical(int fiq, int level, int route) {
  reset();
  gic_reset();
  gic_enable(SGI, fiq ? 0 : 1, 0x40);
  gic_on(fiq ? GICC_CTLR_FIQEN : 0);
  gic_sgi(SGI);
  if (levels[level].secure) secure();
  if (routes[route].scr) WRITE(scr_el3, READ(scr_el3) | (fiq ? SCR_FIQ : SCR_IRQ));
  if (routes[route].hcr == 1) WRITE(hcr_el2, READ(hcr_el2) | (fiq ? HCR_FMO : HCR_IMO));
  if (routes[route].hcr == HCR_TGE) WRITE(hcr_el2, READ(hcr_el2) | HCR_TGE);
}

static void routing(void) {
  for (int fiq = 0; fiq < 2; fiq++)
    for (int level = 0; level < 6; level++)
      for (int route = 0; route < 6; route++) {
        // With TGE there is no EL1.
        if (routes[route].hcr == HCR_TGE && levels[level].mode == EL1h && !levels[level].secure) continue;
        heading(fiq ? "FIQ" : "IRQ", levels[level].name);
        line(routes[route].name, "");
        static const struct {
          const char *name;
          uint64_t pstate;
        } masks[] = {{"open", 0}, {"masked", PSTATE_DAIF}, {"other", 1}};
        for (int m = 0; m < 3; m++) {
          physical(fiq, level, route);
          pstate = masks[m].pstate == 1 ? (fiq ? PSTATE_I | PSTATE_A : PSTATE_F | PSTATE_A) : masks[m].pstate;
          run(levels[level].mode, interrupts_idle);
          outcome(masks[m].name);
        }
        field("spsr", observation.spsr, 8);
        field("daif", observation.daif, 3);
        end();
      }
}

/** Where within a probe the interrupt strikes. */
static void places(void) {
  physical(0, 1, 0);
  run(EL1h, interrupts_unmask);
  heading("IRQ", "");
  show("unmasked by MSR", "");
  physical(0, 1, 0);
  run(EL1h, interrupts_storm);
  show("unmasked for one instruction", "");
  physical(0, 1, 0);
  run(EL1h, interrupts_return);
  show("unmasked by ERET", "");
  physical(0, 1, 0);
  run(EL1h, interrupts_wait);
  show("WFI, masked", "");
  physical(0, 1, 0);
  pstate = PSTATE_D | PSTATE_A | PSTATE_F;
  run(EL1h, interrupts_wait);
  show("WFI, open", "");
  physical(1, 1, 0);
  run(EL1h, interrupts_unmask);
  heading("FIQ", "");
  show("unmasked by MSR", "");
  // Both pending: FIQ first.
  physical(0, 1, 0);
  gic_enable(6, 0, 0x80);
  gic_on(GICC_CTLR_FIQEN);
  gic_sgi(6);
  heading("both", "");
  run(EL1h, interrupts_unmask);
  show("IRQ has the higher priority in the GIC", "");
}

static void status(void) {
  static const enum mode modes[] = {EL1h, EL2h, EL3h};
  static const char *const names[] = {"EL1", "EL2", "EL3"};
  for (int fiq = 0; fiq < 2; fiq++)
    for (int m = 0; m < 3; m++) {
      physical(fiq, 1, 0);
      heading("ISR_EL1", names[m]);
      run(modes[m], interrupts_status);
      show_registers(fiq ? "FIQ pending" : "IRQ pending", "", 1);
    }
}

/** With HCR_EL2.IMO, ISR_EL1 at EL1 shows the virtual interrupts, at EL2 the physical ones. */
static void status_of_virtual(void) {
  static const enum mode modes[] = {EL1h, EL2h, EL3h};
  static const char *const names[] = {"EL1", "EL2", "EL3"};
  for (int m = 1; m < 3; m++) {
    physical(0, 1, 2);
    heading("ISR_EL1", names[m]);
    run(modes[m], interrupts_status);
    show_registers("IRQ pending, IMO", "", 1);
  }
  reset();
  gic_reset();
  WRITE(hcr_el2, READ(hcr_el2) | HCR_IMO | HCR_FMO);
  heading("ISR_EL1", names[0]);
  run(EL1h, interrupts_status);
  show_registers("nothing pending, IMO", "", 1);
}

static const struct {
  const char *name;
  uint64_t hcr;
} virtuals[] = {{"VI", HCR_VI | HCR_IMO},
                {"VF", HCR_VF | HCR_FMO},
                {"VSE", HCR_VSE | HCR_AMO},
                {"VI without IMO", HCR_VI},
                {"VF without FMO", HCR_VF},
                {"VSE without AMO", HCR_VSE},
                {"VI and VF", HCR_VI | HCR_IMO | HCR_VF | HCR_FMO}};

static void virtual_interrupts(void) {
  for (size_t v = 0; v < sizeof virtuals / sizeof *virtuals; v++)
    for (int level = 0; level < 4; level++) {
      heading(virtuals[v].name, levels[level].name);
      // Which of two asynchronous exceptions comes first is an implementation's choice.
      if (virtuals[v].hcr & HCR_VI && virtuals[v].hcr & HCR_VF) continue;
      line("", "");
      for (int masked = 0; masked < 2; masked++) {
        reset();
        gic_reset();
        WRITE(hcr_el2, READ(hcr_el2) | virtuals[v].hcr);
        pstate = masked ? PSTATE_DAIF : 0;
        run(levels[level].mode, interrupts_idle);
        outcome(masked ? "masked" : "open");
      }
      end();
    }
  for (size_t v = 0; v < sizeof virtuals / sizeof *virtuals; v++) {
    heading("ISR_EL1", virtuals[v].name);
    reset();
    gic_reset();
    WRITE(hcr_el2, READ(hcr_el2) | virtuals[v].hcr);
    run(EL1h, interrupts_status);
    show_registers("EL1", "", 1);
  }
  // A virtual interrupt does not reach the secure world.
  reset();
  gic_reset();
  WRITE(hcr_el2, READ(hcr_el2) | HCR_VI | HCR_IMO);
  secure();
  pstate = 0;
  heading("VI", "");
  run(EL1h, interrupts_idle);
  show("S-EL1", "");
  // A physical interrupt that HCR_EL2.IMO takes to EL2, beside a virtual one for EL1.
  physical(0, 1, 2);
  WRITE(hcr_el2, READ(hcr_el2) | HCR_VI);
  pstate = 0;
  run(EL1h, interrupts_idle);
  show("and a physical IRQ", "");
}

void group_interrupts(void) {
  routing();
  places();
  status();
  status_of_virtual();
  virtual_interrupts();
  gic_reset();
}
