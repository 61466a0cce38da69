/*
 * The monitor's state and the agent serve one CPU at a time. A CPU that stands at the lock runs nothing of
 * the normal world, so the one that has it can have all others stand there while the agent looks.
 */
#include "tvmi.h"

#include <rw/sysreg.h>

/* The CPU that has the lock: its number plus one, 0 for none. */
static uint32_t holder;
/* A bit for each CPU that stands at the lock. */
static uint32_t standing;

void lock(void) {
  const uint32_t me = el3_cpu();
  __atomic_fetch_or(&standing, 1u << me, __ATOMIC_SEQ_CST);
  sev();
  for (;;) {
    uint32_t none = 0;
    if (__atomic_compare_exchange_n(&holder, &none, me + 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) break;
    wfe();
  }
  __atomic_fetch_and(&standing, ~(1u << me), __ATOMIC_SEQ_CST);
}

void unlock(void) {
  __atomic_store_n(&holder, 0, __ATOMIC_RELEASE);
  sev();
}

bool locked_here(void) { return __atomic_load_n(&holder, __ATOMIC_RELAXED) == el3_cpu() + 1; }

/* The other CPUs that are on. One that goes off or comes up runs nothing of the normal world either. */
static uint32_t others(void) {
  uint32_t found = 0;
  for (unsigned cpu = 0; cpu < el3_boot.config->cpus && cpu < RW_MAX_CPUS; cpu++) {
    if (cpu != el3_cpu() && psci_is_on(cpu)) found |= 1u << cpu;
  }
  return found;
}

void hold_others(void) {
  for (;;) {
    const uint32_t running = others() & ~__atomic_load_n(&standing, __ATOMIC_SEQ_CST);
    if (running == 0) return;
    gicv2_send_secure(&el3_gic, HOLD_INTERRUPT, running);
    wfe();
  }
}
