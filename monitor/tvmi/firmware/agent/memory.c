#include "memory.h"

#include <rw/layout.h>
#include <rw/page_table.h>
#include <rw/string.h>
#include <rw/sysreg.h>
#include <tvmi/exchange.h>

#include <stddef.h>

#define TABLE_PAGES 8
/* Normal RAM ends where the carve-out begins: nothing that a guest may own lies above. */
#define NORMAL_RAM_SIZE (RW_SECURE_CARVE_OUT - RW_RAM)

/* TCR_EL1 (D13.2.120): TTBR1 unused */
#define TCR_EPD1 RW_BIT(23)
#define TCR_EL1_IPS_40_BIT (2ull << 32)
#define AGENT_TCR (TCR_EL1_IPS_40_BIT | TCR_EPD1 | TCR_WALK_WB_INNER_SHAREABLE | PT_T0SZ)

static uint8_t tables[TABLE_PAGES][RW_PAGE_SIZE] __attribute__((aligned(RW_PAGE_SIZE)));
static unsigned tables_used;

extern const uint8_t rw_text_start[], rw_text_end[], __agent_data_start[], __agent_bss_end[];

static uint64_t allocate(void *context) {
  (void)context;
  if (tables_used == TABLE_PAGES) return 0;
  return (uint64_t)tables[tables_used++];
}

#define READ_ONLY (PT_NORMAL | PT_AP_READ_ONLY | PT_PXN | PT_UXN)
#define WRITABLE (PT_NORMAL | PT_PXN | PT_UXN)
#define CODE (PT_NORMAL | PT_AP_READ_ONLY | PT_UXN)

bool memory_enable(void) {
  struct page_table table = {.root = allocate(NULL), .allocate = allocate};
  const uint64_t text = (uint64_t)rw_text_start, constants = (uint64_t)rw_text_end;
  const uint64_t data = (uint64_t)__agent_data_start, end = (uint64_t)__agent_bss_end;
  const struct {
    uint64_t start, size, attributes;
  } areas[] = {
      {RW_ROM, RW_ROM_SIZE, READ_ONLY},
      {RW_RAM, NORMAL_RAM_SIZE, READ_ONLY | PT_NS},
      {text, constants - text, CODE},
      {constants, data - constants, READ_ONLY},
      {data, end - data, WRITABLE},
      {TVMI_EXCHANGE, RW_PAGE_SIZE, WRITABLE},
  };
  for (size_t i = 0; i < sizeof areas / sizeof areas[0]; i++) {
    if (areas[i].size == 0) continue;
    if (page_table_map(&table, areas[i].start, areas[i].start, areas[i].size, areas[i].attributes, true) != 0) {
      return false;
    }
  }
  write_sysreg(mair_el1, PT_MAIR);
  write_sysreg(tcr_el1, AGENT_TCR);
  write_sysreg(ttbr0_el1, table.root);
  dsb_sy();
  isb();
  write_sysreg(sctlr_el1, SCTLR_EL1_RES1 | SCTLR_M | SCTLR_C | SCTLR_I | SCTLR_SA | SCTLR_WXN);
  isb();
  return true;
}

const void *memory_at(uint64_t pa, uint64_t size) {
  if (pa < RW_RAM || size > NORMAL_RAM_SIZE || pa - RW_RAM > NORMAL_RAM_SIZE - size) return NULL;
  return (const void *)pa;
}

bool memory_read64(uint64_t pa, uint64_t *value) {
  const volatile uint64_t *at = memory_at(pa, sizeof *value);
  if (at == NULL || (pa & 7) != 0) return false;
  *value = *at;
  return true;
}
