/* Asks the monitor for an entry of guest 1's stage 2 that maps guest 0's RAM once more. Runs at EL2. */
#include "forged.h"

#include <rw/tvmi_smc.h>

RW_MODULE_ENTRY int module_entry(const struct rw_vmm_api *api) {
  return (int)rw_smc(RW_SMC_STAGE2_STORE, (uint64_t)forged_slot(api), forged_entry(api), 0);
}
