#include "gic.h"

#include "arm64.h"

uint32_t gic_read(uint64_t base, uint32_t offset) { return *(volatile uint32_t *)(base + offset); }

void gic_write(uint64_t base, uint32_t offset, uint32_t value) {
  *(volatile uint32_t *)(base + offset) = value;
  DO("dsb sy");
}

void gic_reset(void) {
  gic_write(GICC, GICC_CTLR, 0);
  gic_write(GICD, GICD_CTLR, 0);
  gic_write(GICH, GICH_HCR, 0);
  for (int i = 0; i < 4; i++) gic_write(GICH, GICH_LR(i), 0);
  gic_write(GICH, GICH_APR, 0);
  gic_write(GICH, GICH_VMCR, 0);
  gic_write(GICD, GICD_ICENABLER, 0xffffffff);
  gic_write(GICD, GICD_IGROUPR, 0);
  for (uint32_t i = 0; i < 4; i++) gic_write(GICD, GICD_CPENDSGIR + 4 * i, 0xffffffff);
  gic_write(GICD, GICD_ICPENDR, 0xffff0000);
  gic_write(GICD, GICD_ICACTIVER, 0xffffffff);
  for (uint32_t i = 0; i < 8; i++) gic_write(GICD, GICD_IPRIORITYR + 4 * i, 0xa0a0a0a0);
  // Forget what an interrupt that nobody finished left of its priority.
  for (uint32_t i = 0; i < 4; i++) {
    gic_write(GICC, GICC_APR(i), 0);
    gic_write(GICC, GICC_NSAPR(i), 0);
  }
  gic_write(GICC, GICC_PMR, 0xff);
  gic_write(GICC, GICC_BPR, 0);
  gic_write(GICC, GICC_ABPR, 0);
}

void gic_enable(int interrupt, int group, uint8_t priority) {
  uint32_t bit = 1u << interrupt;
  uint32_t groups = gic_read(GICD, GICD_IGROUPR);
  gic_write(GICD, GICD_IGROUPR, group ? groups | bit : groups & ~bit);
  *(volatile uint8_t *)(GICD + GICD_IPRIORITYR + (uint64_t)interrupt) = priority;
  gic_write(GICD, GICD_ISENABLER, bit);
}

void gic_on(uint32_t control) {
  gic_write(GICD, GICD_CTLR, 3);
  gic_write(GICC, GICC_CTLR, GICC_CTLR_GRP0 | GICC_CTLR_GRP1 | control);
}

void gic_sgi(int interrupt) {
  // Of the two groups, the one that the interrupt belongs to takes it: NSATT says which.
  uint32_t nsatt = gic_read(GICD, GICD_IGROUPR) >> interrupt & 1;
  gic_write(GICD, GICD_SGIR, 2u << 24 | nsatt << 15 | (uint32_t)interrupt);
}

int gic_pending(int interrupt) { return gic_read(GICD, GICD_ISPENDR) >> interrupt & 1; }
