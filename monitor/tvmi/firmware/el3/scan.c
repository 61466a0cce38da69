#include "scan.h"

#include <stdbool.h>

/* MSR (register), C6.2.195: the word without Rt, from op0 = 3, op1, CRn, CRm, op2. */
#define MSR(op1, crn, crm, op2) \
  (0xd5180000u | (op1) << 16 | (uint32_t)(crn) << 12 | (uint32_t)(crm) << 8 | (uint32_t)(op2) << 5)
#define RT_MASK 0x1fu

/*
 * Ours. What decides which code runs at EL2 and what memory EL2, EL1 and EL0 reach, what traps to
 * EL2, and the syndrome by which a guest's consent is known. SPSR_EL2 and ELR_EL2 stay with the VMM:
 * an exception return to EL2 is a jump within memory that was scanned, and one to EL1 or EL0 runs
 * under a stage 2 that was checked. TLBI and AT change nothing.
 */
static const struct {
  uint32_t word;
  const char *name;
} PRIVILEGED[] = {
    {MSR(4, 1, 0, 0), "sctlr-el2"}, {MSR(4, 1, 1, 0), "hcr-el2"},   {MSR(4, 2, 0, 0), "ttbr0-el2"},
    {MSR(4, 2, 0, 1), "ttbr1-el2"}, {MSR(4, 2, 0, 2), "tcr-el2"},   {MSR(4, 2, 1, 0), "vttbr-el2"},
    {MSR(4, 2, 1, 2), "vtcr-el2"},  {MSR(4, 5, 2, 0), "esr-el2"},   {MSR(4, 10, 2, 0), "mair-el2"},
    {MSR(4, 12, 0, 0), "vbar-el2"},
};

static const char *privileged_name(uint32_t word) {
  /* All have op0 = 3 and op1 = 4: one comparison tells nearly all code from them. */
  if ((word & 0xffff0000u) != MSR(4, 0, 0, 0)) return NULL;
  for (size_t i = 0; i < sizeof PRIVILEGED / sizeof PRIVILEGED[0]; i++) {
    if ((word & ~RT_MASK) == PRIVILEGED[i].word) return PRIVILEGED[i].name;
  }
  return NULL;
}

struct scan_result scan_code(const uint32_t *code, size_t bytes) {
  for (size_t i = 0; i < bytes / sizeof *code; i++) {
    const char *name = privileged_name(code[i]);
    if (name != NULL) return (struct scan_result){name, i * sizeof *code};
  }
  return (struct scan_result){NULL, 0};
}
