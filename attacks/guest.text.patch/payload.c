/*
 * Hooks a function of guest 0's kernel inline: its first instruction becomes a branch to this module. The
 * page is made writable for a moment and read-only again. Runs at EL1 in the guest's kernel.
 */
#include <rw/guest_api.h>
#include <rw/guest_tables.h>

/* Its handler returns zero and does nothing else (guest/abi.h). */
#define SYS_NULL 0

uint64_t hook_calls;

static int64_t hook(const uint64_t *arguments) {
  (void)arguments;
  hook_calls++;
  return 0;
}

RW_MODULE_ENTRY int module_entry(const struct rw_guest_api *api) {
  const uint64_t target = ((const uint64_t *)api->layout->syscall_table)[SYS_NULL];
  rw_guest_writable(target, 1);
  *(volatile uint32_t *)target = rw_branch(target, (uint64_t)hook);
  rw_guest_writable(target, 0);
  rw_guest_synchronise((const volatile uint32_t *)target);
  return 0;
}
