// Exclusive accesses, acquire and release.
#include "../harness.h"

FORMS(exclusive_pass);
FORM(exclusive_pass, "ldxrb w1, [x0]; stxrb w2, w3, [x0]");
FORM(exclusive_pass, "ldxrh w1, [x0]; stxrh w2, w3, [x0]");
FORM(exclusive_pass, "ldxr w1, [x0]; stxr w2, w3, [x0]");
FORM(exclusive_pass, "ldxr x1, [x0]; stxr w2, x3, [x0]");
FORM(exclusive_pass, "ldaxrb w1, [x0]; stlxrb w2, w3, [x0]");
FORM(exclusive_pass, "ldaxrh w1, [x0]; stlxrh w2, w3, [x0]");
FORM(exclusive_pass, "ldaxr w1, [x0]; stlxr w2, w3, [x0]");
FORM(exclusive_pass, "ldaxr x1, [x0]; stlxr w2, x3, [x0]");
FORM(exclusive_pass, "ldxp w1, w4, [x0]; stxp w2, w3, w5, [x0]");
FORM(exclusive_pass, "ldxp x1, x4, [x0]; stxp w2, x3, x5, [x0]");
FORM(exclusive_pass, "ldaxp w1, w4, [x0]; stlxp w2, w3, w5, [x0]");
FORM(exclusive_pass, "ldaxp x1, x4, [x0]; stlxp w2, x3, x5, [x0]");
FORM(exclusive_pass, "ldxr x1, [x0]; stxr w2, xzr, [x0]");
FORM(exclusive_pass, "ldxr x1, [x0]; mov x4, x1; add x5, x1, #1; stxr w2, x5, [x0]");
FORMS_END(exclusive_pass);

FORMS(exclusive_fail);
FORM(exclusive_fail, "stxr w2, x3, [x0]");
FORM(exclusive_fail, "stxrb w2, w3, [x0]");
FORM(exclusive_fail, "stxp w2, x3, x5, [x0]");
FORM(exclusive_fail, "ldxr x1, [x0]; clrex; stxr w2, x3, [x0]");
FORM(exclusive_fail, "ldxr x1, [x0]; stxr w4, x3, [x0]; stxr w2, x5, [x0]");
FORM(exclusive_fail, "ldxr x1, [x0]; clrex #7; stlxr w2, x3, [x0]");
FORMS_END(exclusive_fail);

FORMS(exclusive_plain);
FORM(exclusive_plain, "ldarb w1, [x0]; ldarh w4, [x0]");
FORM(exclusive_plain, "ldar w1, [x0]; ldar x4, [x0]");
FORM(exclusive_plain, "stlrb w3, [x0]");
FORM(exclusive_plain, "stlrh w3, [x0]");
FORM(exclusive_plain, "stlr w3, [x0]");
FORM(exclusive_plain, "stlr x3, [x0]");
FORMS_END(exclusive_plain);

// Each with the misalignment that its size forbids, whatever SCTLR_EL1.A says.
FORMS(exclusive_misaligned);
FORM(exclusive_misaligned, "add x0, x0, #1; ldxrh w1, [x0]");
FORM(exclusive_misaligned, "add x0, x0, #2; ldxr w1, [x0]");
FORM(exclusive_misaligned, "add x0, x0, #4; ldxr x1, [x0]");
FORM(exclusive_misaligned, "add x0, x0, #4; ldxp w1, w4, [x0]");
FORM(exclusive_misaligned, "add x0, x0, #8; ldxp x1, x4, [x0]");
FORM(exclusive_misaligned, "add x0, x0, #2; ldaxr w1, [x0]");
FORM(exclusive_misaligned, "add x0, x0, #1; ldarh w1, [x0]");
FORM(exclusive_misaligned, "add x0, x0, #2; ldar w1, [x0]");
FORM(exclusive_misaligned, "add x0, x0, #4; ldar x1, [x0]");
FORM(exclusive_misaligned, "add x0, x0, #1; stlrh w1, [x0]");
FORM(exclusive_misaligned, "add x0, x0, #4; stlr x1, [x0]");
FORM(exclusive_misaligned, "add x0, x0, #1; ldxrb w1, [x0]");
FORMS_END(exclusive_misaligned);

PROBE(exclusive_read_only, "ldxr x1, [x0]\n\tstxr w2, x3, [x0]");
PROBE(exclusive_absent, "ldxr x1, [x0]");
// An exception return opens the monitor.
PROBE(exclusive_return,
      "ldxr x1, [x0]\n\tadr x4, 1f\n\tmsr elr_el1, x4\n\tmov x4, #0x3c5\n\tmsr spsr_el1, x4\n\teret\n"
      "1:\tstxr w2, x3, [x0]\n\tmov x4, #0");
PROBE(exclusive_other_regime, "ldxr x1, [x0]\n\tsvc #0xd0e");
PROBE(exclusive_rest, "stxr w2, x3, [x0]");

static void prepare(void) {
  reset();
  map(root[EL1], WINDOW, 3, FRAME(0) | PAGE_RW | DESC_AP_EL0);
  store(FRAME(0) + 0x40, UINT64_C(0x1122334455667788));
  store(FRAME(0) + 0x48, UINT64_C(0x99aabbccddeeff00));
  translate(EL1);
  x[0] = WINDOW + 0x40;
  x[2] = 9;
  x[3] = UINT64_C(0xa1a2a3a4a5a6a7a8);
  x[5] = UINT64_C(0xb1b2b3b4b5b6b7b8);
}

static void all(const char *name, const struct form *forms, int with_el0) {
  static const enum mode modes[] = {EL1h, EL0t};
  for (int m = 0; m <= with_el0; m++)
    for (const struct form *form = forms; form->probe; form++) {
      prepare();
      heading(name, m ? "EL0" : "EL1");
      run(modes[m], form->probe);
      show_registers(form->name, "", 6);
      line(form->name, "memory");
      field("low", load(FRAME(0) + 0x40), 16);
      field("high", load(FRAME(0) + 0x48), 16);
      end();
    }
}

void group_exclusives(void) {
  all("passes", exclusive_pass, 1);
  all("fails", exclusive_fail, 0);
  all("plain", exclusive_plain, 0);
  all("misaligned", exclusive_misaligned, 1);
  heading("", "");
  prepare();
  map(root[EL1], WINDOW, 3, FRAME(0) | PAGE_RW | DESC_AP_RO);
  flush();
  run(EL1h, exclusive_read_only);
  show_registers("store to a read-only page", "", 3);
  prepare();
  map(root[EL1], WINDOW, 3, 0);
  flush();
  run(EL1h, exclusive_absent);
  show("load from an absent page", "");
  prepare();
  run(EL1h, exclusive_return);
  show_registers("exception return between", "", 3);
  prepare();
  run(EL1h, exclusive_other_regime);
  run(EL1h, exclusive_rest);
  show_registers("exception between", "", 3);
}
