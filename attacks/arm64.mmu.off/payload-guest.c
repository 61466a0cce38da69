/*
 * Turns the MMU of guest 0's kernel off: its tables then say neither where memory lies nor what may
 * be written, and there is no table to walk for who looks from outside. The code that does it stands
 * at an address that is the same with the MMU and without: a block of the current process's tables,
 * for as long as it takes. Runs at EL1 in the guest's kernel.
 */
#include <rw/guest_api.h>
#include <rw/page_table.h>
#include <rw/sysreg.h>

/* Counter ticks without MMU: longer than the monitor's longest way from one poll to the next. */
#define TICKS 30000

#define L1_SHIFT 30
#define L2_SHIFT 21
#define INDEX(address, shift) (((address) >> (shift)) & (PT_ENTRIES - 1))
#define CODE_BLOCK (PT_NORMAL | PT_AP_READ_ONLY | PT_UXN | PT_NOT_GLOBAL | PT_ACCESS_FLAG | PT_VALID)

typedef uint64_t (*switcher)(uint64_t off, uint64_t on, uint64_t ticks);

/*
 * A switcher. In: x0 = SCTLR_EL1 without M, x1 = with M, x2 = ticks. Out: x0 = SCTLR_EL1 as it was after the first
 * write. Clobbers x3-x5. Uses no memory: the stack is not where it was.
 */
__attribute__((naked, used)) static void without_mmu(void) {
  __asm__("msr sctlr_el1, x0\n"
          "isb\n"
          "mrs x3, sctlr_el1\n"
          "tbnz x3, #0, 2f\n"
          "mrs x4, cntvct_el0\n"
          "1: isb\n"
          "mrs x5, cntvct_el0\n"
          "sub x5, x5, x4\n"
          "cmp x5, x2\n"
          "b.lo 1b\n"
          "msr sctlr_el1, x1\n"
          "isb\n"
          "2: mov x0, x3\n"
          "ret\n");
}

static void flush(void) { __asm__ volatile("dsb ish\n tlbi vmalle1\n dsb ish\n isb" : : : "memory"); }

RW_MODULE_ENTRY int module_entry(const struct rw_guest_api *api) {
  (void)api;
  const uint64_t same = (uint64_t)without_mmu - RW_GUEST_LINEAR_VA;
  const uint64_t root = read_sysreg(TTBR0_EL1) & PT_ADDRESS;
  const uint64_t level1 = ((const uint64_t *)(root + RW_GUEST_LINEAR_VA))[INDEX(same, L1_SHIFT)];
  /* The process's stack lies in the same gigabyte, so its table is there. */
  if ((level1 & (PT_VALID | PT_TABLE)) != (PT_VALID | PT_TABLE)) return 1;
  volatile uint64_t *slot = (uint64_t *)((level1 & PT_ADDRESS) + RW_GUEST_LINEAR_VA) + INDEX(same, L2_SHIFT);
  *slot = (same & ~(PT_BLOCK_2M - 1)) | CODE_BLOCK;
  flush();
  const uint64_t on = read_sysreg(SCTLR_EL1);
  const uint64_t seen = ((switcher)same)(on & ~SCTLR_M, on, TICKS);
  *slot = 0;
  flush();
  return (seen & SCTLR_M) != 0 ? 2 : 0;
}
