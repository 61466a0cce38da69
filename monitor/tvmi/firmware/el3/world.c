/* The world switch. ARMv8.0 has one set of EL1 registers for both worlds (D1.4), so EL3 exchanges them. */
#include "tvmi.h"

#include <rw/sysreg.h>

uint64_t world_enter(uint64_t argument, uint64_t entry, uint64_t scr, uint64_t *resume);
_Noreturn void world_leave(uint64_t result, uint64_t resume);

struct agent_exchange *const exchange = (struct agent_exchange *)TVMI_EXCHANGE;

/* Every EL1 register that the agent, or an exception it takes, may change. */
#define WORLD_REGISTERS(do)                                                                                        \
  do(sctlr_el1) do(ttbr0_el1) do(ttbr1_el1) do(tcr_el1) do(mair_el1) do(amair_el1) do(vbar_el1) do(contextidr_el1) \
  do(esr_el1) do(far_el1) do(afsr0_el1) do(afsr1_el1) do(elr_el1) do(spsr_el1) do(sp_el1) do(sp_el0)               \
  do(tpidr_el1) do(cpacr_el1)

#define FIELD(name) uint64_t name;
#define SAVE(name) world->name = read_sysreg(name);
#define RESTORE(name) write_sysreg(name, world->name);

struct world {
  WORLD_REGISTERS(FIELD)
};

static struct world agent_world = {.sctlr_el1 = SCTLR_EL1_RES1};
static uint64_t resume;

static void save(struct world *world) { WORLD_REGISTERS(SAVE) }
static void restore(const struct world *world) {
  WORLD_REGISTERS(RESTORE)
  isb();
}

/* Secure state, AArch64, its own interrupts and ours left pending. */
#define AGENT_SCR (SCR_RES1 | SCR_RW | SCR_SIF)

enum agent_result agent_run(enum agent_command command) {
  struct world normal;
  if (command != AGENT_START && !ablated(RW_ABLATION_NO_HOLD)) hold_others();
  const uint64_t scr = read_sysreg(scr_el3);
  exchange->command = command;
  exchange->findings.count = 0;
  save(&normal);
  restore(&agent_world);
  const uint64_t result = world_enter(command, TVMI_AGENT_IMAGE, AGENT_SCR, &resume);
  save(&agent_world);
  restore(&normal);
  write_sysreg(scr_el3, scr);
  isb();
  return result == AGENT_OK ? AGENT_OK : AGENT_FAULT;
}

_Noreturn void agent_done(uint64_t result) { world_leave(result, resume); }

void agent_start(void) {
  const struct rw_bundle_entry *kernel = NULL;
  if (rw_bundle_next(el3_boot.bundle, RW_BUNDLE_AGENT, NULL) == NULL) el3_stop("the bundle has no agent");
  *exchange = (struct agent_exchange){0};
  while ((kernel = rw_bundle_next(el3_boot.bundle, RW_BUNDLE_GUEST_KERNEL, kernel)) != NULL) {
    if (exchange->kernels == TVMI_MAX_KERNELS) break;
    exchange->kernel[exchange->kernels].image = RW_ROM + kernel->offset;
    exchange->kernel[exchange->kernels].size = kernel->size;
    exchange->kernels++;
  }
  __asm__ volatile("ic iallu\n dsb sy\n isb" : : : "memory");
  if (agent_run(AGENT_START) != AGENT_OK) el3_stop("the agent does not come up");
}
