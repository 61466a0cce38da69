/* What a guest asks by HVC: one function each, in one table. */
#include <rw/string.h>
#include <vmm/vmm.h>

typedef int64_t (*hypercall_handler)(struct vmm_guest *guest, const uint64_t *arguments);

static int64_t console_write_call(struct vmm_guest *guest, const uint64_t *arguments) {
  uint64_t pa;
  if (arguments[1] > RW_HVC_TEXT_MAX || !guest_ram_range(guest, arguments[0], arguments[1], &pa)) return RW_HVC_INVALID;
  console_write(guest, (const char *)pa, (uint32_t)arguments[1]);
  return 0;
}

static int64_t memory_share_call(struct vmm_guest *guest, const uint64_t *arguments) {
  return memory_share(guest, arguments[0], arguments[1]);
}

static int64_t memory_exchange_call(struct vmm_guest *guest, const uint64_t *arguments) {
  return memory_exchange(guest, arguments[0], arguments[1]);
}

static int64_t event_send_call(struct vmm_guest *guest, const uint64_t *arguments) {
  (void)guest;
  if (arguments[0] >= RW_GUESTS) return RW_HVC_INVALID;
  arch_raise(&vmm_guests[arguments[0]], ARCH_VIRQ_EVENT);
  return 0;
}

static int64_t module_poll_call(struct vmm_guest *guest, const uint64_t *arguments) {
  (void)arguments;
  return (int64_t)module_for_guest(guest);
}

#ifndef RW_VMM_BUILD
#define RW_VMM_BUILD RW_VMM_BUILD_PLAIN
#endif

static int64_t version_call(struct vmm_guest *guest, const uint64_t *arguments) {
  (void)guest;
  (void)arguments;
  return RW_VMM_BUILD;
}

/* Changes the registers of `frame` itself, and nothing where they are refused. */
static void context_load(struct vmm_frame *frame) {
  struct rw_hvc_context context;
  uint64_t pa;
  const bool there = guest_ram_range(arch_cpu()->current, frame->x[1], sizeof context, &pa);
  /* Copied first: the guest may change it meanwhile. */
  if (there) memcpy(&context, (const void *)pa, sizeof context);
  if (!there || !arch_guest_may_enter(context.pstate)) {
    frame->x[0] = (uint64_t)RW_HVC_INVALID;
    return;
  }
  memcpy(frame->x, context.x, sizeof frame->x);
  frame->elr = context.pc;
  frame->spsr = context.pstate;
}

static const hypercall_handler handlers[] = {
    [RW_HVC_CONSOLE_WRITE - RW_HVC_BASE] = console_write_call,
    [RW_HVC_MEMORY_SHARE - RW_HVC_BASE] = memory_share_call,
    [RW_HVC_MEMORY_EXCHANGE - RW_HVC_BASE] = memory_exchange_call,
    [RW_HVC_EVENT_SEND - RW_HVC_BASE] = event_send_call,
    [RW_HVC_MODULE_POLL - RW_HVC_BASE] = module_poll_call,
    [RW_HVC_VERSION - RW_HVC_BASE] = version_call,
};

void hypercall(struct vmm_frame *frame) {
  const uint64_t number = frame->x[0] - RW_HVC_BASE;
  /* These change more of `frame` than a result, or whose registers it holds. */
  if (frame->x[0] == RW_HVC_YIELD) {
    frame->x[0] = 0;
    scheduler_yield(frame);
  } else if (frame->x[0] == RW_HVC_SHUTDOWN) {
    guest_shutdown(frame, "shut down", frame->x[1]);
  } else if (frame->x[0] == RW_HVC_CONTEXT_LOAD) {
    context_load(frame);
  } else if (number < sizeof handlers / sizeof handlers[0] && handlers[number] != NULL) {
    frame->x[0] = (uint64_t)handlers[number](arch_cpu()->current, &frame->x[1]);
  } else {
    frame->x[0] = (uint64_t)RW_HVC_UNKNOWN;
  }
}
