/*
 * Maps the beginning of the secure carve-out, where the monitor's agent stands, into EL2's address
 * space and copies it into the module's own memory. Runs at EL2.
 */
#include <rw/layout.h>
#include <rw/vmm_api.h>

/* A virtual address that the VMM does not use. */
#define WINDOW 0x60000000ull
#define STOLEN_WORDS 32

/* What was read, where ground truth looks for it. */
volatile uint64_t stolen[STOLEN_WORDS];

RW_MODULE_ENTRY int module_entry(const struct rw_vmm_api *api) {
  if (api->map(WINDOW, RW_SECURE_CARVE_OUT, RW_PAGE_SIZE, RW_VMM_MAP_READ) != 0) return 1;
  const volatile uint64_t *secret = (const volatile uint64_t *)WINDOW;
  for (unsigned i = 0; i < STOLEN_WORDS; i++) stolen[i] = secret[i];
  return 0;
}
