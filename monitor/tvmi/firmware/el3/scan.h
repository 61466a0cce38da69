/* Finds instructions that only the monitor may run in code that is to run at EL2. */
#ifndef TVMI_SCAN_H
#define TVMI_SCAN_H

#include <stddef.h>
#include <stdint.h>

struct scan_result {
  const char *name; /* what was found; NULL: nothing */
  uint64_t offset;  /* bytes from the start of the code */
};

/* Scans whole words of `code`. A64 instructions are 32 bits wide and aligned (Arm ARM C4.1), so an
 * instruction cannot hide inside another one; a constant that reads like one counts as one. */
struct scan_result scan_code(const uint32_t *code, size_t bytes);

#endif
