/* A guest's writes of its translation registers, which HCR_EL2.TVM sends to EL2 and EL2 sends here. */
#include "tvmi.h"

#include <rw/sysreg.h>

#include <stddef.h>

#define TTBR_BADDR 0x0000fffffffffffeull

/* What a guest's boot code chose, VM by VM. It may choose until it turns its MMU on. */
static struct choice {
  bool mmu_on;
  uint64_t ttbr1;
  uint64_t tcr;
  uint64_t mair;
} choices[TVMI_MAX_VMS];

static void tell_agent(struct agent_vm *vm, const struct choice *choice) {
  vm->guest.chosen = choice->mmu_on;
  vm->guest.chosen_ttbr1 = choice->ttbr1;
  vm->guest.chosen_tcr = choice->tcr;
  vm->guest.chosen_mair = choice->mair;
}

#define WRITER(name) \
  static void write_##name(uint64_t value) { write_sysreg(name, value); }
WRITER(sctlr_el1)
WRITER(ttbr0_el1)
WRITER(ttbr1_el1)
WRITER(tcr_el1)
WRITER(esr_el1)
WRITER(far_el1)
WRITER(afsr0_el1)
WRITER(afsr1_el1)
WRITER(mair_el1)
WRITER(amair_el1)
WRITER(contextidr_el1)

static bool sctlr_allowed(struct choice *choice, uint64_t value) {
  if (choice->mmu_on) return (value & SCTLR_M) != 0;
  if ((value & SCTLR_M) != 0) {
    *choice = (struct choice){true, read_sysreg(ttbr1_el1), read_sysreg(tcr_el1), read_sysreg(mair_el1)};
  }
  return true;
}

/* The root of a process's tables lies in the guest's own memory. */
static bool ttbr0_allowed(struct choice *choice, uint64_t value) {
  (void)choice;
  const uint64_t root = value & TTBR_BADDR;
  return root == 0 || (root >= RW_GUEST_IPA_RAM && root < RW_GUEST_IPA_RAM + RW_GUEST_RAM_SIZE);
}

static bool ttbr1_allowed(struct choice *choice, uint64_t value) { return !choice->mmu_on || value == choice->ttbr1; }
static bool tcr_allowed(struct choice *choice, uint64_t value) { return !choice->mmu_on || value == choice->tcr; }
static bool mair_allowed(struct choice *choice, uint64_t value) { return !choice->mmu_on || value == choice->mair; }

static const struct {
  void (*write)(uint64_t value);
  bool (*allowed)(struct choice *choice, uint64_t value); /* NULL: always */
  const char *alarm;
} REGISTERS[RW_EL1_REGISTERS] = {
    [RW_EL1_SCTLR] = {write_sctlr_el1, sctlr_allowed, "guest.sctlr.denied"},
    [RW_EL1_TTBR0] = {write_ttbr0_el1, ttbr0_allowed, "guest.ttbr.denied"},
    [RW_EL1_TTBR1] = {write_ttbr1_el1, ttbr1_allowed, "guest.ttbr.denied"},
    [RW_EL1_TCR] = {write_tcr_el1, tcr_allowed, "guest.translation.denied"},
    [RW_EL1_ESR] = {write_esr_el1, NULL, NULL},
    [RW_EL1_FAR] = {write_far_el1, NULL, NULL},
    [RW_EL1_AFSR0] = {write_afsr0_el1, NULL, NULL},
    [RW_EL1_AFSR1] = {write_afsr1_el1, NULL, NULL},
    [RW_EL1_MAIR] = {write_mair_el1, mair_allowed, "guest.translation.denied"},
    [RW_EL1_AMAIR] = {write_amair_el1, NULL, NULL},
    [RW_EL1_CONTEXTIDR] = {write_contextidr_el1, NULL, NULL},
};

/* The event trigger: before the guest runs on other tables, the agent looks whose they are. */
static void ask_agent(struct agent_vm *vm, uint64_t ttbr0) {
  vm_all_away();
  vm_capture(vm, VMI_IN_KERNEL);
  exchange->vm = vm_index(vm);
  exchange->argument = ttbr0;
  if (agent_run(AGENT_SWITCH) != AGENT_OK) {
    report("el3", "agent.fault", "");
    return;
  }
  struct finding_count count = {0, 0};
  report_findings(&count);
}

int64_t call_trapped_write(const uint64_t *x) {
  const uint64_t which = x[1], value = x[2];
  struct agent_vm *vm = vm_live();
  if (which >= RW_EL1_REGISTERS || vm == NULL) return RW_TVMI_INVALID;
  struct choice *choice = &choices[vm_index(vm)];
  if (REGISTERS[which].allowed != NULL && !REGISTERS[which].allowed(choice, value)) {
    return deny(REGISTERS[which].alarm, ",vm=%x,register=%lx,value=%lx", vm->guest.vmid, which, value);
  }
  if (which == RW_EL1_TTBR0 && choice->mmu_on && !ablated(RW_ABLATION_POLLING_ONLY)) ask_agent(vm, value);
  if (which == RW_EL1_SCTLR) tell_agent(vm, choice);
  REGISTERS[which].write(value);
  isb();
  return RW_TVMI_OK;
}
