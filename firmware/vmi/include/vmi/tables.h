/*
 * A guest's own translation tables (Arm ARM D5.2), 4 KiB granule, read as data: what they map, whoever
 * uses them. Every step is bounded.
 */
#ifndef VMI_TABLES_H
#define VMI_TABLES_H

#include <vmi/guest.h>
#include <vmi/memory.h>

/* More tables than this in one half of an address space are taken for a trap. */
#define VMI_MAX_TABLES 64

/* One half of an address space. */
struct vmi_space {
  uint64_t root; /* TTBRn_EL1 */
  uint64_t tcr;  /* TCR_EL1 */
  bool upper;    /* TTBR1_EL1's half */
};

/* The leaf descriptor for an address, the attributes of the tables above it applied. False where nothing is mapped. */
bool vmi_leaf(struct vmi_memory *memory, const struct vmi_space *space, uint64_t va, uint64_t *descriptor);

typedef void (*vmi_leaf_visitor)(void *context, uint64_t va, uint64_t size, uint64_t descriptor);
/* Every leaf that has none of the attributes `skip`, in the order of addresses. False where a table cannot be read or there are too many; `tables`
 * says how many were read. */
bool vmi_leaves(struct vmi_memory *memory, const struct vmi_space *space, uint64_t skip, vmi_leaf_visitor visit,
                void *context, uint32_t *tables);

#endif
