/* A guest kernel as it was built: a reference image and the layout table within. */
#ifndef VMI_KERNEL_H
#define VMI_KERNEL_H

#include <rw/guest_layout.h>
#include <stdbool.h>
#include <stddef.h>

struct vmi_kernel {
  struct rw_guest_layout layout;
  const uint8_t *image;
  uint64_t size;
};

/* Finds the layout table in a reference image. False where there is none, or where it points outside
 * of the image: such a guest cannot be introspected. */
bool vmi_kernel_open(struct vmi_kernel *kernel, const uint8_t *image, uint64_t size);

/* The image's bytes at a link address, or NULL where [va, va + size) is not in the image. */
const uint8_t *vmi_kernel_at(const struct vmi_kernel *kernel, uint64_t va, uint64_t size);

#endif
