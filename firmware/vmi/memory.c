#include <vmi/memory.h>

#include <rw/layout.h>
#include <rw/string.h>

bool vmi_read(struct vmi_memory *memory, uint64_t va, void *to, size_t size) {
  uint8_t *next = to;
  while (size > 0) {
    const uint64_t left = RW_PAGE_SIZE - (va & (RW_PAGE_SIZE - 1));
    const size_t part = left < size ? left : size;
    const void *from = memory->bytes(memory, va, part, next);
    if (from == NULL) return false;
    if (from != next) memcpy(next, from, part);
    next += part;
    va += part;
    size -= part;
  }
  return true;
}

bool vmi_read32(struct vmi_memory *memory, uint64_t va, uint32_t *value) {
  uint32_t buffer;
  const volatile uint32_t *at = (va & 3) == 0 ? memory->bytes(memory, va, sizeof buffer, &buffer) : NULL;
  if (at != NULL) *value = *at;
  return at != NULL;
}

bool vmi_read64(struct vmi_memory *memory, uint64_t va, uint64_t *value) {
  uint64_t buffer;
  const volatile uint64_t *at = (va & 7) == 0 ? memory->bytes(memory, va, sizeof buffer, &buffer) : NULL;
  if (at != NULL) *value = *at;
  return at != NULL;
}
