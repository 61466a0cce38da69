/* EL2's own address space: one to one, no page both writable and executable. */
#include "privileged.h"
#include "tables.h"

#include <rw/string.h>

extern uint8_t rw_text_start[], rw_text_end[], rw_rodata_end[], rw_image_end[], rw_vectors[];

static uint64_t next_frame = RW_VMM_TABLES;
/* False until TTBR0_EL2 holds the tables: before that they are plain memory. */
static bool live;

uint64_t table_frame(void *context) {
  (void)context;
  if (next_frame >= RW_VMM_TABLES + RW_VMM_TABLES_SIZE) return 0;
  const uint64_t frame = next_frame;
  next_frame += RW_PAGE_SIZE;
#ifdef RW_SMC_REWRITE
  if (live) return frame; /* read-only by now; EL3 clears a frame when it is linked */
#endif
  memset((void *)frame, 0, RW_PAGE_SIZE);
  dsb_ish();
  return frame;
}

static int store(void *context, uint64_t slot, uint64_t descriptor) {
  (void)context;
  if (live) return privileged_stage1_store(slot, descriptor);
  *(volatile uint64_t *)slot = descriptor;
  return 0;
}

static struct page_table table = {.allocate = table_frame, .store = store};

/* Attributes by enum rw_vmm_map. */
static const uint64_t attributes[] = {
    [RW_VMM_MAP_READ] = PT_NORMAL | PT_AP_READ_ONLY | PT_XN | PT_AP_EL0,
    [RW_VMM_MAP_WRITE] = PT_NORMAL | PT_XN | PT_AP_EL0,
    [RW_VMM_MAP_EXECUTE] = PT_NORMAL | PT_AP_READ_ONLY | PT_AP_EL0,
    [RW_VMM_MAP_DEVICE] = PT_DEVICE | PT_XN | PT_AP_EL0,
};

static void map_range(const void *from, const void *to, enum rw_vmm_map kind) {
  const uint64_t start = (uint64_t)from;
  if (page_table_map(&table, start, start, (uint64_t)to - start, attributes[kind], true) != 0) vmm_stop("EL2 tables");
}

static void map_fixed(uint64_t start, uint64_t size, enum rw_vmm_map kind) {
  map_range((void *)start, (void *)(start + size), kind);
}

static void flush_page(uint64_t va) { __asm__ volatile("tlbi vae2is, %0" : : "r"(va >> 12) : "memory"); }

static void flush_range(uint64_t va, uint64_t size) {
  dsb_ish();
  for (uint64_t at = va; at < va + size; at += RW_PAGE_SIZE) flush_page(at);
  dsb_ish();
  isb();
}

/* On every CPU. */
void address_space_on(void) {
  privileged_write(MAIR, PT_MAIR);
  privileged_write(TCR, PT_TCR_EL2);
  privileged_write(VBAR, (uint64_t)rw_vectors);
  privileged_write(TTBR0, table.root);
  __asm__ volatile("dsb sy\n tlbi alle2\n dsb sy\n isb" : : : "memory");
  privileged_write(SCTLR, SCTLR_EL2_RES1 | SCTLR_M | SCTLR_C | SCTLR_I | SCTLR_SA | SCTLR_WXN);
  isb();
}

void arch_address_space_init(void) {
  table.root = table_frame(NULL);
  map_fixed(RW_GICD, 0x00200000, RW_VMM_MAP_DEVICE);
  map_fixed(RW_UART0, RW_PAGE_SIZE, RW_VMM_MAP_DEVICE);
  map_fixed(RW_DEVICE_TREE, RW_VMM_IMAGE - RW_DEVICE_TREE, RW_VMM_MAP_READ);
  map_range(rw_text_start, rw_text_end, RW_VMM_MAP_EXECUTE);
  map_range(rw_text_end, rw_rodata_end, RW_VMM_MAP_READ);
  map_range(rw_rodata_end, rw_image_end, RW_VMM_MAP_WRITE);
  map_fixed(RW_VMM_TABLES, RW_VMM_TABLES_SIZE, RW_VMM_MAP_WRITE);
  map_fixed(RW_GUEST_RAM, RW_GUESTS * RW_GUEST_RAM_SIZE, RW_VMM_MAP_WRITE);
  map_fixed(RW_SPARE_FRAMES, RW_SPARE_FRAMES_SIZE, RW_VMM_MAP_WRITE);
  address_space_on();
  live = true;
}

int arch_map(uint64_t va, uint64_t pa, uint64_t size, enum rw_vmm_map kind) {
  const int error = page_table_map(&table, va, pa, size, attributes[kind], false);
  flush_range(va, size);
  return error;
}

int arch_module_map(uint64_t base, uint64_t code_bytes) {
  const uint64_t code = (code_bytes + RW_PAGE_SIZE - 1) & ~(uint64_t)(RW_PAGE_SIZE - 1);
  int error = arch_map(base, base, code, RW_VMM_MAP_WRITE);
  const uint64_t data = base + RW_MODULE_DATA_OFFSET;
  const uint64_t data_size = RW_MODULE_SLOT_SIZE - RW_MODULE_DATA_OFFSET;
  if (error == 0) error = arch_map(data, data, data_size, RW_VMM_MAP_WRITE);
  if (error != 0) return error;
  __asm__ volatile("ic ialluis\n dsb ish\n isb" : : : "memory");
#ifdef RW_SMC_REWRITE
  error = (int)rw_smc(RW_SMC_MODULE_LOAD, base, code, RW_MODULE_SLOT_SIZE);
  flush_range(base, RW_MODULE_SLOT_SIZE);
  return error;
#else
  return arch_map(base, base, code, RW_VMM_MAP_EXECUTE);
#endif
}
