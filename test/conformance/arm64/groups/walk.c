// Calls from each level, what they save, and where they arrive: D1.10 (exception entry), D1.11 (return).
#include "../harness.h"

PROBE(walk_svc, "svc #0x123");
PROBE(walk_hvc, "hvc #0x234");
PROBE(walk_smc, "smc #0x345");
PROBE(walk_brk, "brk #0x456");
PROBE(walk_undefined, "udf #0");
PROBE(walk_current_el, "mrs x0, currentel\n\tmrs x1, daif");
PROBE(walk_spsel, "mrs x0, spsel\n\tmrs x1, currentel");
PROBE(walk_flags, "mov x0, #1\n\tcmp x0, #1\n\tmsr daifset, #5\n\tsvc #1");
PROBE(walk_flags_el0, "movn x0, #0\n\tcmn x0, #1\n\tsvc #1");
PROBE(walk_stack_el1, "mov x0, sp\n\tmsr spsel, #0\n\tmov x1, sp\n\tmsr spsel, #1\n\tmov x2, sp\n\tsub x1, x1, x0\n\tsub x2, x2, x0\n\tmov x0, #0");
// EL3 -> EL2 -> EL1 -> EL0 -> EL1, each step by ERET of the level above.
PROBE(walk_down,
      "adr x0, 1f\n\tmsr elr_el2, x0\n\tmov x0, #0x3c5\n\tmsr spsr_el2, x0\n\teret\n"
      "1:\tmrs x2, currentel\n\tadr x0, 2f\n\tmsr elr_el1, x0\n\tmov x0, #0x3c0\n\tmsr spsr_el1, x0\n\teret\n"
      "2:\tmov x0, #0\n\tsvc #7");

static const struct {
  const char *name;
  enum mode mode;
} modes[] = {{"EL0t", EL0t}, {"EL1t", EL1t}, {"EL1h", EL1h}, {"EL2t", EL2t},
             {"EL2h", EL2h}, {"EL3t", EL3t}, {"EL3h", EL3h}};

static const struct {
  const char *name;
  const uint32_t *probe;
} calls[] = {{"svc", walk_svc}, {"hvc", walk_hvc}, {"smc", walk_smc}, {"brk", walk_brk}, {"udf", walk_undefined}};

void group_walk(void) {
  for (size_t c = 0; c < sizeof calls / sizeof *calls; c++)
    for (size_t m = 0; m < sizeof modes / sizeof *modes; m++) {
      reset();
      run(modes[m].mode, calls[c].probe);
      show_masks(calls[c].name, modes[m].name);
    }
  // The secure levels below EL3: HVC is undefined there.
  for (size_t c = 0; c < sizeof calls / sizeof *calls; c++)
    for (size_t m = 0; m < 3; m++) {
      reset();
      secure();
      run(modes[m].mode, calls[c].probe);
      show(calls[c].name, m == 0 ? "S-EL0t" : m == 1 ? "S-EL1t" : "S-EL1h");
    }
  for (size_t m = 1; m < sizeof modes / sizeof *modes; m++) {
    reset();
    run(modes[m].mode, walk_current_el);
    show_registers("currentel-daif", modes[m].name, 2);
    reset();
    run(modes[m].mode, walk_spsel);
    show_registers("spsel", modes[m].name, 2);
  }
  // Every flag and mask travels through SPSR.
  for (uint64_t nzcv = 0; nzcv < 16; nzcv++) {
    reset();
    pstate = nzcv << 28 | nzcv << 6;
    run(nzcv & 1 ? EL1h : EL2h, walk_svc);
    char name[] = {'N', 'Z', 'C', 'V', 0};
    for (int i = 0; i < 4; i++)
      if (!(nzcv >> (3 - i) & 1)) name[i] = '-';
    show_masks("pstate", name);
  }
  reset();
  pstate = 0;
  run(EL1h, walk_flags);
  show_masks("flags", "EL1h");
  reset();
  run(EL0t, walk_flags_el0);
  show("flags", "EL0t");
  reset();
  WRITE(sp_el0, 0x1230);
  WRITE(sp_el1, 0x1000);
  run(EL1h, walk_stack_el1);
  show_registers("stacks", "EL1h", 3);
  reset();
  run(EL2h, walk_down);
  show_registers("down", "EL2-EL1-EL0", 3);
}
