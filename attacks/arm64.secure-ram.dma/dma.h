/* The board's DMA engine, which copies memory as a master of the normal world, and its SMMU-lite. */
#ifndef ATTACK_DMA_H
#define ATTACK_DMA_H

#include <rw/gicv2.h>
#include <rw/vmm_api.h>

/* A virtual address that the VMM does not use. */
#define ENGINE 0x60000000ull
#define SMMU (ENGINE + (RW_SMMU - RW_DMA))

#define DMA_SRC_LOW 0x00
#define DMA_SRC_HIGH 0x04
#define DMA_DST_LOW 0x08
#define DMA_DST_HIGH 0x0c
#define DMA_LEN 0x10
#define DMA_CTRL 0x14
#define DMA_STATUS 0x18
#define DMA_CTRL_START 1u
#define DMA_STATUS_DONE 1u

#define SMMU_CTRL 0x00
#define SMMU_BASE_LOW 0x04
#define SMMU_BASE_HIGH 0x08
#define SMMU_SIZE 0x0c
#define SMMU_CTRL_ENABLE 1u
#define SMMU_READ 1ull
#define SMMU_WRITE 2ull

#define STOLEN_BYTES 256

/* The engine's registers, in EL2's address space. 0, or it was refused. */
static inline int engine_map(const struct rw_vmm_api *api) {
  return api->map(ENGINE, RW_DMA, 2 * RW_PAGE_SIZE, RW_VMM_MAP_DEVICE);
}

/* Copies by bus addresses. 0 where all of it arrived. */
static inline int engine_copy(uint64_t to, uint64_t from, uint32_t bytes) {
  mmio_write32(ENGINE + DMA_SRC_LOW, (uint32_t)from);
  mmio_write32(ENGINE + DMA_SRC_HIGH, (uint32_t)(from >> 32));
  mmio_write32(ENGINE + DMA_DST_LOW, (uint32_t)to);
  mmio_write32(ENGINE + DMA_DST_HIGH, (uint32_t)(to >> 32));
  mmio_write32(ENGINE + DMA_LEN, bytes);
  mmio_write32(ENGINE + DMA_CTRL, DMA_CTRL_START);
  return mmio_read32(ENGINE + DMA_STATUS) == DMA_STATUS_DONE ? 0 : 1;
}

#endif
