/* Which guest runs: round robin among the guests of a CPU, on its timer tick. */
#include <rw/console.h>
#include <vmm/vmm.h>

volatile uint64_t rw_vmm_ticks;

struct vmm_guest *scheduler_next(const struct vmm_guest *after, bool also_idle) {
  const unsigned first = after == NULL ? 0 : after->number + 1;
  for (unsigned i = 0; i < RW_GUESTS; i++) {
    struct vmm_guest *guest = &vmm_guests[(first + i) % RW_GUESTS];
    if (guest == after || guest->cpu != arch_cpu()->number || !guest->running) continue;
    if (also_idle || !guest->idle) return guest;
  }
  return NULL;
}

static void switch_to(struct vmm_frame *frame, struct vmm_guest *guest) {
  guest->idle = false;
  arch_switch(frame, guest);
}

void scheduler_tick(struct vmm_frame *frame) {
  if (arch_cpu()->number == 0) {
    rw_vmm_ticks++;
    if (rw_vmm_ticks == vmm_config->run_ticks) vmm_run_end();
  }
  module_tick();
  introspect_tick(frame);
  if (frame == NULL) return;
  struct vmm_guest *next = scheduler_next(arch_cpu()->current, true);
  if (next != NULL) switch_to(frame, next);
}

void scheduler_yield(struct vmm_frame *frame) {
  struct vmm_guest *next = scheduler_next(arch_cpu()->current, false);
  if (next != NULL) switch_to(frame, next);
}

void scheduler_wait(struct vmm_frame *frame) {
  struct vmm_guest *guest = arch_cpu()->current;
  struct vmm_guest *next = scheduler_next(guest, false);
  if (next != NULL) {
    guest->idle = true;
    switch_to(frame, next);
    return;
  }
  /* Its own timer or the VMM's ends the wait; either is taken once the guest is entered again. */
  vmm_unlock();
  arch_idle();
  vmm_lock();
}

void guest_shutdown(struct vmm_frame *frame, const char *how, uint64_t code) {
  struct vmm_guest *guest = arch_cpu()->current;
  char line[64];
  const size_t length = rw_format_buffer(line, sizeof line, "vmm: guest %u %s, code %lu\n", guest->number, how, code);
  console_write(guest, line, (uint32_t)length);
  guest->running = false;
  console_release();
  bool any = false;
  for (unsigned number = 0; number < RW_GUESTS; number++) any |= vmm_guests[number].running;
  if (!any) vmm_run_end();
  struct vmm_guest *next = scheduler_next(guest, true);
  if (next != NULL) {
    switch_to(frame, next);
    return;
  }
  arch_guest_leave();
  vmm_unlock();
  arch_idle_forever();
}
