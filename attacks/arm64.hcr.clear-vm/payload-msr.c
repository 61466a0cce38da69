/* Turns stage 2 and the trap of translation registers off. Runs at EL2. */
#include <rw/sysreg.h>
#include <rw/vmm_api.h>

RW_MODULE_ENTRY int module_entry(const struct rw_vmm_api *api) {
  (void)api;
  write_sysreg(HCR_EL2, read_sysreg(HCR_EL2) & ~(HCR_VM | HCR_TVM));
  isb();
  return 0;
}
