/* A module of the guest's kernel that does no harm: its result depends on its own code and constants alone. */
#include <rw/guest_api.h>

static const uint32_t words[] = {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0};

RW_MODULE_ENTRY int module_entry(const struct rw_guest_api *api) {
  uint32_t sum = api->version;
  for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) sum = (sum << 5 | sum >> 27) ^ words[i];
  return (int)(sum & 0x7fffffff);
}
