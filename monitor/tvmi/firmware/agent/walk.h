/*
 * Address translation as the hardware does it (Arm ARM D5.2), from a guest's live registers: stage 1,
 * each of its table reads through stage 2, then stage 2. 4 KiB granule. Every step is bounded and
 * every table address is checked to be normal memory before it is read: a table is hostile input.
 */
#ifndef AGENT_WALK_H
#define AGENT_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tvmi/exchange.h>
#include <vmi/memory.h>

/* One guest's memory during one command. The last page is remembered; walks are counted. */
struct guest_memory {
  struct vmi_memory interface; /* first, as vmi/memory.h asks */
  const struct agent_vm *vm;
  uint64_t references; /* descriptors read */
  uint64_t page_va;    /* last page translated, ~0: none */
  uint64_t page_pa;
};

void guest_memory_open(struct guest_memory *memory, const struct agent_vm *vm);

/* Intermediate physical to physical address. */
bool walk_stage2(struct guest_memory *memory, uint64_t ipa, uint64_t *pa);
/* Virtual to physical address, by both stages. */
bool walk(struct guest_memory *memory, uint64_t va, uint64_t *pa);

#endif
