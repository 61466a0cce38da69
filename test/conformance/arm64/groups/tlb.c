// TLB maintenance: what stays in use without it, and which operation of which level removes it.
#include "../harness.h"

#define OLD UINT64_C(0xaaaa)
#define NEW UINT64_C(0xbbbb)
#define HERE (WINDOW + 0x100)

PROBE(tlb_load, "ldr x1, [x0]");
PROBE(tlb_store, "str x1, [x0]");
PROBE(tlb_jump, "br x0");

FORMS(tlb_el1);
FORM(tlb_el1, "tlbi vmalle1; dsb sy; isb");
FORM(tlb_el1, "tlbi vmalle1is; dsb sy; isb");
FORM(tlb_el1, "tlbi vae1, x2; dsb sy; isb");
FORM(tlb_el1, "tlbi vae1is, x2; dsb sy; isb");
FORM(tlb_el1, "tlbi vale1, x2; dsb sy; isb");
FORM(tlb_el1, "tlbi vale1is, x2; dsb sy; isb");
FORM(tlb_el1, "tlbi vaae1, x2; dsb sy; isb");
FORM(tlb_el1, "tlbi vaae1is, x2; dsb sy; isb");
FORM(tlb_el1, "tlbi vaale1, x2; dsb sy; isb");
FORM(tlb_el1, "tlbi vaale1is, x2; dsb sy; isb");
FORM(tlb_el1, "tlbi aside1, x3; dsb sy; isb");
FORM(tlb_el1, "tlbi aside1is, x3; dsb sy; isb");
FORMS_END(tlb_el1);

FORMS(tlb_el2_on_el1);
FORM(tlb_el2_on_el1, "tlbi alle1; dsb sy; isb");
FORM(tlb_el2_on_el1, "tlbi alle1is; dsb sy; isb");
FORM(tlb_el2_on_el1, "tlbi vmalls12e1; dsb sy; isb");
FORM(tlb_el2_on_el1, "tlbi vmalls12e1is; dsb sy; isb");
FORM(tlb_el2_on_el1, "tlbi vmalle1; dsb sy; isb");
FORM(tlb_el2_on_el1, "tlbi vae1, x2; dsb sy; isb");
FORMS_END(tlb_el2_on_el1);

FORMS(tlb_el2);
FORM(tlb_el2, "tlbi alle2; dsb sy; isb");
FORM(tlb_el2, "tlbi alle2is; dsb sy; isb");
FORM(tlb_el2, "tlbi vae2, x2; dsb sy; isb");
FORM(tlb_el2, "tlbi vae2is, x2; dsb sy; isb");
FORM(tlb_el2, "tlbi vale2, x2; dsb sy; isb");
FORM(tlb_el2, "tlbi vale2is, x2; dsb sy; isb");
FORMS_END(tlb_el2);

FORMS(tlb_el3);
FORM(tlb_el3, "tlbi alle3; dsb sy; isb");
FORM(tlb_el3, "tlbi alle3is; dsb sy; isb");
FORM(tlb_el3, "tlbi vae3, x2; dsb sy; isb");
FORM(tlb_el3, "tlbi vae3is, x2; dsb sy; isb");
FORM(tlb_el3, "tlbi vale3, x2; dsb sy; isb");
FORM(tlb_el3, "tlbi vale3is, x2; dsb sy; isb");
FORMS_END(tlb_el3);

FORMS(tlb_stage2);
FORM(tlb_stage2, "tlbi ipas2e1, x4; dsb sy; tlbi vmalle1; dsb sy; isb");
FORM(tlb_stage2, "tlbi ipas2e1is, x4; dsb sy; tlbi vmalle1is; dsb sy; isb");
FORM(tlb_stage2, "tlbi ipas2le1, x4; dsb sy; tlbi vmalle1; dsb sy; isb");
FORM(tlb_stage2, "tlbi vmalls12e1; dsb sy; isb");
FORM(tlb_stage2, "tlbi alle1; dsb sy; isb");
FORMS_END(tlb_stage2);

/** Operations of one regime leave the others alone. */
FORMS(tlb_foreign_el1);
FORM(tlb_foreign_el1, "tlbi alle2; dsb sy; isb");
FORM(tlb_foreign_el1, "tlbi vae2, x2; dsb sy; isb");
FORMS_END(tlb_foreign_el1);
FORMS(tlb_foreign_el2);
FORM(tlb_foreign_el2, "tlbi alle1; dsb sy; isb");
FORM(tlb_foreign_el2, "tlbi vmalle1; dsb sy; isb");
FORM(tlb_foreign_el2, "tlbi vae1, x2; dsb sy; isb");
FORMS_END(tlb_foreign_el2);
FORMS(tlb_foreign_el3);
FORM(tlb_foreign_el3, "tlbi alle2; dsb sy; isb");
FORM(tlb_foreign_el3, "tlbi alle1; dsb sy; isb");
FORMS_END(tlb_foreign_el3);

static const struct {
  const char *name;
  enum regime regime;
  /** Who looks, and who maintains. */
  enum mode mode, by;
  const struct form *forms;
} rows[] = {
    {"EL1 by EL1", EL1, EL1h, EL1h, tlb_el1},
    {"EL0 by EL1", EL1, EL0t, EL1h, tlb_el1},
    {"EL1 by EL2", EL1, EL1h, EL2h, tlb_el2_on_el1},
    {"EL1 by EL3", EL1, EL1h, EL3h, tlb_el2_on_el1},
    {"EL2 by EL2", EL2, EL2h, EL2h, tlb_el2},
    {"EL2 by EL3", EL2, EL2h, EL3h, tlb_el2},
    {"EL3 by EL3", EL3, EL3h, EL3h, tlb_el3},
    {"stage 2 by EL2", STAGE2, EL1h, EL2h, tlb_stage2},
    {"stage 2 by EL3", STAGE2, EL1h, EL3h, tlb_stage2},
    {"EL1, foreign, by EL2", EL1, EL1h, EL2h, tlb_foreign_el1},
    {"EL2, foreign, by EL2", EL2, EL2h, EL2h, tlb_foreign_el2},
    {"EL3, foreign, by EL3", EL3, EL3h, EL3h, tlb_foreign_el3},
};

static uint64_t descriptor_of(enum regime regime, uint64_t frame) {
  return frame | (regime == STAGE2 ? S2_PAGE : PAGE_RW | DESC_AP_EL0 | (regime == EL1 ? DESC_NG : 0));
}

static void operands(uint64_t page) {
  x[0] = HERE;
  x[2] = page >> 12 | UINT64_C(1) << 48;
  x[3] = UINT64_C(1) << 48;
  x[4] = page >> 12;
}

/** A window page that leads to OLD, looked at once, then to NEW without anyone saying so. @returns the descriptor */
static uint64_t *prepare(enum regime regime, enum mode mode) {
  reset();
  store(FRAME(0) + 0x100, OLD);
  store(FRAME(1) + 0x100, NEW);
  uint64_t *place = map(root[regime], WINDOW, 3, descriptor_of(regime, FRAME(0)));
  WRITE(ttbr0_el1, (uint64_t)root[EL1] | UINT64_C(1) << 48);
  translate(regime);
  operands(WINDOW);
  run(mode, tlb_load);
  field("first", observation.x[1], 4);
  store((uint64_t)place, descriptor_of(regime, FRAME(1)));
  return place;
}

static void look(const char *key, enum mode mode) {
  operands(WINDOW);
  x[1] = 0;
  run(mode, tlb_load);
  if (done())
    field(key, observation.x[1], 4);
  else
    outcome(key);
}

static void maintenance(void) {
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
    for (const struct form *form = rows[r].forms; form->probe; form++) {
      heading(rows[r].name, "");
      line(form->name, "");
      prepare(rows[r].regime, rows[r].mode);
      look("without", rows[r].mode);
      operands(WINDOW);
      run(rows[r].by, form->probe);
      look("with", rows[r].mode);
      end();
    }
}

/** An operation by address takes the page or block that holds it, and no other page. */
static void extents(void) {
  heading("EL1", "");
  line("another page", "");
  prepare(EL1, EL1h);
  operands(WINDOW + 0x1000);
  run(EL1h, tlb_el1[2].probe);
  look("with", EL1h);
  end();

  line("another address of the block", "");
  reset();
  store(FRAME(0) + 0x100, OLD);
  store(UINT64_C(0x42400100), NEW);
  uint64_t *place = map(root[EL1], WINDOW, 2, UINT64_C(0x42000000) | BLOCK_RW);
  translate(EL1);
  x[0] = (WINDOW & ~UINT64_C(0x1fffff)) + 0x100;
  run(EL1h, tlb_load);
  field("first", observation.x[1], 4);
  store((uint64_t)place, UINT64_C(0x42400000) | BLOCK_RW);
  run(EL1h, tlb_load);
  field("without", observation.x[1], 4);
  operands((WINDOW & ~UINT64_C(0x1fffff)) + 0x7000);
  run(EL1h, tlb_el1[2].probe);
  x[0] = (WINDOW & ~UINT64_C(0x1fffff)) + 0x100;
  run(EL1h, tlb_load);
  field("with", observation.x[1], 4);
  end();
}

/** What never was valid is not remembered; what was restricted is, until it is invalidated. */
static void permissions(void) {
  static const struct {
    const char *name;
    uint64_t before, after;
    const uint32_t *probe;
  } changes[] = {
      {"invalid to valid", 0, FRAME(0) | PAGE_RW, tlb_load},
      {"no access flag to access flag", FRAME(0) | (PAGE_RW & ~DESC_AF), FRAME(0) | PAGE_RW, tlb_load},
      {"valid to invalid", FRAME(0) | PAGE_RW, 0, tlb_load},
      {"writable to read-only", FRAME(0) | PAGE_RW, FRAME(0) | PAGE_RW | DESC_AP_RO, tlb_store},
      {"executable to not", FRAME(0) | PAGE_RW, FRAME(0) | PAGE_RW | DESC_PXN, tlb_jump},
  };
  for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
    reset();
    put_instruction(FRAME(0) + 0x100, INSTRUCTION_DONE);
    uint64_t *place = map(root[EL1], WINDOW, 3, changes[i].before);
    translate(EL1);
    heading("EL1", "");
    line(changes[i].name, "");
    x[0] = HERE;
    x[1] = INSTRUCTION_DONE;
    run(EL1h, changes[i].probe);
    outcome("before");
    store((uint64_t)place, changes[i].after);
    run(EL1h, changes[i].probe);
    outcome("without");
    operands(WINDOW);
    x[1] = INSTRUCTION_DONE;
    run(EL1h, tlb_el1[0].probe);
    x[0] = HERE;
    run(EL1h, changes[i].probe);
    outcome("with");
    end();
  }
}

/** Address spaces with a tag each need no maintenance when they take turns. */
static void tags(void) {
  reset();
  store(FRAME(0) + 0x100, OLD);
  store(FRAME(1) + 0x100, NEW);
  uint64_t *second = new_table();
  second[0] = root[EL1][0];
  map(root[EL1], WINDOW, 3, descriptor_of(EL1, FRAME(0)));
  map(second, WINDOW, 3, descriptor_of(EL1, FRAME(1)));
  translate(EL1);
  heading("tags", "");
  line("ASID", "");
  for (int i = 0; i < 4; i++) {
    WRITE(ttbr0_el1, i & 1 ? (uint64_t)second | UINT64_C(2) << 48 : (uint64_t)root[EL1] | UINT64_C(1) << 48);
    look(i & 1 ? "two" : "one", EL1h);
  }
  end();

  reset();
  second = new_table();
  second[0] = root[STAGE2][0];
  map(root[STAGE2], WINDOW, 3, FRAME(0) | S2_PAGE);
  map(second, WINDOW, 3, FRAME(1) | S2_PAGE);
  translate(STAGE2);
  line("VMID", "");
  for (int i = 0; i < 4; i++) {
    WRITE(vttbr_el2, i & 1 ? (uint64_t)second | UINT64_C(2) << 48 : (uint64_t)root[STAGE2] | UINT64_C(1) << 48);
    look(i & 1 ? "two" : "one", EL1h);
  }
  end();

  // Levels have regimes of their own.
  reset();
  store(FRAME(2) + 0x100, 0xcccc);
  map(root[EL1], WINDOW, 3, descriptor_of(EL1, FRAME(0)));
  map(root[EL2], WINDOW, 3, descriptor_of(EL2, FRAME(1)));
  map(root[EL3], WINDOW, 3, descriptor_of(EL3, FRAME(2)));
  translate(EL1);
  translate(EL2);
  translate(EL3);
  line("regimes", "");
  for (int i = 0; i < 2; i++) {
    look("el1", EL1h);
    look("el2", EL2h);
    look("el3", EL3h);
    look("el0", EL0t);
  }
  end();
  WRITE(sctlr_el3, READ(sctlr_el3) & ~SCTLR_M);

  // The secure and the non-secure EL1 too.
  reset();
  store(FRAME(0) + 0x100, OLD);
  store(FRAME(1) + 0x100, NEW);
  second = new_table();
  second[0] = root[EL1][0];
  map(root[EL1], WINDOW, 3, descriptor_of(EL1, FRAME(0)));
  map(second, WINDOW, 3, descriptor_of(EL1, FRAME(1)));
  translate(EL1);
  line("worlds", "");
  uint64_t scr = READ(scr_el3);
  for (int i = 0; i < 4; i++) {
    WRITE(scr_el3, i & 1 ? scr & ~SCR_NS : scr);
    WRITE(ttbr0_el1, i & 1 ? second : root[EL1]);
    look(i & 1 ? "secure" : "non-secure", EL1h);
  }
  end();
}

void group_tlb(void) {
  maintenance();
  extents();
  permissions();
  tags();
  reset();
}
