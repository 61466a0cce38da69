/*
 * Runs on forged tables for a moment that is much shorter than the way from one poll to the next, and
 * puts the process's own back. Runs at EL1 in the guest's kernel.
 */
#include <rw/guest_api.h>
#include <rw/page_table.h>
#include <rw/sysreg.h>

/* Counter ticks. */
#define MOMENT 200

static uint64_t forged[PT_ENTRIES] __attribute__((aligned(RW_PAGE_SIZE)));

static void use(uint64_t ttbr0) {
  write_sysreg(TTBR0_EL1, ttbr0);
  __asm__ volatile("isb\n tlbi vmalle1\n dsb ish\n isb" : : : "memory");
}

RW_MODULE_ENTRY int module_entry(const struct rw_guest_api *api) {
  (void)api;
  const uint64_t own = read_sysreg(TTBR0_EL1);
  const uint64_t *root = (const uint64_t *)((own & PT_ADDRESS) + RW_GUEST_LINEAR_VA);
  for (unsigned i = 0; i < PT_ENTRIES; i++) forged[i] = root[i];
  dsb_ish();
  use(((uint64_t)forged - RW_GUEST_LINEAR_VA) | (own & ~PT_ADDRESS));
  const uint64_t start = read_sysreg(CNTVCT_EL0);
  while (read_sysreg(CNTVCT_EL0) - start < MOMENT) isb();
  use(own);
  return 0;
}
