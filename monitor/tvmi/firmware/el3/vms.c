#include "tvmi.h"

#include <rw/sysreg.h>

#include <stddef.h>

#define VTTBR_VMID(vttbr) ((uint32_t)((vttbr) >> 48) & 0xff)

struct agent_vm *vm_slot(uint32_t vmid) {
  for (unsigned i = 0; i < TVMI_MAX_VMS; i++) {
    struct agent_vm *vm = &exchange->vms[i];
    if (vm->vmid == vmid) return vm;
    if (vm->vmid == 0) {
      vm->vmid = vmid;
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

void vm_capture(struct agent_vm *vm, enum vm_presence presence) {
  vm->presence = (uint16_t)presence;
  vm->cpu = (uint16_t)el3_cpu();
  vm->vttbr = read_sysreg(vttbr_el2);
  vm->vtcr = read_sysreg(vtcr_el2);
  vm->sctlr = read_sysreg(sctlr_el1);
  vm->ttbr0 = read_sysreg(ttbr0_el1);
  vm->ttbr1 = read_sysreg(ttbr1_el1);
  vm->tcr = read_sysreg(tcr_el1);
  vm->vbar = read_sysreg(vbar_el1);
}

void vm_all_away(void) {
  for (unsigned i = 0; i < TVMI_MAX_VMS; i++) {
    struct agent_vm *vm = &exchange->vms[i];
    if (vm->presence != VM_UNKNOWN) vm->presence = vm->cpu == el3_cpu() ? VM_AWAY : VM_ELSEWHERE;
  }
}
