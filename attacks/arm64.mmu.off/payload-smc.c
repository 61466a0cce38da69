/* Asks the monitor to turn EL2's MMU off. Runs at EL2. */
#include <rw/sysreg.h>
#include <rw/tvmi_smc.h>
#include <rw/vmm_api.h>

RW_MODULE_ENTRY int module_entry(const struct rw_vmm_api *api) {
  (void)api;
  return (int)rw_smc(RW_SMC_EL2_WRITE, RW_EL2_SCTLR, read_sysreg(SCTLR_EL2) & ~SCTLR_M, 0);
}
