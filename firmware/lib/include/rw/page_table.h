/*
 * Builds VMSAv8-64 translation tables (Arm ARM D5), 4 KiB granule, stage 1 or stage 2, starting at
 * level 1 with one table page: 39 bits of input address. Tables are addressed by their physical
 * address, so the builder runs where memory is mapped one to one or the MMU is off; where it is
 * mapped elsewhere, `offset` says by how much.
 */
#ifndef RW_PAGE_TABLE_H
#define RW_PAGE_TABLE_H

#include <rw/sysreg.h>

#define PT_VALID RW_BIT(0)
#define PT_TABLE RW_BIT(1) /* table at levels 0-2, page at level 3 */
#define PT_ADDRESS 0x0000fffffffff000ull
#define PT_ENTRIES 512
#define PT_BLOCK_2M 0x200000ull

/* Stage 1 leaf attributes */
#define PT_ATTR_INDEX(n) ((uint64_t)(n) << 2)
#define PT_NS RW_BIT(5)
#define PT_AP_EL0 RW_BIT(6)
#define PT_AP_READ_ONLY RW_BIT(7)
#define PT_INNER_SHAREABLE (3ull << 8)
#define PT_ACCESS_FLAG RW_BIT(10)
#define PT_NOT_GLOBAL RW_BIT(11)
#define PT_PXN RW_BIT(53)
#define PT_UXN RW_BIT(54)
#define PT_XN RW_BIT(54) /* EL2, EL3 */

/* MAIR_ELx as all our software sets it: 0 = Device-nGnRnE, 1 = Normal write-back, 2 = Normal non-cacheable */
#define PT_MAIR 0x44ff00ull
#define PT_DEVICE PT_ATTR_INDEX(0)
#define PT_NORMAL (PT_ATTR_INDEX(1) | PT_INNER_SHAREABLE)

/* Stage 2 leaf attributes */
#define PT_S2_NORMAL (0xfull << 2 | PT_INNER_SHAREABLE)
#define PT_S2_DEVICE (0x0ull << 2)
#define PT_S2_READ RW_BIT(6)
#define PT_S2_WRITE RW_BIT(7)
#define PT_S2_XN RW_BIT(54)

/* TCR_EL1, TCR_EL2, TCR_EL3, VTCR_EL2 for tables of this builder */
#define PT_T0SZ 25
#define TCR_WALK_WB_INNER_SHAREABLE (RW_BIT(8) | RW_BIT(10) | (3ull << 12))
#define TCR_EL2_RES1 (RW_BIT(31) | RW_BIT(23))
#define TCR_PS_40_BIT (2ull << 16)
#define PT_TCR_EL2 (TCR_EL2_RES1 | TCR_PS_40_BIT | TCR_WALK_WB_INNER_SHAREABLE | PT_T0SZ)
#define PT_TCR_EL3 PT_TCR_EL2
#define VTCR_RES1 RW_BIT(31)
#define VTCR_SL0_LEVEL1 (1ull << 6)
#define PT_VTCR (VTCR_RES1 | TCR_PS_40_BIT | TCR_WALK_WB_INNER_SHAREABLE | VTCR_SL0_LEVEL1 | PT_T0SZ)

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stdint.h>

struct page_table {
  uint64_t root; /* physical address of the level 1 table */
  /* Virtual address at which the caller sees a table, less its physical address. */
  uint64_t offset;
  /* Physical address of a free page whose bytes are zero, or 0 where there is none. */
  uint64_t (*allocate)(void *context);
  /* Stores a descriptor, where that takes more than a store; NULL: a plain store. 0, or an error. */
  int (*store)(void *context, uint64_t slot, uint64_t descriptor);
  void *context;
};

/* Maps [input, input + size) to output on. 2 MiB blocks are used where `blocks` and the alignment allow.
 * 0; -1 out of table pages; -2 part of it is mapped by a block already; else the error of `store`.
 * No TLB maintenance: the caller knows what was mapped before. */
int page_table_map(struct page_table *table, uint64_t input, uint64_t output, uint64_t size, uint64_t attributes,
                   bool blocks);
/* The leaf descriptor's slot and level for an input address; NULL where a table is missing. */
uint64_t *page_table_slot(const struct page_table *table, uint64_t input, unsigned *level);
/* Output address for an input address; ~0 where it is not mapped. */
uint64_t page_table_translate(const struct page_table *table, uint64_t input);
#endif

#endif
