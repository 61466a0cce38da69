/* The secure timer: the trigger that the normal world neither sees nor masks. */
#include "tvmi.h"

#include <rw/sysreg.h>

/* A poll that finds EL2 at work comes back sooner: a guest's live registers are not in place then. */
#define RETRY_DIVISOR 8
#define MAX_RETRIES 4

static uint64_t polls;
static unsigned retries[RW_MAX_CPUS];

/*
 * When a poll comes must not be known to who wants to hide from it, nor keep step with the VMM's own
 * timer, or it would meet the same guest each time. Its distance is drawn from half to one and a half
 * periods by a generator (xorshift64*, Vigna 2016) whose seed only key and nonce give.
 */
static uint64_t generator;

static uint64_t draw(void) {
  generator ^= generator >> 12;
  generator ^= generator << 25;
  generator ^= generator >> 27;
  return generator * 0x2545f4914f6cdd1dull;
}

static void arm(uint64_t period) {
  const uint64_t ticks = period / 2 + (draw() >> 32) * period / (1ull << 32);
  write_sysreg(cntps_cval_el1, read_sysreg(cntpct_el0) + ticks);
  write_sysreg(cntps_ctl_el1, CNT_CTL_ENABLE);
  isb();
}

void poll_start(void) {
  if (generator == 0) generator = report_secret("poll") | 1;
  gicv2_enable_secure(&el3_gic, RW_IRQ_SECURE_TIMER);
  gicv2_enable_secure(&el3_gic, HOLD_INTERRUPT);
  arm(el3_boot.config->secure_timer_period);
}

uint64_t poll_count(void) { return polls; }

/* The level that was interrupted: SPSR_EL3.M[3:2]. */
static unsigned interrupted_level(const struct el3_context *context) { return (unsigned)(context->spsr >> 2) & 3; }

static bool capture(const struct el3_context *context) {
  struct agent_vm *vm = vm_live();
  vm_all_away();
  if (interrupted_level(context) > 1 || (read_sysreg(hcr_el2) & HCR_VM) == 0 || vm == NULL) return false;
  vm_capture(vm, interrupted_level(context) == 0 ? VMI_IN_PROCESS : VMI_IN_KERNEL);
  return true;
}

/* Whether this CPU ever ran a guest: the others have only EL2's registers to look at, and no heart to beat. */
static bool runs_guests(void) {
  for (unsigned i = 0; i < TVMI_MAX_VMS; i++) {
    const struct agent_vm *vm = &exchange->vms[i];
    if (vm->guest.presence != VMI_UNKNOWN && vm->guest.presence != VMI_ELSEWHERE) return true;
  }
  return el3_cpu() == 0;
}

static void look(void) {
  struct finding_count count = {0, 0};
  if (!ablated(RW_ABLATION_NO_SMC_REWRITE)) el2_compare_live(&count);
  if (!runs_guests()) return;
  polls++;
  if (agent_run(AGENT_POLL) == AGENT_OK) {
    report_findings(&count);
  } else {
    count.standing++;
    count.reported++;
    report("el3", "agent.fault", "");
  }
  if (count.standing == 0) {
    report("agent", "ok", ",poll=%lx,tasks=%lx", polls, exchange->findings.tasks_seen);
  } else if (count.reported == 0) {
    report("agent", "open", ",poll=%lx,findings=%x", polls, count.standing);
  }
}

void poll_interrupt(const struct el3_context *context) {
  const uint64_t period = el3_boot.config->secure_timer_period;
  unsigned *tries = &retries[el3_cpu()];
  const bool guest = capture(context);
  look();
  *tries = guest || vm_live() == NULL || *tries == MAX_RETRIES ? 0 : *tries + 1;
  arm(*tries == 0 ? period : period / RETRY_DIVISOR);
}
