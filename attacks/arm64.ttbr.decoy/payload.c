/*
 * Lets the current process of guest 0 go on on forged tables: a copy of its root, in which all of the
 * guest's RAM is open to it. The task's own note of its tables stays what it was. Runs at EL1 in the
 * guest's kernel.
 */
#include <rw/guest_api.h>
#include <rw/page_table.h>
#include <rw/sysreg.h>

/* Counter ticks in the kernel on the forged tables, longer than from one poll to the next. */
#define TICKS 30000
/* An entry of the root that no process uses, and what it then maps: the gigabyte of the guest's RAM. */
#define WINDOW 5
#define OPEN_BLOCK \
  (RW_GUEST_IPA_RAM | PT_NORMAL | PT_AP_EL0 | PT_PXN | PT_UXN | PT_NOT_GLOBAL | PT_ACCESS_FLAG | PT_VALID)

static uint64_t forged[PT_ENTRIES] __attribute__((aligned(RW_PAGE_SIZE)));

RW_MODULE_ENTRY int module_entry(const struct rw_guest_api *api) {
  (void)api;
  const uint64_t own = read_sysreg(TTBR0_EL1);
  const uint64_t *root = (const uint64_t *)((own & PT_ADDRESS) + RW_GUEST_LINEAR_VA);
  for (unsigned i = 0; i < PT_ENTRIES; i++) forged[i] = root[i];
  forged[WINDOW] = OPEN_BLOCK;
  dsb_ish();
  write_sysreg(TTBR0_EL1, ((uint64_t)forged - RW_GUEST_LINEAR_VA) | (own & ~PT_ADDRESS));
  __asm__ volatile("isb\n tlbi vmalle1\n dsb ish\n isb" : : : "memory");
  const uint64_t start = read_sysreg(CNTVCT_EL0);
  while (read_sysreg(CNTVCT_EL0) - start < TICKS) isb();
  return 0;
}
