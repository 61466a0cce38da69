/*
 * Measured boot: SHA-256 of the directory against the trust anchor, then of each stage, before it is used,
 * against the directory.
 */
#include "tvmi.h"

#include <rw/console.h>
#include <rw/sha256.h>
#include <rw/string.h>

#define HEX_SIZE (2 * RW_SHA256_SIZE + 1)
#define LIST_SIZE 1536

/* `,name=hash` for each stage. */
static char measured[LIST_SIZE];
static size_t measured_length;
static bool reported;

static void to_hex(const uint8_t digest[RW_SHA256_SIZE], char hex[HEX_SIZE]) {
  for (unsigned i = 0; i < RW_SHA256_SIZE; i++) rw_format_buffer(hex + 2 * i, 3, "%02x", digest[i]);
}

/* A stage's name as a key of a report: lower-case letters, digits and dashes. */
static void to_key(const char *name, char key[sizeof((struct rw_bundle_entry *)0)->name]) {
  unsigned i = 0;
  for (; i + 1 < sizeof((struct rw_bundle_entry *)0)->name && name[i] != 0; i++) {
    const char c = name[i];
    key[i] = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '-';
  }
  key[i] = 0;
}

void measure_report(void) {
  if (!reported) report("el3", "boot", "%s", measured);
  reported = true;
}

/* What was found is reported, and whether it is what was expected decides. */
static int compare(const char *stage, const uint8_t *digest, const uint8_t *wanted) {
  char found[HEX_SIZE], expected[HEX_SIZE];
  if ((anchor->flags & RW_ANCHOR_MEASURED) == 0 || memcmp(digest, wanted, RW_SHA256_SIZE) == 0) return 0;
  to_hex(digest, found);
  to_hex(wanted, expected);
  measure_report();
  report("el3", "boot.measurement", ",stage=%s,expected=%s,found=%s", stage, expected, found);
  return -1;
}

int el3_measure_directory(const struct rw_bundle *directory, uint64_t size) {
  uint8_t digest[RW_SHA256_SIZE];
  rw_sha256(directory, size, digest);
  return compare("directory", digest, anchor->directory_sha256);
}

int el3_measure(const struct rw_bundle_entry *entry, const uint8_t *bytes) {
  uint8_t digest[RW_SHA256_SIZE];
  char key[sizeof entry->name], found[HEX_SIZE];
  rw_sha256(bytes, entry->size, digest);
  to_key(entry->name, key);
  to_hex(digest, found);
  if (sizeof measured - measured_length <= sizeof key + sizeof found + 2) el3_stop("more stages than a report holds");
  measured_length += rw_format_buffer(measured + measured_length, sizeof measured - measured_length, ",%s=%s", key, found);
  return compare(key, digest, entry->sha256);
}
