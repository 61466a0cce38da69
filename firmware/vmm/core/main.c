/* The VMM from its entry to the first guest, and its ends. */
#include <rw/bundle.h>
#include <rw/string.h>
#include <vmm/vmm.h>

#ifdef RW_SMC_REWRITE
#define VMM_BUILD "tvmi"
#else
#define VMM_BUILD "plain"
#endif

struct vmm_guest vmm_guests[RW_GUESTS];
struct vmm_cpu vmm_cpus[RW_MAX_CPUS];
/* Every CPU is up: guests may run. A monitor refuses CPU_ON from then on. */
static volatile uint32_t released;
const struct rw_config *const vmm_config = (const struct rw_config *)RW_CONFIG_COPY;

static void guest_init(unsigned number) {
  struct vmm_guest *guest = &vmm_guests[number];
  guest->number = number;
  /* A CPU that modules have for themselves runs no guest. */
  guest->cpu = vmm_config->attack_cpu == 0 ? number % vmm_config->cpus : 0;
  guest->ram = RW_GUEST_RAM + (uint64_t)number * RW_GUEST_RAM_SIZE;
  arch_stage2_init(guest);
  arch_guest_init(guest);
  *(struct rw_guest_boot *)guest->ram = (struct rw_guest_boot){
      .magic = RW_GUEST_BOOT_MAGIC,
      .guest = number,
      .guest_count = RW_GUESTS,
      .workload = vmm_config->workload,
      .workload_rounds = vmm_config->workload_rounds,
      .tick_period = vmm_config->guest_tick_period,
      .seed = (uint64_t)vmm_config->seed_hi << 32 | vmm_config->seed_lo,
      .ram_size = RW_GUEST_RAM_SIZE,
  };
  guest->running = true;
}

/* This CPU's first guest, or nothing to do. */
static _Noreturn void cpu_run(void) {
  struct vmm_frame frame;
  struct vmm_guest *guest = scheduler_next(NULL, true);
  arch_timer_init();
  if (guest == NULL) arch_idle_forever();
  vmm_lock();
  arch_switch(&frame, guest);
  vmm_unlock();
  arch_enter(&frame);
}

static void cpus_start(void) {
  for (unsigned number = 1; number < vmm_config->cpus && number < RW_MAX_CPUS; number++) {
    arch_secondary_start(number);
    while (!vmm_cpus[number].online) arch_wait_signal();
    vmm_print("vmm: CPU %u is up\n", number);
  }
}

/* Called by start.S on CPU 0. */
void vmm_main(const void *device_tree, const struct rw_bundle *directory) {
  (void)device_tree;
  arch_address_space_init();
  vmm_print("vmm: %s build\n", VMM_BUILD);
  arch_cpu_init(&vmm_cpus[0]);
  for (unsigned number = 0; number < RW_MAX_CPUS; number++) vmm_cpus[number].number = number;
  memory_init();
  module_init(directory);
  for (unsigned number = 0; number < RW_GUESTS; number++) guest_init(number);
  introspect_init();
  cpus_start();
  vmm_print("vmm: %u guests start\n", RW_GUESTS);
  released = 1;
  arch_signal();
  cpu_run();
}

/* Called by start.S on every other CPU. */
void vmm_secondary_main(uint64_t number) {
  arch_secondary_init();
  arch_cpu_init(&vmm_cpus[number]);
  vmm_cpus[number].online = 1;
  arch_signal();
  while (!released) arch_wait_signal();
  cpu_run();
}

_Noreturn void vmm_run_end(void) {
  console_release();
  introspect_report();
  vmm_print("vmm: power off\n");
  arch_power_off();
}

_Noreturn void vmm_stop(const char *why) {
  vmm_print("vmm: stopped: %s\n", why);
  arch_power_off();
}
