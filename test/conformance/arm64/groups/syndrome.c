// What ESR_EL2 says of each form of load and store that faults at stage 2: ISV, SAS, SSE, SRT, SF, AR, WnR.
#include "../harness.h"

FORMS(syndrome_forms);
FORM(syndrome_forms, "ldrb w3, [x0]");
FORM(syndrome_forms, "ldrsb w3, [x0]");
FORM(syndrome_forms, "ldrsb x3, [x0]");
FORM(syndrome_forms, "ldrh w4, [x0]");
FORM(syndrome_forms, "ldrsh w4, [x0]");
FORM(syndrome_forms, "ldrsh x4, [x0]");
FORM(syndrome_forms, "ldr w5, [x0]");
FORM(syndrome_forms, "ldrsw x5, [x0]");
FORM(syndrome_forms, "ldr x6, [x0]");
FORM(syndrome_forms, "ldr xzr, [x0]");
FORM(syndrome_forms, "ldr wzr, [x0]");
FORM(syndrome_forms, "strb w7, [x0]");
FORM(syndrome_forms, "strh w8, [x0]");
FORM(syndrome_forms, "str w9, [x0]");
FORM(syndrome_forms, "str x10, [x0]");
FORM(syndrome_forms, "str xzr, [x0]");
FORM(syndrome_forms, "ldr x30, [x0, #8]");
FORM(syndrome_forms, "str w29, [x0, #4]");
FORM(syndrome_forms, "ldur x6, [x0, #-8]");
FORM(syndrome_forms, "ldurb w6, [x0, #3]");
FORM(syndrome_forms, "ldursw x6, [x0, #4]");
FORM(syndrome_forms, "stur w6, [x0, #-4]");
FORM(syndrome_forms, "ldtr x6, [x0]");
FORM(syndrome_forms, "ldtrb w6, [x0]");
FORM(syndrome_forms, "ldtrsh x6, [x0]");
FORM(syndrome_forms, "sttr w6, [x0]");
FORM(syndrome_forms, "sttrh w6, [x0]");
FORM(syndrome_forms, "ldr x6, [x0, x1]");
FORM(syndrome_forms, "ldr w6, [x0, w1, sxtw #2]");
FORM(syndrome_forms, "ldrh w6, [x0, w1, uxtw]");
FORM(syndrome_forms, "str x6, [x0, x1, lsl #3]");
FORM(syndrome_forms, "ldr x6, [x0, #8]!");
FORM(syndrome_forms, "ldr x6, [x0], #8");
FORM(syndrome_forms, "strb w6, [x0, #1]!");
FORM(syndrome_forms, "str w6, [x0], #4");
FORM(syndrome_forms, "ldp x6, x7, [x0]");
FORM(syndrome_forms, "ldp w6, w7, [x0]");
FORM(syndrome_forms, "ldpsw x6, x7, [x0]");
FORM(syndrome_forms, "stp x6, x7, [x0]");
FORM(syndrome_forms, "stp w6, w7, [x0, #8]!");
FORM(syndrome_forms, "ldnp x6, x7, [x0]");
FORM(syndrome_forms, "stnp x6, x7, [x0]");
FORM(syndrome_forms, "ldarb w6, [x0]");
FORM(syndrome_forms, "ldarh w6, [x0]");
FORM(syndrome_forms, "ldar w6, [x0]");
FORM(syndrome_forms, "ldar x6, [x0]");
FORM(syndrome_forms, "stlrb w6, [x0]");
FORM(syndrome_forms, "stlrh w6, [x0]");
FORM(syndrome_forms, "stlr w6, [x0]");
FORM(syndrome_forms, "stlr x6, [x0]");
FORM(syndrome_forms, "ldxr x6, [x0]");
FORM(syndrome_forms, "ldxrb w6, [x0]");
FORM(syndrome_forms, "ldaxr w6, [x0]");
FORM(syndrome_forms, "ldxp x6, x7, [x0]");
FORM(syndrome_forms, "ldaxp w6, w7, [x0]");
FORM(syndrome_forms, "dc zva, x0");
FORMS_END(syndrome_forms);

PROBE(syndrome_prefetch, "prfm pldl1keep, [x0]");

void group_syndrome(void) {
  for (int stage1 = 0; stage1 < 2; stage1++)
    for (const struct form *form = syndrome_forms; form->probe; form++) {
      reset();
      WRITE(sctlr_el1, READ(sctlr_el1) | SCTLR_DZE);
      if (stage1) {
        map(root[EL1], WINDOW, 3, WINDOW | PAGE_RW | DESC_AP_EL0);
        translate(EL1);
      }
      translate(STAGE2);
      x[0] = WINDOW + 0x800;
      heading(stage1 ? "EL0, stage 1 on" : "EL1", "");
      run(stage1 ? EL0t : EL1h, form->probe);
      show(form->name, "");
    }
  // A permission fault has the same syndrome as a translation fault; a prefetch never faults.
  for (const struct form *form = syndrome_forms; form->probe; form++) {
    reset();
    map(root[STAGE2], WINDOW, 3, FRAME(0) | (S2_PAGE & ~(S2_READ | S2_WRITE)));
    translate(STAGE2);
    x[0] = WINDOW + 0x800;
    heading("permission", "");
    line(form->name, "");
    run(EL1h, form->probe);
    outcome("EL1");
    end();
  }
  reset();
  translate(STAGE2);
  x[0] = WINDOW;
  heading("", "");
  run(EL1h, syndrome_prefetch);
  show("prfm", "");
}
