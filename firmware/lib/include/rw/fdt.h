/* What our firmware asks of a flattened device tree (Devicetree Specification 0.4, chapter 5). */
#ifndef RW_FDT_H
#define RW_FDT_H

#include <stdbool.h>

/* True where a node's `compatible` lists the string. False also where `tree` is no device tree. */
bool fdt_has_compatible(const void *tree, const char *compatible);

#endif
