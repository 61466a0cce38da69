/* PSCI 1.0 (Arm DEN 0022D): CPUs on and off, power off, reset. */
#include <el3/el3.h>
#include <rw/psci.h>
#include <rw/sysreg.h>

/* A secondary CPU waits here with its MMU off; CPU 0 writes back what it stores. */
struct mailbox {
  uint64_t affinity; /* PSCI_AFFINITY_* */
  uint64_t entry;
  uint64_t context_id;
  uint64_t ready; /* READY once .data and .bss stand */
} __attribute__((aligned(64)));

#define READY 0x52454144594e4f57ull

static struct mailbox mailboxes[RW_MAX_CPUS];

static void write_back(const struct mailbox *mailbox) {
  __asm__ volatile("dsb sy\n dc civac, %0\n dsb sy" : : "r"(mailbox) : "memory");
}

void psci_init(void) {
  for (unsigned cpu = 0; cpu < RW_MAX_CPUS; cpu++) {
    mailboxes[cpu].affinity = cpu == 0 ? PSCI_AFFINITY_ON : PSCI_AFFINITY_OFF;
    mailboxes[cpu].ready = READY;
    write_back(&mailboxes[cpu]);
  }
  sev();
}

/* Before a reset, so that the CPUs that come out of it first wait for psci_init again. */
void psci_forget(void) {
  for (unsigned cpu = 0; cpu < RW_MAX_CPUS; cpu++) {
    mailboxes[cpu].ready = 0;
    write_back(&mailboxes[cpu]);
  }
}

/* Waits for CPU_ON, then leaves for EL2. */
static _Noreturn void wait_for_start(unsigned cpu) {
  volatile struct mailbox *mailbox = &mailboxes[cpu];
  while (mailbox->ready != READY || mailbox->affinity != PSCI_AFFINITY_ON_PENDING) wfe();
  el3_mmu_on();
  gicv2_secure_cpu_init(&el3_gic);
  mailbox->affinity = PSCI_AFFINITY_ON;
  write_back(&mailboxes[cpu]);
  el3_secondary_init(cpu);
  el3_enter_el2(mailbox->entry, mailbox->context_id, 0, el3_normal_world_scr());
}

/* Called by start.S on every CPU but CPU 0. */
void el3_secondary_main(void) { wait_for_start(el3_cpu()); }

/* -1 where the board may have no such CPU. */
static int cpu_of(uint64_t target) {
  return (target & MPIDR_AFFINITY) == target && target < RW_MAX_CPUS ? (int)target : -1;
}

static int64_t cpu_on(uint64_t target, uint64_t entry, uint64_t context_id) {
  const int cpu = cpu_of(target);
  if (cpu < 0 || (uint32_t)cpu >= el3_boot.config->cpus) return PSCI_INVALID_PARAMETERS;
  struct mailbox *mailbox = &mailboxes[cpu];
  if (mailbox->affinity == PSCI_AFFINITY_ON) return PSCI_ALREADY_ON;
  if (mailbox->affinity == PSCI_AFFINITY_ON_PENDING) return PSCI_ON_PENDING;
  if (!el3_may_start(entry)) return PSCI_DENIED;
  mailbox->entry = entry;
  mailbox->context_id = context_id;
  dsb_sy();
  mailbox->affinity = PSCI_AFFINITY_ON_PENDING;
  write_back(mailbox);
  sev();
  return PSCI_SUCCESS;
}

static _Noreturn void cpu_off(void) {
  struct mailbox *mailbox = &mailboxes[el3_cpu()];
  mailbox->affinity = PSCI_AFFINITY_OFF;
  write_back(mailbox);
  write_sysreg(SCTLR_EL3, SCTLR_EL3_RES1);
  isb();
  wait_for_start(el3_cpu());
}

static int64_t affinity_info(uint64_t target, uint64_t level) {
  const int cpu = cpu_of(target);
  if (cpu < 0 || level != 0 || (uint32_t)cpu >= el3_boot.config->cpus) return PSCI_INVALID_PARAMETERS;
  return (int64_t)mailboxes[cpu].affinity;
}

bool psci_is_on(unsigned cpu) { return ((volatile struct mailbox *)mailboxes)[cpu].affinity == PSCI_AFFINITY_ON; }

static const uint32_t functions[] = {PSCI_VERSION,    PSCI_CPU_OFF,      PSCI_CPU_ON,  PSCI_AFFINITY_INFO,
                                     PSCI_SYSTEM_OFF, PSCI_SYSTEM_RESET, PSCI_FEATURES};

static int64_t features(uint32_t function) {
  for (unsigned i = 0; i < sizeof functions / sizeof functions[0]; i++) {
    if (functions[i] == function) return PSCI_SUCCESS;
  }
  return PSCI_NOT_SUPPORTED;
}

/* The standard secure service range that PSCI uses: function numbers 0 to 0x1f. */
bool psci_owns(uint32_t function) { return (function & ~0x4000001fu) == 0x84000000u; }

void psci_smc(struct el3_context *context) {
  const uint64_t *x = context->x;
  int64_t result = PSCI_NOT_SUPPORTED;
  switch ((uint32_t)x[0]) {
    case PSCI_VERSION:
      result = PSCI_VERSION_1_0;
      break;
    case PSCI_CPU_ON:
      result = cpu_on(x[1], x[2], x[3]);
      break;
    case PSCI_CPU_OFF:
      cpu_off();
    case PSCI_AFFINITY_INFO:
      result = affinity_info(x[1], x[2]);
      break;
    case PSCI_FEATURES:
      result = features((uint32_t)x[1]);
      break;
    case PSCI_SYSTEM_OFF:
      el3_power_off();
    case PSCI_SYSTEM_RESET:
      el3_reset();
  }
  context->x[0] = (uint64_t)result;
}
