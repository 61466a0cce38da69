// Faults of stage 1 by class, level, regime and access: D5.2-D5.5 (tables), D5.9 (faults), D13.2.36 (ESR_ELx).
#include "../harness.h"

PROBE(stage1_load, "ldr x1, [x0]");
PROBE(stage1_store, "str x1, [x0]");
PROBE(stage1_jump, "br x0");

static const struct {
  const char *name;
  const uint32_t *probe;
} accesses[] = {{"read", stage1_load}, {"write", stage1_store}, {"fetch", stage1_jump}};

static const struct {
  const char *name;
  enum mode mode;
  enum regime regime;
} levels[] = {{"EL0", EL0t, EL1}, {"EL1", EL1h, EL1}, {"EL2", EL2h, EL2}, {"EL3", EL3h, EL3}};

static const struct {
  const char *name;
  /** Level of the descriptor, and the descriptor without its output address. */
  int level;
  uint64_t descriptor;
} faults[] = {
    {"translation L0", 0, DESC_INVALID},
    {"translation L1", 1, DESC_INVALID},
    {"translation L2", 2, DESC_INVALID},
    {"translation L3", 3, DESC_INVALID},
    {"block at L0", 0, DESC_BLOCK | DESC_AF},
    {"block at L3", 3, DESC_BLOCK | DESC_AF},
    {"access flag L1", 1, DESC_BLOCK | DESC_ATTR(1) | DESC_AP_EL0},
    {"access flag L2", 2, DESC_BLOCK | DESC_ATTR(1) | DESC_AP_EL0},
    {"access flag L3", 3, DESC_PAGE | DESC_ATTR(1) | DESC_AP_EL0},
    {"address size L0", 0, DESC_TABLE | BIT(45)},
    {"address size L1", 1, DESC_BLOCK | DESC_AF | DESC_AP_EL0 | BIT(46)},
    {"address size L2", 2, DESC_BLOCK | DESC_AF | DESC_AP_EL0 | BIT(47)},
    {"address size L3", 3, DESC_PAGE | DESC_AF | DESC_AP_EL0 | BIT(44)},
    {"read-only L1", 1, UINT64_C(0x40000000) | BLOCK_RW | DESC_AP_EL0 | DESC_AP_RO | DESC_UXN | DESC_PXN},
    {"read-only L2", 2, UINT64_C(0x42000000) | BLOCK_RW | DESC_AP_EL0 | DESC_AP_RO | DESC_UXN | DESC_PXN},
    {"read-only L3", 3, UINT64_C(0x42000000) | PAGE_RW | DESC_AP_EL0 | DESC_AP_RO | DESC_UXN | DESC_PXN},
};

void group_stage1(void) {
  for (size_t l = 0; l < sizeof levels / sizeof *levels; l++)
    for (size_t f = 0; f < sizeof faults / sizeof *faults; f++)
      for (size_t a = 0; a < sizeof accesses / sizeof *accesses; a++) {
        reset();
        put_instruction(FRAME(0) + 0x128, INSTRUCTION_DONE);
        put_instruction((WINDOW & 0x7fffffffff) + 0x128, INSTRUCTION_DONE);
        map(root[levels[l].regime], WINDOW, faults[f].level, faults[f].descriptor);
        translate(levels[l].regime);
        x[0] = WINDOW + 0x128;
        run(levels[l].mode, accesses[a].probe);
        heading(levels[l].name, faults[f].name);
        show(accesses[a].name, "");
      }
}
