#include "kernel.h"

#include <rw/string.h>

#define MAX_SYSCALLS 1024

const uint8_t *kernel_at(const struct kernel *kernel, uint64_t va, uint64_t size) {
  const uint64_t offset = va - kernel->layout.image_start;
  if (va < kernel->layout.image_start || size > kernel->size || offset > kernel->size - size) return NULL;
  return kernel->image + offset;
}

bool kernel_open(struct kernel *kernel, const uint8_t *image, uint64_t size) {
  kernel->image = image;
  kernel->size = size;
  for (uint64_t at = 0; at + sizeof kernel->layout <= size; at += sizeof(uint64_t)) {
    const struct rw_guest_layout *layout = (const struct rw_guest_layout *)(image + at);
    if (layout->magic != RW_GUEST_LAYOUT_MAGIC || layout->size != sizeof *layout) continue;
    kernel->layout = *layout;
    const uint64_t text = layout->text_end - layout->text_start;
    return layout->text_end > layout->text_start && kernel_at(kernel, layout->text_start, text) != NULL &&
           layout->syscall_count <= MAX_SYSCALLS &&
           kernel_at(kernel, layout->syscall_table, layout->syscall_count * sizeof(uint64_t)) != NULL;
  }
  return false;
}
