/*
 * Puts a service of the attacker's own between the VMM's conventional introspection and the guest's
 * memory. It remembers what stood in the first blocks that are asked for and gives the same answer
 * ever after, whatever the guest has become. Runs at EL2.
 */
#include <rw/vmm_api.h>

#define BLOCKS 8
#define BLOCK_BYTES 512

static struct {
  uint64_t va;
  uint8_t bytes[BLOCK_BYTES];
} remembered[BLOCKS];
static unsigned used;
static rw_vmi_read_service original;
uint64_t hijacked_reads;

static int false_read(unsigned guest, uint64_t va, void *to, size_t size) {
  uint8_t *bytes = to;
  hijacked_reads++;
  for (unsigned i = 0; i < used; i++) {
    if (remembered[i].va != va || size > BLOCK_BYTES) continue;
    for (size_t at = 0; at < size; at++) bytes[at] = remembered[i].bytes[at];
    return 0;
  }
  const int result = original(guest, va, to, size);
  if (result == 0 && used < BLOCKS && size == BLOCK_BYTES) {
    remembered[used].va = va;
    for (size_t at = 0; at < size; at++) remembered[used].bytes[at] = bytes[at];
    used++;
  }
  return result;
}

RW_MODULE_ENTRY int module_entry(const struct rw_vmm_api *api) {
  used = 0;
  original = *api->vmi_read;
  *api->vmi_read = false_read;
  return 0;
}
