/*
 * Moves the system-call table: the kernel's address of its page leads to a copy in this module's memory,
 * and the copy is hooked. The frame where the table was stays as it is. Runs at EL1 in the guest's kernel.
 */
#include <rw/guest_api.h>
#include <rw/guest_tables.h>

/* Its handler returns zero and does nothing else (guest/abi.h). */
#define SYS_NULL 0
#define PAGE_WORDS (RW_PAGE_SIZE / sizeof(uint64_t))

static uint64_t copy[PAGE_WORDS] __attribute__((aligned(RW_PAGE_SIZE)));
uint64_t hook_calls;

static int64_t hook(const uint64_t *arguments) {
  (void)arguments;
  hook_calls++;
  return 0;
}

RW_MODULE_ENTRY int module_entry(const struct rw_guest_api *api) {
  const uint64_t table = api->layout->syscall_table;
  const uint64_t page = table & ~(uint64_t)(RW_PAGE_SIZE - 1);
  const uint64_t kernel = read_sysreg(TTBR1_EL1);
  volatile uint64_t *entry = rw_guest_entry(kernel, page);
  const uint64_t frame = *rw_guest_entry(kernel, (uint64_t)copy) & PT_ADDRESS;
  for (unsigned i = 0; i < PAGE_WORDS; i++) copy[i] = ((const volatile uint64_t *)page)[i];
  copy[(table - page) / sizeof(uint64_t) + SYS_NULL] = (uint64_t)hook;
  dsb_ish();
  *entry = (*entry & ~PT_ADDRESS) | frame;
  rw_guest_flush(page);
  return 0;
}
