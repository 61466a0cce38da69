/*
 * Replaces a system call for a moment that is much shorter than the way from one poll to the next, and
 * puts the kernel's own handler back. Runs at EL1 in the guest's kernel.
 */
#include <rw/guest_api.h>
#include <rw/sysreg.h>

#define HOOKED_CALL 0
/* Counter ticks. */
#define MOMENT 200

static int64_t hook(const uint64_t *arguments) { return (int64_t)arguments[0]; }

RW_MODULE_ENTRY int module_entry(const struct rw_guest_api *api) {
  volatile uint64_t *entry = (volatile uint64_t *)api->layout->syscall_table + HOOKED_CALL;
  const uint64_t own = *entry;
  *entry = (uint64_t)hook;
  const uint64_t start = read_sysreg(CNTVCT_EL0);
  while (read_sysreg(CNTVCT_EL0) - start < MOMENT) isb();
  *entry = own;
  return 0;
}
