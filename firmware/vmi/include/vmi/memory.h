/* A guest's memory, by whatever way the monitor has to it. */
#ifndef VMI_MEMORY_H
#define VMI_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* First member of the reader's own structure. */
struct vmi_memory {
  /* The bytes [va, va + size), which lie in one page: where they stand, or `buffer` with a copy of
   * them. NULL where nothing is mapped. */
  const void *(*bytes)(struct vmi_memory *memory, uint64_t va, size_t size, void *buffer);
  /* The same by intermediate physical address: what the guest's own tables lead to. */
  const void *(*physical)(struct vmi_memory *memory, uint64_t ipa, size_t size, void *buffer);
};

/* Copies [va, va + size), which may span pages. False where part of it is not mapped. */
bool vmi_read(struct vmi_memory *memory, uint64_t va, void *to, size_t size);
/* False where nothing is mapped, or where `va` is not aligned to the word's size. */
bool vmi_read32(struct vmi_memory *memory, uint64_t va, uint32_t *value);
bool vmi_read64(struct vmi_memory *memory, uint64_t va, uint64_t *value);

#endif
