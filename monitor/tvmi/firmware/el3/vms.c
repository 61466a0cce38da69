#include "tvmi.h"

#include <rw/sysreg.h>

#include <stddef.h>

#define VTTBR_VMID(vttbr) ((uint32_t)((vttbr) >> 48) & 0xff)

struct agent_vm *vm_slot(uint32_t vmid) {
  for (unsigned i = 0; i < TVMI_MAX_VMS; i++) {
    struct agent_vm *vm = &exchange->vms[i];
    if (vm->guest.vmid == vmid) return vm;
    if (vm->guest.vmid == 0) {
      vm->guest.vmid = vmid;
      return vm;
    }
  }
  return NULL;
}

unsigned vm_index(const struct agent_vm *vm) { return (unsigned)(vm - exchange->vms); }

struct agent_vm *vm_live(void) {
  const uint32_t vmid = VTTBR_VMID(read_sysreg(vttbr_el2));
  return vmid == 0 ? NULL : vm_slot(vmid);
}

void vm_capture(struct agent_vm *vm, enum vmi_presence presence) {
  vm->cpu = el3_cpu();
  vm->vttbr = read_sysreg(vttbr_el2);
  vm->vtcr = read_sysreg(vtcr_el2);
  vm->guest.presence = presence;
  vm->guest.sctlr = read_sysreg(sctlr_el1);
  vm->guest.ttbr0 = read_sysreg(ttbr0_el1);
  vm->guest.ttbr1 = read_sysreg(ttbr1_el1);
  vm->guest.tcr = read_sysreg(tcr_el1);
  vm->guest.mair = read_sysreg(mair_el1);
  vm->guest.vbar = read_sysreg(vbar_el1);
}

void vm_all_away(void) {
  for (unsigned i = 0; i < TVMI_MAX_VMS; i++) {
    struct agent_vm *vm = &exchange->vms[i];
    if (vm->guest.presence != VMI_UNKNOWN) vm->guest.presence = vm->cpu == el3_cpu() ? VMI_AWAY : VMI_ELSEWHERE;
  }
}
