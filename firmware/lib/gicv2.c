#include <rw/gicv2.h>

#define IRQS_PER_WORD 32
#define FIRST_SHARED 32

static unsigned interrupt_words(const struct gicv2 *gic) { return (mmio_read32(gic->distributor + GICD_TYPER) & 0x1f) + 1; }

static uintptr_t bit_register(const struct gicv2 *gic, uintptr_t base, unsigned interrupt) {
  return gic->distributor + base + 4 * (interrupt / IRQS_PER_WORD);
}

void gicv2_secure_init(const struct gicv2 *gic) {
  const unsigned words = interrupt_words(gic);
  mmio_write32(gic->distributor + GICD_CTLR, 0);
  for (unsigned word = 1; word < words; word++) {
    mmio_write32(gic->distributor + GICD_ICENABLER + 4 * word, 0xffffffff);
    mmio_write32(gic->distributor + GICD_IGROUPR + 4 * word, 0xffffffff);
    for (unsigned quad = 0; quad < 8; quad++) {
      mmio_write32(gic->distributor + GICD_IPRIORITYR + 32 * word + 4 * quad, GIC_PRIORITY_NORMAL * 0x01010101u);
    }
  }
  mmio_write32(gic->distributor + GICD_CTLR, GICD_CTLR_ENABLE_GROUP0 | GICD_CTLR_ENABLE_GROUP1);
}

void gicv2_secure_cpu_init(const struct gicv2 *gic) {
  mmio_write32(gic->distributor + GICD_ICENABLER, 0xffffffff);
  mmio_write32(gic->distributor + GICD_IGROUPR, 0xffffffff);
  for (unsigned quad = 0; quad < 8; quad++) {
    mmio_write32(gic->distributor + GICD_IPRIORITYR + 4 * quad, GIC_PRIORITY_NORMAL * 0x01010101u);
  }
  mmio_write32(gic->cpu + GICC_PMR, GIC_PRIORITY_MASK_ALL);
  mmio_write32(gic->cpu + GICC_CTLR, GICC_CTLR_ENABLE_GROUP0 | GICC_CTLR_ENABLE_GROUP1 | GICC_CTLR_FIQ_EN);
}

void gicv2_enable_secure(const struct gicv2 *gic, unsigned interrupt) {
  const uint32_t bit = 1u << (interrupt % IRQS_PER_WORD);
  const uintptr_t group = bit_register(gic, GICD_IGROUPR, interrupt);
  mmio_write32(group, mmio_read32(group) & ~bit);
  mmio_write8(gic->distributor + GICD_IPRIORITYR + interrupt, GIC_PRIORITY_SECURE);
  if (interrupt >= FIRST_SHARED) mmio_write8(gic->distributor + GICD_ITARGETSR + interrupt, 1);
  gicv2_enable(gic, interrupt);
}

void gicv2_send_secure(const struct gicv2 *gic, unsigned interrupt, uint32_t cpus) {
  /* NSATT (bit 15) is 0: only where the interrupt is of group 0 (4.3.15). */
  mmio_write32(gic->distributor + GICD_SGIR, cpus << GICD_SGIR_TARGETS | interrupt);
}

void gicv2_cpu_init(const struct gicv2 *gic) {
  mmio_write32(gic->cpu + GICC_PMR, GIC_PRIORITY_MASK_ALL);
  /* The non-secure view has one enable bit, for group 1. */
  mmio_write32(gic->cpu + GICC_CTLR, 1);
}

void gicv2_enable(const struct gicv2 *gic, unsigned interrupt) {
  mmio_write32(bit_register(gic, GICD_ISENABLER, interrupt), 1u << (interrupt % IRQS_PER_WORD));
}

void gicv2_disable(const struct gicv2 *gic, unsigned interrupt) {
  mmio_write32(bit_register(gic, GICD_ICENABLER, interrupt), 1u << (interrupt % IRQS_PER_WORD));
}

uint32_t gicv2_acknowledge(const struct gicv2 *gic) { return mmio_read32(gic->cpu + GICC_IAR); }

void gicv2_end(const struct gicv2 *gic, uint32_t acknowledged) { mmio_write32(gic->cpu + GICC_EOIR, acknowledged); }
