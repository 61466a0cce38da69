/* Physical CPUs: bringing them up, their timer, waiting. */
#include "privileged.h"
#include "tables.h"
#include "vgic.h"

#include <rw/gicv2.h>
#include <rw/psci.h>

#define CPTR_EL2_RES1 0x33ffull
#define CPTR_EL2_TFP RW_BIT(10)
#define CNTHCTL_EL1PCTEN RW_BIT(0)

const struct gicv2 vmm_gic = {RW_GICD, RW_GICC};

struct vmm_cpu *arch_cpu(void) { return (struct vmm_cpu *)read_sysreg(TPIDR_EL2); }

void arch_cpu_init(struct vmm_cpu *cpu) {
  write_sysreg(TPIDR_EL2, (uint64_t)cpu);
  write_sysreg(CPTR_EL2, CPTR_EL2_RES1 | CPTR_EL2_TFP);
  write_sysreg(MDCR_EL2, 0);
  write_sysreg(HSTR_EL2, 0);
  write_sysreg(CNTHCTL_EL2, CNTHCTL_EL1PCTEN);
  write_sysreg(VPIDR_EL2, read_sysreg(MIDR_EL1));
  /* A guest has one CPU, whichever physical one runs it. */
  write_sysreg(VMPIDR_EL2, RW_BIT(31) | RW_BIT(30));
  gicv2_cpu_init(&vmm_gic);
  vgic_cpu_init();
  arch_stage2_on();
}

void arch_timer_init(void) {
  gicv2_enable(&vmm_gic, RW_IRQ_HYP_TIMER);
  gicv2_enable(&vmm_gic, RW_IRQ_VIRTUAL_TIMER);
  arch_timer_rearm();
}

void arch_timer_rearm(void) {
  write_sysreg(CNTHP_TVAL_EL2, vmm_config->vmm_tick_period);
  write_sysreg(CNTHP_CTL_EL2, CNT_CTL_ENABLE);
  isb();
}

void arch_idle(void) { wfi(); }

_Noreturn void arch_idle_forever(void) {
  /* Interrupts of this CPU are taken here from now on. */
  __asm__ volatile("msr DAIFClr, #2" : : : "memory");
  for (;;) wfi();
}

void arch_secondary_start(unsigned cpu) {
  extern uint8_t vmm_secondary_entry[];
  if (psci_call(PSCI_CPU_ON, cpu, (uint64_t)vmm_secondary_entry, cpu) != PSCI_SUCCESS) vmm_stop("CPU_ON");
}

void arch_secondary_init(void) { address_space_on(); }

void arch_wait_signal(void) { wfe(); }

void arch_signal(void) { sev(); }

_Noreturn void arch_power_off(void) {
  psci_call(PSCI_SYSTEM_OFF, 0, 0, 0);
  arch_idle_forever();
}
