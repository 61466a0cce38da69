/* Asks the monitor to turn stage 2 and the trap of translation registers off. Runs at EL2. */
#include <rw/sysreg.h>
#include <rw/tvmi_smc.h>
#include <rw/vmm_api.h>

RW_MODULE_ENTRY int module_entry(const struct rw_vmm_api *api) {
  (void)api;
  return (int)rw_smc(RW_SMC_EL2_WRITE, RW_EL2_HCR, read_sysreg(HCR_EL2) & ~(HCR_VM | HCR_TVM), 0);
}
