/*
 * The same through the SMMU-lite: bus page 0 is made the carve-out, bus page 1 the module's own page,
 * so that the engine is given harmless addresses alone. Runs at EL2.
 */
#include "dma.h"

#include <rw/sysreg.h>

volatile uint8_t stolen[RW_PAGE_SIZE] __attribute__((aligned(RW_PAGE_SIZE)));
static volatile uint64_t list[2] __attribute__((aligned(RW_PAGE_SIZE)));

RW_MODULE_ENTRY int module_entry(const struct rw_vmm_api *api) {
  if (engine_map(api) != 0) return 1;
  list[0] = RW_SECURE_CARVE_OUT | SMMU_READ;
  list[1] = (uint64_t)stolen | SMMU_WRITE;
  dsb_sy();
  mmio_write32(SMMU + SMMU_BASE_LOW, (uint32_t)(uint64_t)list);
  mmio_write32(SMMU + SMMU_BASE_HIGH, (uint32_t)((uint64_t)list >> 32));
  mmio_write32(SMMU + SMMU_SIZE, sizeof list / sizeof list[0]);
  mmio_write32(SMMU + SMMU_CTRL, SMMU_CTRL_ENABLE);
  return engine_copy(RW_PAGE_SIZE, 0, STOLEN_BYTES);
}
