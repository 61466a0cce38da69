#include <rw/bundle.h>

#include <stddef.h>

const struct rw_bundle_entry *rw_bundle_next(const struct rw_bundle *bundle, enum rw_bundle_kind kind,
                                             const struct rw_bundle_entry *after) {
  const struct rw_bundle_entry *end = bundle->entries + bundle->count;
  for (const struct rw_bundle_entry *entry = after == NULL ? bundle->entries : after + 1; entry < end; entry++) {
    if (entry->kind == kind) return entry;
  }
  return NULL;
}
