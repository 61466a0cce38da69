#include <vmi/kernel.h>

#include <rw/string.h>

#define MAX_SYSCALLS 1024

const uint8_t *vmi_kernel_at(const struct vmi_kernel *kernel, uint64_t va, uint64_t size) {
  const uint64_t offset = va - kernel->layout.image_start;
  if (va < kernel->layout.image_start || size > kernel->size || offset > kernel->size - size) return NULL;
  return kernel->image + offset;
}

/* Every entry of the built table leads into the built text. */
static bool syscalls_inside(const struct vmi_kernel *kernel) {
  const struct rw_guest_layout *layout = &kernel->layout;
  if (layout->syscall_count > MAX_SYSCALLS) return false;
  const uint64_t *table =
      (const uint64_t *)vmi_kernel_at(kernel, layout->syscall_table, layout->syscall_count * sizeof *table);
  for (uint64_t i = 0; table != NULL && i < layout->syscall_count; i++) {
    if (table[i] < layout->text_start || table[i] >= layout->text_end) return false;
  }
  return table != NULL;
}

bool vmi_kernel_open(struct vmi_kernel *kernel, const uint8_t *image, uint64_t size) {
  kernel->image = image;
  kernel->size = size;
  for (uint64_t at = 0; at + sizeof kernel->layout <= size; at += sizeof(uint64_t)) {
    const struct rw_guest_layout *layout = (const struct rw_guest_layout *)(image + at);
    if (layout->magic != RW_GUEST_LAYOUT_MAGIC || layout->size != sizeof *layout) continue;
    kernel->layout = *layout;
    return layout->text_end > layout->text_start &&
           vmi_kernel_at(kernel, layout->text_start, layout->text_end - layout->text_start) != NULL &&
           syscalls_inside(kernel);
  }
  return false;
}
