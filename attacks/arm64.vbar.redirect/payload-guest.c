/*
 * Puts a vector table of the attacker's own between each exception to guest 0's kernel and its
 * handler. The page of the table is made executable in the kernel's own tables first: a kernel may do
 * with them what it likes. Runs at EL1 in the guest's kernel.
 */
#include <rw/guest_api.h>
#include <rw/page_table.h>
#include <rw/sysreg.h>

#define ENTRIES 16
#define ENTRY_WORDS 32 /* Arm ARM D1.10.2: 128 bytes each */
#define BRANCH_OFFSET_MASK 0x3ffffffu
#define OPCODE_B 0x14000000u

static uint32_t vectors[RW_PAGE_SIZE / 4] __attribute__((aligned(RW_PAGE_SIZE)));
uint64_t redirected_exceptions __attribute__((aligned(RW_PAGE_SIZE)));

/* What stands in each entry before the branch. The counter's address is the literal behind it. */
static const uint32_t COUNT[] = {
    0xa9bf47f0, /* stp x16, x17, [sp, #-16]! */
    0x580000f0, /* ldr x16, . + 28 */
    0xf9400211, /* ldr x17, [x16] */
    0x91000631, /* add x17, x17, #1 */
    0xf9000211, /* str x17, [x16] */
    0xa8c147f0, /* ldp x16, x17, [sp], #16 */
};
#define COUNT_WORDS (sizeof COUNT / sizeof COUNT[0])
/* Word of the literal: seven words behind the load, which is word 1. */
#define LITERAL_WORD 8

static void write_entry(uint32_t *entry, uint64_t original) {
  for (unsigned i = 0; i < COUNT_WORDS; i++) entry[i] = COUNT[i];
  const int64_t distance = (int64_t)(original - (uint64_t)&entry[COUNT_WORDS]);
  entry[COUNT_WORDS] = OPCODE_B | ((uint32_t)(distance / 4) & BRANCH_OFFSET_MASK);
  entry[LITERAL_WORD] = (uint32_t)(uint64_t)&redirected_exceptions;
  entry[LITERAL_WORD + 1] = (uint32_t)((uint64_t)&redirected_exceptions >> 32);
}

static uint64_t *table_at(uint64_t descriptor) {
  return (uint64_t *)((descriptor & PT_ADDRESS) + RW_GUEST_LINEAR_VA);
}

/* The kernel's page entry of a module's page. */
static volatile uint64_t *page_entry(uint64_t va) {
  const uint64_t *level1 = table_at(read_sysreg(TTBR1_EL1));
  const uint64_t *level2 = table_at(level1[(va >> 30) & (PT_ENTRIES - 1)]);
  return table_at(level2[(va >> 21) & (PT_ENTRIES - 1)]) + ((va >> 12) & (PT_ENTRIES - 1));
}

RW_MODULE_ENTRY int module_entry(const struct rw_guest_api *api) {
  (void)api;
  const uint64_t original = read_sysreg(VBAR_EL1);
  for (unsigned i = 0; i < ENTRIES; i++) {
    write_entry(&vectors[i * ENTRY_WORDS], original + i * ENTRY_WORDS * sizeof(uint32_t));
  }
  volatile uint64_t *entry = page_entry((uint64_t)vectors);
  *entry = (*entry & ~PT_PXN) | PT_AP_READ_ONLY;
  __asm__ volatile("dsb ish\n tlbi vmalle1\n ic iallu\n dsb ish\n isb" : : : "memory");
  write_sysreg(VBAR_EL1, (uint64_t)vectors);
  isb();
  return 0;
}
