/*
 * For modules of the guest's kernel: its own translation tables as it can reach them, by the linear map.
 */
#ifndef RW_GUEST_TABLES_H
#define RW_GUEST_TABLES_H

#include <rw/layout.h>
#include <rw/page_table.h>
#include <rw/sysreg.h>

#include <stddef.h>

#define RW_TO_VIRTUAL(ipa) ((void *)((uint64_t)(ipa) + RW_GUEST_LINEAR_VA))

/* The entry of the page that holds `va`, below the root that a TTBRn_EL1 names (39 bits of address, level 1 first).
 * NULL where a block maps it or a table is missing. */
static inline volatile uint64_t *rw_guest_entry(uint64_t ttbr, uint64_t va) {
  uint64_t table = ttbr & PT_ADDRESS;
  for (unsigned shift = 30;; shift -= 9) {
    volatile uint64_t *entry = (volatile uint64_t *)RW_TO_VIRTUAL(table) + ((va >> shift) & (PT_ENTRIES - 1));
    if (shift == 12) return entry;
    if ((*entry & (PT_VALID | PT_TABLE)) != (PT_VALID | PT_TABLE)) return NULL;
    table = *entry & PT_ADDRESS;
  }
}

/* Makes a changed entry of `va` count, whatever its ASID. */
static inline void rw_guest_flush(uint64_t va) {
  __asm__ volatile("dsb ish\n tlbi vaae1, %0\n dsb ish\n isb" : : "r"(va >> 12 & 0xfffffffffffull) : "memory");
}

/* The kernel's page that holds `va` becomes writable (and, with SCTLR_EL1.WXN, not executable), or read-only again. */
static inline void rw_guest_writable(uint64_t va, int writable) {
  volatile uint64_t *entry = rw_guest_entry(read_sysreg(TTBR1_EL1), va);
  *entry = writable ? *entry & ~PT_AP_READ_ONLY : *entry | PT_AP_READ_ONLY;
  rw_guest_flush(va);
}

/* Written code becomes what is fetched. */
static inline void rw_guest_synchronise(const volatile uint32_t *code) {
  __asm__ volatile("dc cvau, %0\n dsb ish\n ic iallu\n dsb ish\n isb" : : "r"(code) : "memory");
}

/* A64 `b` from one address to another, which must be less than 128 MiB apart (C6.2.26). */
static inline uint32_t rw_branch(uint64_t from, uint64_t to) {
  return 0x14000000u | ((uint32_t)((to - from) >> 2) & 0x3ffffffu);
}

#endif
