/* One lock for the whole VMM: its critical sections are single exceptions. */
#include <vmm/vmm.h>

static uint32_t locked;

void vmm_lock(void) {
  while (__atomic_exchange_n(&locked, 1, __ATOMIC_ACQUIRE) != 0) {
    while (__atomic_load_n(&locked, __ATOMIC_RELAXED) != 0) arch_wait_signal();
  }
}

void vmm_unlock(void) {
  __atomic_store_n(&locked, 0, __ATOMIC_RELEASE);
  if (vmm_config->cpus > 1) arch_signal();
}
