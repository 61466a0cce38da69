/* Stores an entry into guest 1's stage 2 that maps guest 0's RAM once more. Runs at EL2. */
#include "forged.h"

RW_MODULE_ENTRY int module_entry(const struct rw_vmm_api *api) {
  *(volatile uint64_t *)forged_slot(api) = forged_entry(api);
  dsb_ish();
  return 0;
}
