/* The monitor at EL3: its hooks into the shared start-up, and the table of secure calls. */
#include "tvmi.h"

#include "frames.h"

#include <rw/console.h>
#include <rw/sysreg.h>

#include <stddef.h>

const char el3_name[] = "tvmi";

void el3_platform_init(void) { report_init(); }

void el3_configured(void) {
  if (el3_boot.has_tzc) tzc_close_carve_out();
}

void el3_images_loaded(void) {
  measure_report();
  agent_start();
  poll_start();
}

void el3_secondary_init(unsigned cpu) {
  (void)cpu;
  poll_start();
}

void el3_platform_exit(void) {
  /* A fault of EL3 itself may come while this CPU holds the lock. Never given back: this is the end. */
  if (!locked_here()) lock();
  report("el3", "bye", ",polls=%lx,denials=%lx,walks=%lx,compared=%lx", poll_count(), denials(),
         exchange->walk_references, exchange->findings.bytes_compared);
}

bool el3_may_start(uint64_t entry) {
  if (ablated(RW_ABLATION_NO_SMC_REWRITE) || !el2_runs_guests()) return true;
  lock();
  deny("el2.start.denied", ",entry=%lx", entry);
  unlock();
  return false;
}

static int64_t call_version(const uint64_t *x) {
  (void)x;
  return RW_TVMI_ABI;
}

static int64_t call_el2_fault(const uint64_t *x) {
  report("el3", "el2.fault", ",esr=%lx,far=%lx", x[1], x[2]);
  return RW_TVMI_OK;
}

static int64_t call_status(const uint64_t *x) {
  const struct rw_tvmi_status status = {RW_TVMI_ABI, report_count()};
  if (!ablated(RW_ABLATION_NO_ARGUMENT_CHECK)) {
    const struct frame *first = frame_at(x[1]), *last = frame_at(x[1] + sizeof status - 1);
    if (x[2] != sizeof status || (x[1] & 7) != 0) return RW_TVMI_INVALID;
    if (first == NULL || last == NULL || first->kind != FRAME_PLAIN || last->kind != FRAME_PLAIN) {
      return deny("secure-call.pointer", ",call=status,address=%lx", x[1]);
    }
  }
  *(volatile struct rw_tvmi_status *)x[1] = status;
  return RW_TVMI_OK;
}

static int64_t (*const CALLS[])(const uint64_t *x) = {
    [RW_SMC_VERSION - RW_SMC_BASE] = call_version,
    [RW_SMC_EL2_WRITE - RW_SMC_BASE] = call_el2_write,
    [RW_SMC_STAGE1_STORE - RW_SMC_BASE] = call_stage1_store,
    [RW_SMC_STAGE2_CREATE - RW_SMC_BASE] = call_stage2_create,
    [RW_SMC_STAGE2_STORE - RW_SMC_BASE] = call_stage2_store,
    [RW_SMC_STAGE2_SHARE - RW_SMC_BASE] = call_stage2_share,
    [RW_SMC_MODULE_LOAD - RW_SMC_BASE] = call_module_load,
    [RW_SMC_TRAPPED_WRITE - RW_SMC_BASE] = call_trapped_write,
    [RW_SMC_EL2_FAULT - RW_SMC_BASE] = call_el2_fault,
    [RW_SMC_STATUS - RW_SMC_BASE] = call_status,
};

static bool from_el2(const struct el3_context *context) {
  return (context->spsr & ~1ull & 0x1f) == (SPSR_M_EL2H & ~1ull);
}

void el3_smc(struct el3_context *context) {
  if ((context->scr & SCR_NS) == 0) {
    if ((uint32_t)context->x[0] == TVMI_SMC_AGENT_DONE) agent_done(context->x[1]);
    context->x[0] = (uint64_t)RW_TVMI_UNKNOWN;
    return;
  }
  const uint64_t call = context->x[0] - RW_SMC_BASE;
  int64_t result = RW_TVMI_UNKNOWN;
  if (from_el2(context) && call < sizeof CALLS / sizeof CALLS[0]) {
    lock();
    result = CALLS[call](context->x);
    unlock();
  }
  context->x[0] = (uint64_t)result;
}

void el3_trap(struct el3_context *context, uint64_t esr) {
  if ((context->scr & SCR_NS) == 0) agent_done(AGENT_FAULT);
  lock();
  report("el3", "trap", ",esr=%lx,elr=%lx", esr, context->elr);
  el3_stop("a trap to EL3 that nothing handles");
}

void el3_fiq(struct el3_context *context, unsigned interrupt) {
  lock();
  /* HOLD_INTERRUPT asks for no more than to have stood at the lock. */
  if (interrupt == RW_IRQ_SECURE_TIMER) poll_interrupt(context);
  else if (interrupt == TZC_INTERRUPT) tzc_interrupt();
  unlock();
}
