/* The agent's commands. One call of agent_main is one command of EL3. */
#include "memory.h"
#include "walk.h"

#include <tvmi/exchange.h>
#include <vmi/checks.h>

static struct vmi_kernel kernels[TVMI_MAX_KERNELS];
static uint32_t kernel_count;
static struct vmi_past pasts[TVMI_MAX_VMS];
static struct vmi_view views[TVMI_MAX_VMS];

static enum agent_result start(struct agent_exchange *exchange) {
  if (!memory_enable()) return AGENT_FAULT;
  for (uint32_t i = 0; i < exchange->kernels && i < TVMI_MAX_KERNELS; i++) {
    if (!vmi_kernel_open(&kernels[i], (const uint8_t *)exchange->kernel[i].image, exchange->kernel[i].size)) {
      return AGENT_FAULT;
    }
    kernel_count++;
  }
  return kernel_count > 0 ? AGENT_OK : AGENT_FAULT;
}

/* The kernel of the VM in that slot: VMs come up in the order of the bundle's kernels. */
static const struct vmi_kernel *kernel_of(uint32_t slot) {
  return &kernels[slot < kernel_count ? slot : kernel_count - 1];
}

static void check_slot(struct agent_exchange *exchange, uint32_t slot) {
  const struct agent_vm *vm = &exchange->vms[slot];
  if (vm->guest.presence == VMI_UNKNOWN || vm->guest.presence == VMI_ELSEWHERE) return;
  struct guest_memory memory;
  guest_memory_open(&memory, vm);
  const struct vmi_check check = {&vm->guest,    kernel_of(slot), &memory.interface,
                                  &pasts[slot], &views[slot],    &exchange->findings};
  if (exchange->command == AGENT_SWITCH) {
    vmi_check_switch(&check, exchange->argument);
  } else {
    vmi_check_guest(&check);
  }
  exchange->walk_references += memory.references;
}

enum agent_result agent_main(enum agent_command command) {
  struct agent_exchange *exchange = (struct agent_exchange *)TVMI_EXCHANGE;
  exchange->findings.count = 0;
  switch (command) {
    case AGENT_START:
      return start(exchange);
    case AGENT_SWITCH:
      if (exchange->vm < TVMI_MAX_VMS) check_slot(exchange, exchange->vm);
      return AGENT_OK;
    case AGENT_POLL:
      for (uint32_t slot = 0; slot < TVMI_MAX_VMS; slot++) check_slot(exchange, slot);
      return AGENT_OK;
  }
  return AGENT_FAULT;
}
