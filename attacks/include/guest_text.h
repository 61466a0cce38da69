/* For payloads at EL2 that need something to be reported: an alteration of guest 0's kernel text. */
#ifndef ATTACKS_GUEST_TEXT_H
#define ATTACKS_GUEST_TEXT_H

#include <rw/guest_layout.h>
#include <rw/vmm_api.h>

/* Where a guest's kernel holds its layout, at the most. */
#define KERNEL_IMAGE_MAX 0x40000

/* Alters the last word of the kernel's text, which no code uses: the guest goes on as before. 0, or 1
 * where the kernel has no map of itself. */
static inline int alter_guest_text(const struct rw_vmm_api *api) {
  const uint64_t image = api->guests[0].ram + (RW_GUEST_IPA_IMAGE - RW_GUEST_IPA_RAM);
  for (uint64_t at = image; at < image + KERNEL_IMAGE_MAX; at += sizeof(uint64_t)) {
    const struct rw_guest_layout *layout = (const struct rw_guest_layout *)at;
    if (layout->magic != RW_GUEST_LAYOUT_MAGIC) continue;
    volatile uint32_t *last = (volatile uint32_t *)(image + (layout->text_end - layout->image_start)) - 1;
    *last = ~*last;
    return 0;
  }
  return 1;
}

#endif
