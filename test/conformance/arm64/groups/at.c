// Address translation instructions and PAR_EL1.
#include "../harness.h"

FORMS(at_el1);
FORM(at_el1, "at s1e1r, x0; isb; mrs x1, par_el1");
FORM(at_el1, "at s1e1w, x0; isb; mrs x1, par_el1");
FORM(at_el1, "at s1e0r, x0; isb; mrs x1, par_el1");
FORM(at_el1, "at s1e0w, x0; isb; mrs x1, par_el1");
FORMS_END(at_el1);

FORMS(at_el12);
FORM(at_el12, "at s12e1r, x0; isb; mrs x1, par_el1");
FORM(at_el12, "at s12e1w, x0; isb; mrs x1, par_el1");
FORM(at_el12, "at s12e0r, x0; isb; mrs x1, par_el1");
FORM(at_el12, "at s12e0w, x0; isb; mrs x1, par_el1");
FORMS_END(at_el12);

FORMS(at_el2);
FORM(at_el2, "at s1e2r, x0; isb; mrs x1, par_el1");
FORM(at_el2, "at s1e2w, x0; isb; mrs x1, par_el1");
FORMS_END(at_el2);

FORMS(at_el3);
FORM(at_el3, "at s1e3r, x0; isb; mrs x1, par_el1");
FORM(at_el3, "at s1e3w, x0; isb; mrs x1, par_el1");
FORMS_END(at_el3);

/** PAR_EL1 after success: address, attributes, shareability; after a fault: class, stage, walk. */
static void show_par(void) {
  if (!done()) {
    outcome("taken");
    return;
  }
  uint64_t par = observation.x[1];
  field("f", par & 1, 1);
  if (par & 1) {
    field("fst", par >> 1 & 0x3f, 2);
    field("ptw", par >> 8 & 1, 1);
    field("s", par >> 9 & 1, 1);
  } else {
    field("pa", par & UINT64_C(0xfffffffff000), 12);
    field("attr", par >> 56, 2);
    // Device and Non-cacheable memory is outer shareable whatever the descriptor says; not every machine tells.
    if (par >> 60 != 0 && par >> 60 != 4) field("sh", par >> 7 & 3, 1);
  }
}

static const struct {
  const char *name;
  int level;
  uint64_t descriptor;
} rows[] = {{"writable", 3, FRAME(1) | PAGE_RW | DESC_AP_EL0},
            {"privileged", 3, FRAME(1) | PAGE_RW},
            {"read-only", 3, FRAME(1) | PAGE_RW | DESC_AP_EL0 | DESC_AP_RO},
            {"2 MiB block", 2, UINT64_C(0x42000000) | BLOCK_RW | DESC_AP_EL0},
            {"1 GiB block", 1, UINT64_C(0x40000000) | BLOCK_RW | DESC_AP_EL0},
            {"non-cacheable", 3, FRAME(1) | (PAGE_RW & ~DESC_ATTR(7) & ~DESC_SH_INNER) | DESC_ATTR(2) | DESC_AP_EL0},
            {"device", 3, FRAME(1) | (PAGE_RW & ~DESC_ATTR(7) & ~DESC_SH_INNER) | DESC_ATTR(0) | DESC_AP_EL0},
            {"translation L0", 0, 0},
            {"translation L1", 1, 0},
            {"translation L2", 2, 0},
            {"translation L3", 3, 0},
            {"access flag L2", 2, UINT64_C(0x42000000) | (BLOCK_RW & ~DESC_AF) | DESC_AP_EL0},
            {"access flag L3", 3, FRAME(1) | (PAGE_RW & ~DESC_AF) | DESC_AP_EL0},
            {"address size L3", 3, PAGE_RW | DESC_AP_EL0 | BIT(46)}};

static void stage1(const char *name, enum regime regime, enum mode mode, const struct form *forms) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    // AP[1] is RES1 where there is one privilege.
    if (regime != EL1 && i == 1) continue;
    for (const struct form *form = forms; form->probe; form++) {
      reset();
      map(root[regime], WINDOW, rows[i].level, rows[i].descriptor);
      translate(regime);
      x[0] = WINDOW + 0x123;
      heading(name, rows[i].name);
      line(form->name, "");
      run(mode, form->probe);
      show_par();
      end();
    }
  }
  for (const struct form *form = forms; form->probe; form++) {
    reset();
    x[0] = UINT64_C(0x42345678);
    heading(name, "MMU off");
    line(form->name, "");
    run(mode, form->probe);
    show_par();
    end();
  }
}

static const struct {
  const char *name;
  uint64_t stage1, stage2;
} pairs[] = {{"both valid", WINDOW | PAGE_RW | DESC_AP_EL0, FRAME(2) | S2_PAGE},
             {"stage 1 invalid", 0, FRAME(2) | S2_PAGE},
             {"stage 2 invalid", WINDOW | PAGE_RW | DESC_AP_EL0, 0},
             {"stage 2 without access flag", WINDOW | PAGE_RW | DESC_AP_EL0, FRAME(2) | (S2_PAGE & ~DESC_AF)},
             {"stage 2 read-only", WINDOW | PAGE_RW | DESC_AP_EL0, FRAME(2) | (S2_PAGE & ~S2_WRITE)},
             {"stage 1 read-only", WINDOW | PAGE_RW | DESC_AP_EL0 | DESC_AP_RO, FRAME(2) | S2_PAGE}};

#define VIRTUAL (WINDOW + UINT64_C(0x8040201000))

static void prepare(int pair, int stage2) {
  reset();
  map(root[EL1], VIRTUAL, 3, pairs[pair].stage1);
  map(root[STAGE2], WINDOW, 3, pairs[pair].stage2);
  translate(EL1);
  if (stage2) translate(STAGE2);
  x[0] = VIRTUAL + 0x123;
}

static void both_stages(void) {
  static const struct {
    const char *name;
    enum mode mode;
    const struct form *forms;
  } by[] = {{"stage 1 of two by EL1", EL1h, at_el1}, {"by EL2", EL2h, at_el12}, {"stage 1 of two by EL2", EL2h, at_el1}};
  for (size_t b = 0; b < sizeof by / sizeof *by; b++)
    for (size_t p = 0; p < sizeof pairs / sizeof *pairs; p++)
      for (const struct form *form = by[b].forms; form->probe; form++) {
        prepare((int)p, 1);
        heading(by[b].name, pairs[p].name);
        line(form->name, "");
        run(by[b].mode, form->probe);
        show_par();
        end();
      }
  // A table of stage 1 that faults at stage 2.
  for (int m = 0; m < 2; m++)
    for (const struct form *form = m ? at_el12 : at_el1; form->probe; form++) {
      reset();
      map(root[EL1], VIRTUAL, 2, WINDOW | DESC_TABLE);
      map(root[STAGE2], WINDOW, 3, 0);
      translate(EL1);
      translate(STAGE2);
      x[0] = VIRTUAL + 0x123;
      heading("table absent at stage 2", m ? "by EL2" : "by EL1");
      line(form->name, "");
      run(m ? EL2h : EL1h, form->probe);
      show_par();
      end();
    }
}

void group_at(void) {
  stage1("EL1", EL1, EL1h, at_el1);
  stage1("EL1 by EL2", EL1, EL2h, at_el1);
  stage1("EL1 by EL3", EL1, EL3h, at_el1);
  stage1("EL2", EL2, EL2h, at_el2);
  stage1("EL2 by EL3", EL2, EL3h, at_el2);
  stage1("EL3", EL3, EL3h, at_el3);
  both_stages();
}
