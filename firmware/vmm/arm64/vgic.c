#include "vgic.h"

#include <rw/gicv2.h>

#define VIRQ_PRIORITY 0x80

static const uint32_t virq_id[ARCH_VIRQS] = {[ARCH_VIRQ_TIMER] = RW_VIRQ_TIMER, [ARCH_VIRQ_EVENT] = RW_VIRQ_EVENT};

/* One list register for each interrupt that a guest can get. */
static uintptr_t list_register(unsigned virq) { return RW_GICH + GICH_LR + 4 * virq; }

void vgic_cpu_init(void) {
  for (unsigned virq = 0; virq < ARCH_VIRQS; virq++) mmio_write32(list_register(virq), 0);
  mmio_write32(RW_GICH + GICH_HCR, GICH_HCR_EN);
}

void vgic_save(struct arch_guest *arch) {
  for (unsigned virq = 0; virq < ARCH_VIRQS; virq++) arch->list_registers[virq] = mmio_read32(list_register(virq));
  arch->gich_vmcr = mmio_read32(RW_GICH + GICH_VMCR);
  arch->gich_apr = mmio_read32(RW_GICH + GICH_APR);
}

void vgic_load(struct arch_guest *arch) {
  for (unsigned virq = 0; virq < ARCH_VIRQS; virq++) mmio_write32(list_register(virq), arch->list_registers[virq]);
  mmio_write32(RW_GICH + GICH_VMCR, arch->gich_vmcr);
  mmio_write32(RW_GICH + GICH_APR, arch->gich_apr);
}

/* The guest's registers are live on this CPU. */
void vgic_deliver(struct vmm_guest *guest) {
  struct arch_guest *arch = &guest->arch;
  const uint32_t ready = arch->virq_pending & arch->virq_enabled;
  for (unsigned virq = 0; virq < ARCH_VIRQS; virq++) {
    if ((ready >> virq & 1) == 0) continue;
    const uint32_t old = mmio_read32(list_register(virq));
    const uint32_t fresh = virq_id[virq] | GICH_LR_PRIORITY(VIRQ_PRIORITY);
    mmio_write32(list_register(virq), ((old & GICH_LR_ACTIVE) != 0 ? old : fresh) | GICH_LR_PENDING);
    arch->virq_pending &= ~(1u << virq);
  }
}

void arch_raise(struct vmm_guest *guest, enum arch_virq virq) {
  guest->arch.virq_pending |= 1u << virq;
  guest->idle = false;
}

bool arch_interrupt_waits(const struct vmm_guest *guest) {
  if ((guest->arch.virq_pending & guest->arch.virq_enabled) != 0) return true;
  for (unsigned virq = 0; virq < ARCH_VIRQS; virq++) {
    if ((mmio_read32(list_register(virq)) & GICH_LR_PENDING) != 0) return true;
  }
  return false;
}
