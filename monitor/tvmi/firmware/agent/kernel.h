/* A guest kernel as it was measured: its image in the ROM and the layout table within. */
#ifndef AGENT_KERNEL_H
#define AGENT_KERNEL_H

#include <rw/guest_layout.h>
#include <stdbool.h>
#include <stddef.h>

struct kernel {
  struct rw_guest_layout layout;
  const uint8_t *image;
  uint64_t size;
};

/* Finds the layout table in a measured image. False where there is none, or where it points outside
 * of the image: such a guest cannot be introspected. */
bool kernel_open(struct kernel *kernel, const uint8_t *image, uint64_t size);

/* The image's bytes at a link address, or NULL where [va, va + size) is not in the image. */
const uint8_t *kernel_at(const struct kernel *kernel, uint64_t va, uint64_t size);

#endif
