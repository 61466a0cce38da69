// Self-hosted debug: breakpoints, watchpoints and software step, by level, enable and routing; BRK under MDCR_EL2.TDE.
#include "../harness.h"

PROBE(debug_nop, "nop");
PROBE(debug_step, "nop\n\tnop");
PROBE(debug_exclusive, "ldxr x1, [x0]\n\tnop");
PROBE(debug_svc, "svc #0x77");
PROBE(debug_brk, "brk #0x88");
PROBE(debug_context, "msr contextidr_el1, x0\n\tisb\n\tnop");

FORMS(debug_accesses);
FORM(debug_accesses, "ldrb w1, [x0]");
FORM(debug_accesses, "ldrh w1, [x0]");
FORM(debug_accesses, "ldr w1, [x0]");
FORM(debug_accesses, "ldr x1, [x0]");
FORM(debug_accesses, "ldur x1, [x0, #-7]");
FORM(debug_accesses, "ldp x1, x2, [x0, #-8]");
FORM(debug_accesses, "ldxr w1, [x0]");
FORM(debug_accesses, "ldar x1, [x0]");
FORM(debug_accesses, "ldtr x1, [x0]");
FORM(debug_accesses, "strb w1, [x0]");
FORM(debug_accesses, "str x1, [x0]");
FORM(debug_accesses, "str x1, [x0], #8");
FORM(debug_accesses, "stp w1, w2, [x0, #-4]!");
FORM(debug_accesses, "stlr w1, [x0]");
FORM(debug_accesses, "sttr w1, [x0]");
FORMS_END(debug_accesses);

#define MDSCR_SS BIT(0)
#define MDSCR_KDE BIT(13)
#define MDSCR_MDE BIT(15)
#define MDCR_EL2_TDE BIT(8)
#define MDCR_EL3_SDD BIT(16)
#define PSTATE_SS BIT(21)
/** Fields of DBGBCR and DBGWCR. */
#define ENABLED BIT(0)
#define PMC(n) ((uint64_t)(n) << 1)
#define ALL_BYTES (UINT64_C(15) << 5)
#define BAS(n) ((uint64_t)(n) << 5)
#define LOADS BIT(3)
#define STORES BIT(4)
#define HMC(n) ((uint64_t)(n) << 13)
#define SSC(n) ((uint64_t)(n) << 14)
#define LINKED(n) ((uint64_t)(n) << 16)
#define TYPE(n) ((uint64_t)(n) << 20)
#define MASK(n) ((uint64_t)(n) << 24)
/** EL0, EL1 and EL2 in both worlds. */
#define EVERYWHERE (ENABLED | PMC(3) | HMC(1))
/** First of the comparators that can hold a context. */
#define CONTEXT 4

static const struct {
  const char *name;
  enum mode mode;
  int secure;
} levels[] = {{"EL0", EL0t, 0}, {"EL1", EL1h, 0}, {"EL2", EL2h, 0}, {"EL3", EL3h, 0}, {"S-EL0", EL0t, 1}, {"S-EL1", EL1h, 1}};
enum { LEVELS = sizeof levels / sizeof *levels };

/** Switches all comparators off and unlocks them. */
static void prepare(void) {
  reset();
  WRITE(oslar_el1, 0);
  WRITE(dbgbcr0_el1, 0);
  WRITE(dbgbcr1_el1, 0);
  WRITE(dbgbcr4_el1, 0);
  WRITE(dbgwcr0_el1, 0);
  WRITE(dbgwcr1_el1, 0);
  WRITE(mdscr_el1, 0);
  pstate = PSTATE_DAIF & ~PSTATE_D;
}

static void breakpoint(uint64_t control, const uint32_t *at) {
  WRITE(dbgbvr0_el1, at);
  WRITE(dbgbcr0_el1, control);
}

static void watchpoint(uint64_t control, uint64_t at) {
  WRITE(dbgwvr0_el1, at);
  WRITE(dbgwcr0_el1, control);
}

static void run_on(int level, const uint32_t *probe) {
  if (levels[level].secure) secure();
  run(levels[level].mode, probe);
}

/** What switches a debug exception on and where it goes (D2.3, D2.4). */
static const struct {
  const char *name;
  uint64_t mdscr, mdcr_el2, mdcr_el3, hcr, pstate, lock;
} enables[] = {
    {"MDE", MDSCR_MDE, 0, 0, 0, 0, 0},
    {"MDE D", MDSCR_MDE, 0, 0, 0, PSTATE_D, 0},
    {"MDE KDE", MDSCR_MDE | MDSCR_KDE, 0, 0, 0, 0, 0},
    {"MDE KDE D", MDSCR_MDE | MDSCR_KDE, 0, 0, 0, PSTATE_D, 0},
    {"MDE TDE", MDSCR_MDE, MDCR_EL2_TDE, 0, 0, 0, 0},
    {"MDE KDE TDE", MDSCR_MDE | MDSCR_KDE, MDCR_EL2_TDE, 0, 0, 0, 0},
    {"MDE KDE TDE D", MDSCR_MDE | MDSCR_KDE, MDCR_EL2_TDE, 0, 0, PSTATE_D, 0},
    {"MDE KDE SDD", MDSCR_MDE | MDSCR_KDE, 0, MDCR_EL3_SDD, 0, 0, 0},
    {"MDE TGE", MDSCR_MDE, 0, 0, HCR_TGE, 0, 0},
    {"KDE", MDSCR_KDE, 0, 0, 0, 0, 0},
    {"MDE KDE lock", MDSCR_MDE | MDSCR_KDE, 0, 0, 0, 0, 1},
};
enum { ENABLES = sizeof enables / sizeof *enables };

static void enable(size_t row, uint64_t more) {
  WRITE(mdscr_el1, enables[row].mdscr | more);
  WRITE(mdcr_el2, READ(mdcr_el2) | enables[row].mdcr_el2);
  WRITE(mdcr_el3, enables[row].mdcr_el3);
  WRITE(hcr_el2, READ(hcr_el2) | enables[row].hcr);
  pstate = (pstate & ~PSTATE_D) | enables[row].pstate;
  WRITE(oslar_el1, enables[row].lock);
}

/** TGE has a meaning for EL0 and EL2 alone: EL1 cannot be entered under it. */
static int possible(size_t row, int level) { return !enables[row].hcr || levels[level].mode != EL1h; }

static void breakpoints(void) {
  heading("breakpoint", "");
  for (size_t i = 0; i < ENABLES; i++)
    for (int l = 0; l < LEVELS; l++) {
      if (!possible(i, l)) continue;
      prepare();
      breakpoint(EVERYWHERE | ALL_BYTES, debug_nop);
      enable(i, 0);
      run_on(l, debug_nop);
      show(levels[l].name, enables[i].name);
    }
  // Which level and world a breakpoint is about; reserved combinations are an implementation's choice.
  static const uint8_t controls[][3] = {{0, 0, 1}, {0, 0, 2}, {0, 0, 3}, {0, 1, 1}, {0, 1, 2}, {0, 1, 3}, {0, 2, 1}, {0, 2, 2},
                                        {0, 2, 3}, {1, 0, 1}, {1, 0, 3}, {1, 1, 1}, {1, 1, 3}, {1, 3, 0}};
  for (size_t i = 0; i < sizeof controls / sizeof *controls; i++) {
    const uint8_t *c = controls[i];
    char name[] = {'h', (char)('0' + c[0]), 's', (char)('0' + c[1]), 'p', (char)('0' + c[2]), 0};
    line("control", name);
    for (int l = 0; l < LEVELS; l++) {
      prepare();
      breakpoint(ENABLED | ALL_BYTES | HMC(c[0]) | SSC(c[1]) | PMC(c[2]), debug_nop);
      WRITE(mdscr_el1, MDSCR_MDE | MDSCR_KDE);
      WRITE(mdcr_el2, READ(mdcr_el2) | (levels[l].mode == EL2h ? MDCR_EL2_TDE : 0));
      run_on(l, debug_nop);
      outcome(levels[l].name);
    }
    end();
  }
  static const struct {
    const char *name;
    uint64_t context, wanted;
  } contexts[] = {{"same context", 7, 7}, {"another context", 7, 8}};
  for (size_t i = 0; i < sizeof contexts / sizeof *contexts; i++) {
    prepare();
    WRITE(dbgbvr4_el1, contexts[i].wanted);
    WRITE(dbgbcr4_el1, EVERYWHERE | ALL_BYTES | TYPE(3));
    breakpoint(EVERYWHERE | ALL_BYTES | TYPE(1) | LINKED(CONTEXT), debug_nop);
    WRITE(contextidr_el1, contexts[i].context);
    WRITE(mdscr_el1, MDSCR_MDE | MDSCR_KDE);
    run(EL1h, debug_nop);
    show("linked", contexts[i].name);
  }
  prepare();
  WRITE(dbgbvr4_el1, 9);
  WRITE(dbgbcr4_el1, EVERYWHERE | ALL_BYTES | TYPE(3));
  breakpoint(EVERYWHERE | ALL_BYTES | TYPE(1) | LINKED(CONTEXT), debug_context + 2);
  WRITE(mdscr_el1, MDSCR_MDE | MDSCR_KDE);
  x[0] = 9;
  run(EL1h, debug_context);
  show("linked", "context changes");
  prepare();
  breakpoint(EVERYWHERE | ALL_BYTES, debug_step + 1);
  WRITE(mdscr_el1, MDSCR_MDE);
  run(EL0t, debug_step);
  show("second", "instruction");
}

static void watchpoints(void) {
  heading("watchpoint", "");
  for (const struct form *f = debug_accesses; f->probe; f++) {
    static const struct {
      const char *name;
      uint64_t control, offset;
    } rows[] = {{"loads", LOADS | BAS(0xff), 0},       {"stores", STORES | BAS(0xff), 0}, {"byte 0", LOADS | STORES | BAS(1), 0},
                {"byte 3", LOADS | STORES | BAS(8), 0}, {"before", LOADS | STORES | BAS(0xff), 8}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
      prepare();
      x[0] = FRAME(0) + 0x40;
      watchpoint(EVERYWHERE | rows[i].control, x[0] - rows[i].offset);
      WRITE(mdscr_el1, MDSCR_MDE | MDSCR_KDE);
      translate(EL1);
      run(EL1h, f->probe);
      show(f->name, rows[i].name);
    }
  }
  for (size_t i = 0; i < ENABLES; i++)
    for (int l = 0; l < LEVELS; l++) {
      if (!possible(i, l)) continue;
      prepare();
      x[0] = FRAME(0) + 0x40;
      watchpoint(EVERYWHERE | LOADS | BAS(0xff), x[0]);
      enable(i, 0);
      run_on(l, debug_accesses[2].probe);
      show(levels[l].name, enables[i].name);
    }
  // A range of 2 KiB: its last byte, and the byte behind it.
  for (int i = 0; i < 2; i++) {
    prepare();
    x[0] = FRAME(0) + 0x7ff + (uint64_t)i;
    watchpoint(EVERYWHERE | LOADS | BAS(0xff) | MASK(11), FRAME(0));
    WRITE(mdscr_el1, MDSCR_MDE);
    run(EL0t, debug_accesses[0].probe);
    show("range", i ? "behind" : "last byte");
  }
}

static void steps(void) {
  heading("step", "");
  static const struct {
    const char *name;
    const uint32_t *probe;
  } probes[] = {{"nop", debug_step}, {"exclusive", debug_exclusive}, {"svc", debug_svc}};
  for (size_t p = 0; p < sizeof probes / sizeof *probes; p++)
    for (int active = 0; active < 2; active++)
      for (int l = 0; l < LEVELS; l++) {
        prepare();
        x[0] = FRAME(0);
        WRITE(mdscr_el1, MDSCR_SS | MDSCR_KDE);
        WRITE(mdcr_el2, READ(mdcr_el2) | (levels[l].mode == EL2h ? MDCR_EL2_TDE : 0));
        pstate |= active ? PSTATE_SS : 0;
        heading("step", probes[p].name);
        run_on(l, probes[p].probe);
        show(levels[l].name, active ? "active" : "pending");
      }
  heading("step", "");
  for (size_t i = 0; i < ENABLES; i++)
    for (int l = 0; l < LEVELS; l++) {
      if (!possible(i, l)) continue;
      prepare();
      enable(i, MDSCR_SS);
      pstate |= PSTATE_SS;
      run_on(l, debug_step);
      show(levels[l].name, enables[i].name);
    }
  // Both at once: the step comes first where an instruction has just run, the breakpoint before the first.
  prepare();
  breakpoint(EVERYWHERE | ALL_BYTES, debug_step + 1);
  WRITE(mdscr_el1, MDSCR_SS | MDSCR_MDE);
  pstate |= PSTATE_SS;
  run(EL0t, debug_step);
  show("with breakpoint", "behind");
}

static void instructions(void) {
  heading("brk", "");
  for (int tde = 0; tde < 2; tde++)
    for (int l = 0; l < LEVELS; l++) {
      prepare();
      if (tde) WRITE(mdcr_el2, READ(mdcr_el2) | MDCR_EL2_TDE);
      run_on(l, debug_brk);
      show(levels[l].name, tde ? "TDE" : "plain");
    }
}

void group_debug(void) {
  breakpoints();
  watchpoints();
  steps();
  instructions();
  prepare();
}
