/*
 * Lets the DMA engine copy the beginning of the secure carve-out into the module's own memory; the
 * SMMU-lite stays off, as it is after reset. Runs at EL2.
 */
#include "dma.h"

/* What was read, where ground truth looks for it. */
volatile uint8_t stolen[STOLEN_BYTES] __attribute__((aligned(STOLEN_BYTES)));

RW_MODULE_ENTRY int module_entry(const struct rw_vmm_api *api) {
  if (engine_map(api) != 0) return 1;
  return engine_copy((uint64_t)stolen, RW_SECURE_CARVE_OUT, sizeof stolen);
}
