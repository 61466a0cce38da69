#include "reader.h"

#include <rw/string.h>

#include <vmm/vmi.h>

/* The kernel's linear map is known: a virtual address less its base is an IPA. The guest's own tables are not asked. */
static int read_guest(unsigned guest, uint64_t va, void *to, size_t size) {
  uint64_t pa;
  if (!guest_ram_range(&vmm_guests[guest], va - RW_GUEST_LINEAR_VA, size, &pa)) return -1;
  memcpy(to, (const void *)pa, size);
  return 0;
}

rw_vmi_read_service rw_vmi_read = read_guest;

static const void *copied_bytes(struct vmi_memory *interface, uint64_t va, size_t size, void *buffer) {
  const struct reader *reader = (const struct reader *)interface;
  return rw_vmi_read(reader->guest, va, buffer, size) == 0 ? buffer : NULL;
}

/* By the linear map again: the service takes no other address. */
static const void *copied_physical(struct vmi_memory *interface, uint64_t ipa, size_t size, void *buffer) {
  return copied_bytes(interface, ipa + RW_GUEST_LINEAR_VA, size, buffer);
}

void reader_open(struct reader *reader, unsigned guest) {
  *reader = (struct reader){.interface = {copied_bytes, copied_physical}, .guest = guest};
}
