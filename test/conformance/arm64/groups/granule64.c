// The 64 KiB granule of stage 1: levels 1 to 3, 512 MiB blocks. EL1 runs on it, the image in one block.
#include "../harness.h"

PROBE(granule64_load, "ldr x1, [x0]");
PROBE(granule64_store, "str x1, [x0]");

#define TCR_TG0_64K (UINT64_C(1) << 14)
/** No index on the way is zero: bits 47:42 = 1, 41:29 = 1, 28:16 = 1. */
#define WIDE (BIT(42) | BIT(29) | BIT(16))

typedef uint64_t table64[8192] __attribute__((aligned(65536)));
static table64 level1, level2, level2_window, level3;

static void clear(uint64_t *table) {
  for (int i = 0; i < 8192; i++) ((volatile uint64_t *)table)[i] = 0;
}

static void prepare(int level, uint64_t descriptor) {
  reset();
  clear(level1);
  clear(level2);
  clear(level2_window);
  clear(level3);
  level1[0] = (uint64_t)level2 | DESC_TABLE;
  level2[2] = UINT64_C(0x40000000) | BLOCK_RW;
  level1[1] = (uint64_t)level2_window | DESC_TABLE;
  level2_window[1] = (uint64_t)level3 | DESC_TABLE;
  *(level == 1 ? &level1[1] : level == 2 ? &level2_window[1] : &level3[1]) = descriptor;
  WRITE(ttbr0_el1, level1);
  WRITE(tcr_el1, (TCR_EL1_PLAIN & ~(UINT64_C(3) << 30)) | TCR_TG0_64K | UINT64_C(3) << 30);
  translate(EL1);
  flush();
}

static const struct {
  const char *name;
  int level;
  uint64_t descriptor, offset;
} rows[] = {{"translation L1", 1, 0, 0x128},
            {"block at L1", 1, UINT64_C(0x40000000) | BLOCK_RW, 0x128},
            {"translation L2", 2, 0, 0x128},
            {"access flag L2", 2, UINT64_C(0x40000000) | (BLOCK_RW & ~DESC_AF), 0x128},
            {"read-only L2", 2, UINT64_C(0x40000000) | BLOCK_RW | DESC_AP_RO, 0x2011238},
            {"512 MiB", 2, UINT64_C(0x40000000) | BLOCK_RW, 0x2011238},
            {"translation L3", 3, 0, 0x128},
            {"access flag L3", 3, UINT64_C(0x42010000) | (PAGE_RW & ~DESC_AF), 0x128},
            {"read-only L3", 3, UINT64_C(0x42010000) | PAGE_RW | DESC_AP_RO, 0x1238},
            {"64 KiB", 3, UINT64_C(0x42010000) | PAGE_RW, 0x1238},
            {"64 KiB, last bytes", 3, UINT64_C(0x42010000) | PAGE_RW, 0xfff8}};

void group_granule64(void) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    uint64_t base = rows[i].level == 3 ? WIDE : rows[i].level == 2 ? WIDE & ~(BIT(29) - 1) : WIDE & ~(BIT(42) - 1);
    prepare(rows[i].level, rows[i].descriptor);
    store(UINT64_C(0x42011238), 0x4044);
    store(UINT64_C(0x4201fff8), 0x5055);
    x[0] = base + rows[i].offset;
    x[1] = 0;
    run(EL1h, granule64_load);
    show_registers(rows[i].name, "read", 2);
    x[1] = 0x6066;
    run(EL1h, granule64_store);
    show(rows[i].name, "write");
  }
}
