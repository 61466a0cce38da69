/* EL3's own address space: one to one, no memory both writable and executable. */
#include <el3/el3.h>
#include <rw/page_table.h>
#include <rw/sysreg.h>

#define TABLE_PAGES 32

static uint8_t pages[TABLE_PAGES][RW_PAGE_SIZE] __attribute__((aligned(RW_PAGE_SIZE)));
static unsigned used;

static uint64_t allocate(void *context) {
  (void)context;
  return used < TABLE_PAGES ? (uint64_t)pages[used++] : 0;
}

static struct page_table table = {.allocate = allocate};

struct range {
  uint64_t address;
  uint64_t size;
  uint64_t attributes;
};

static const struct range ranges[] = {
    {RW_ROM, RW_ROM_SIZE, PT_NORMAL | PT_AP_READ_ONLY},
    {RW_GICD, 0x00200000, PT_DEVICE | PT_XN},
    {RW_UART0 & ~(PT_BLOCK_2M - 1), 0x00200000, PT_DEVICE | PT_XN},
    {RW_TZC, 0x00200000, PT_DEVICE | PT_XN},
    {RW_SECURE_RAM, RW_SECURE_RAM_SIZE, PT_NORMAL | PT_XN},
    {RW_RAM, RW_SECURE_CARVE_OUT - RW_RAM, PT_NORMAL | PT_XN | PT_NS},
    {RW_SECURE_CARVE_OUT, RW_SECURE_CARVE_OUT_SIZE, PT_NORMAL | PT_XN},
};

int el3_map(uint64_t address, uint64_t size, uint64_t attributes) {
  return page_table_map(&table, address, address, size, attributes, true);
}

void el3_memory_init(void) {
  table.root = allocate(table.context);
  for (unsigned i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
    if (el3_map(ranges[i].address, ranges[i].size, ranges[i].attributes) != 0) el3_stop("EL3 tables");
  }
}

void el3_mmu_on(void) {
  write_sysreg(MAIR_EL3, PT_MAIR);
  write_sysreg(TCR_EL3, PT_TCR_EL3);
  write_sysreg(TTBR0_EL3, table.root);
  __asm__ volatile("dsb sy\n tlbi alle3\n dsb sy\n isb" : : : "memory");
  write_sysreg(SCTLR_EL3, SCTLR_EL3_RES1 | SCTLR_M | SCTLR_C | SCTLR_I | SCTLR_WXN | SCTLR_SA);
  isb();
}
