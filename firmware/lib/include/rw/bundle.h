/* The bundle directory in the ROM, written by scenarios/bundle.ts. All little endian. */
#ifndef RW_BUNDLE_H
#define RW_BUNDLE_H

#include <stdint.h>

#define RW_BUNDLE_MAGIC 0x31425752u /* "RWB1" */
/* More entries than this are an error of the packer. */
#define RW_BUNDLE_MAX_ENTRIES 64

enum rw_bundle_kind {
  RW_BUNDLE_VMM = 1,
  RW_BUNDLE_GUEST_KERNEL = 2,
  RW_BUNDLE_VMM_MODULE = 3,
  RW_BUNDLE_GUEST_MODULE = 4,
  RW_BUNDLE_AGENT = 5,
  RW_BUNDLE_CONFIGURATION = 6,
  RW_BUNDLE_SECRET = 7, /* bytes that the secure world keeps to itself */
};

struct rw_bundle_entry {
  char name[24]; /* ends with a zero byte */
  uint32_t kind;
  uint32_t flags;
  uint64_t offset; /* from the start of the ROM */
  uint64_t size;   /* bytes */
  uint64_t load;   /* physical address; 0 = stays in the ROM */
  uint64_t entry;
  uint8_t sha256[32];
  uint8_t reserved[32];
};

struct rw_bundle {
  uint32_t magic;
  uint32_t count;
  uint64_t total; /* bytes of the whole ROM */
  struct rw_bundle_entry entries[];
};

_Static_assert(sizeof(struct rw_bundle_entry) == 128, "size of a directory entry");
_Static_assert(sizeof(struct rw_bundle) == 16, "size of the directory's header");

/* The next entry of a kind after `after` (NULL: the first one); NULL where there is none. */
const struct rw_bundle_entry *rw_bundle_next(const struct rw_bundle *bundle, enum rw_bundle_kind kind,
                                             const struct rw_bundle_entry *after);

#endif
