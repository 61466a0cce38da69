#include <rw/fdt.h>
#include <rw/string.h>

#include <stdint.h>

#define FDT_MAGIC 0xd00dfeedu
#define FDT_BEGIN_NODE 1u
#define FDT_END_NODE 2u
#define FDT_PROP 3u
#define FDT_NOP 4u

static uint32_t be32(const uint8_t *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint32_t align4(uint32_t value) { return (value + 3) & ~3u; }

/* `list` is a stringlist: zero-ended strings one after another. */
static bool lists(const char *list, uint32_t size, const char *wanted) {
  for (uint32_t at = 0; at < size; at += (uint32_t)strlen(list + at) + 1) {
    if (strcmp(list + at, wanted) == 0) return true;
  }
  return false;
}

bool fdt_has_compatible(const void *tree, const char *compatible) {
  const uint8_t *header = tree;
  if (be32(header) != FDT_MAGIC) return false;
  const uint8_t *structure = header + be32(header + 8);
  const char *strings = (const char *)header + be32(header + 12);
  const uint32_t size = be32(header + 36);
  for (uint32_t at = 0; at + 4 <= size;) {
    const uint32_t token = be32(structure + at);
    at += 4;
    if (token == FDT_BEGIN_NODE) {
      at += align4((uint32_t)strlen((const char *)structure + at) + 1);
    } else if (token == FDT_PROP) {
      const uint32_t length = be32(structure + at);
      const char *name = strings + be32(structure + at + 4);
      const char *value = (const char *)structure + at + 8;
      if (strcmp(name, "compatible") == 0 && lists(value, length, compatible)) return true;
      at += 8 + align4(length);
    } else if (token != FDT_END_NODE && token != FDT_NOP) {
      return false;
    }
  }
  return false;
}
