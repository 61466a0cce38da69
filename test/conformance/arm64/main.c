// The order in which the groups run, and the two ways to end.
#include "gic.h"
#include "groups.h"
#include "harness.h"

#define SECURE_GPIO_DATA ((volatile uint32_t *)(0x090b0000 + (1 << 2)))
#define SECURE_GPIO_DIR ((volatile uint32_t *)(0x090b0000 + 0x400))

/** Line 0 of the secure PL061 powers the machine off. */
static void power_off(void) {
  *SECURE_GPIO_DIR = 1;
  *SECURE_GPIO_DATA = 1;
}

/** SYS_EXIT with ADP_Stopped_ApplicationExit, for machines without that GPIO. */
static void semihosting_exit(void) {
  static const uint64_t arguments[2] = {0x20026, 0};
  register uint64_t operation __asm__("x0") = 0x18;
  register const uint64_t *argument __asm__("x1") = arguments;
  __asm__ volatile("hlt #0xf000" ::"r"(operation), "r"(argument) : "memory");
}

static void run_all(const struct group *list, size_t count) {
  for (size_t i = 0; i < count; i++) {
    group(list[i].name);
    list[i].run();
  }
}

void conformance_main(void);

void conformance_main(void) {
  // GICD_TYPER.CPUNumber: CPUs less one.
  if (gic_read(GICD, GICD_TYPER) >> 5 & 7)
    run_all(pair_groups, sizeof pair_groups / sizeof *pair_groups);
  else
    run_all(groups, sizeof groups / sizeof *groups);
  reset();
  put("# end");
  end();
  power_off();
  semihosting_exit();
  for (;;) DO("wfi");
}
