/*
 * Turns EL2's MMU off, so that no table says any more what EL2 may write and execute, works so for a
 * while, and turns it on again. Runs at EL2.
 */
#include <rw/sysreg.h>
#include <rw/vmm_api.h>

/* Counter ticks without MMU. */
#define TICKS 2000

RW_MODULE_ENTRY int module_entry(const struct rw_vmm_api *api) {
  const uint64_t on = read_sysreg(SCTLR_EL2), start = read_sysreg(CNTPCT_EL0);
  (void)api;
  write_sysreg(SCTLR_EL2, on & ~SCTLR_M);
  isb();
  while (read_sysreg(CNTPCT_EL0) - start < TICKS) isb();
  write_sysreg(SCTLR_EL2, on);
  isb();
  return 0;
}
