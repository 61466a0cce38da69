/*
 * Maps the frame of guest 1's stage-2 table a second time into EL2's address space, writable, and
 * stores the entry there. Runs at EL2.
 */
#include "forged.h"

/* A virtual address that the VMM does not use. */
#define WINDOW 0x60000000ull

RW_MODULE_ENTRY int module_entry(const struct rw_vmm_api *api) {
  const uint64_t slot = (uint64_t)forged_slot(api), frame = slot & ~(uint64_t)(RW_PAGE_SIZE - 1);
  if (api->map(WINDOW, frame, RW_PAGE_SIZE, RW_VMM_MAP_WRITE) != 0) return 1;
  *(volatile uint64_t *)(WINDOW + (slot - frame)) = forged_entry(api);
  dsb_ish();
  return 0;
}
