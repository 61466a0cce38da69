// Exception returns, legal and illegal: D1.11.4.
#include "../harness.h"

// x0 = SPSR, to be returned to from the level that runs the probe.
#define RETURN_FROM(level) \
  "msr spsr_el" level ", x0\n\tadr x1, 1f\n\tmsr elr_el" level ", x1\n\tmov x1, #0\n\teret\n\tnop\n1:\tnop"
PROBE(return_el1, RETURN_FROM("1"));
PROBE(return_el2, RETURN_FROM("2"));
PROBE(return_el3, RETURN_FROM("3"));
PROBE(return_el0, "eret");

static const struct {
  const char *name;
  uint64_t spsr;
} states[] = {
    {"EL0t", 0},          {"M=1", 1},          {"M=2", 2},          {"M=3", 3},          {"EL1t", 4},
    {"EL1h", 5},          {"M=6", 6},          {"M=7", 7},          {"EL2t", 8},         {"EL2h", 9},
    {"M=10", 10},         {"M=11", 11},        {"EL3t", 12},        {"EL3h", 13},        {"M=14", 14},
    {"M=15", 15},         {"IL EL0t", PSTATE_IL}, {"IL EL1h", PSTATE_IL | 5},
};

static const struct {
  const char *name;
  enum mode mode;
  const uint32_t *probe;
} sources[] = {{"from EL1h", EL1h, return_el1}, {"from EL2h", EL2h, return_el2}, {"from EL3h", EL3h, return_el3}};

void group_returns(void) {
  for (size_t s = 0; s < sizeof sources / sizeof *sources; s++)
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
      reset();
      x[0] = states[i].spsr | PSTATE_DAIF | UINT64_C(0xa0000000);
      run(sources[s].mode, sources[s].probe);
      show(sources[s].name, states[i].name);
    }
  // EL2 does not exist in the secure state; HCR_EL2.TGE takes EL1 away from EL2 and EL3.
  reset();
  secure();
  x[0] = PSTATE_DAIF | EL2h;
  run(EL3h, return_el3);
  show("secure from EL3h", "EL2h");
  for (int i = 0; i < 2; i++) {
    reset();
    WRITE(hcr_el2, HCR_RW | HCR_TGE);
    x[0] = PSTATE_DAIF | EL1h;
    run(i ? EL3h : EL2h, i ? return_el3 : return_el2);
    show("tge to EL1h", i ? "from EL3h" : "from EL2h");
  }
  reset();
  run(EL0t, return_el0);
  show("eret at EL0t", "");
}
