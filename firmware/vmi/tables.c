#include <vmi/tables.h>

#include <rw/layout.h>
#include <rw/page_table.h>
#include <rw/sysreg.h>

#define LAST_LEVEL 3
#define GRANULE_BITS 12
#define LEVEL_BITS 9
/* TCR_EL1 (D13.2.120) */
#define TCR_T0SZ(tcr) ((unsigned)(tcr) & 0x3f)
#define TCR_T1SZ(tcr) ((unsigned)((tcr) >> 16) & 0x3f)
#define TCR_TG0(tcr) (((tcr) >> 14) & 3)
#define TCR_TG0_4K 0
#define TCR_TG1(tcr) (((tcr) >> 30) & 3)
#define TCR_TG1_4K 2
#define MIN_TSZ 16
#define MAX_TSZ 39
#define TTBR_BADDR 0x0000fffffffffffeull
/* PXNTable and XNTable of a table descriptor stand six bits above PXN and UXN (D5.3.3). */
#define TABLE_ATTRIBUTES(descriptor) (((descriptor) >> 6) & (PT_PXN | PT_UXN))

static unsigned shift_of(unsigned level) { return GRANULE_BITS + LEVEL_BITS * (LAST_LEVEL - level); }

/* Input bits of the half and the level at which its walk begins; false for a granule or size that no kernel of ours has. */
static bool shape_of(const struct vmi_space *space, unsigned *bits, unsigned *level) {
  const unsigned tsz = space->upper ? TCR_T1SZ(space->tcr) : TCR_T0SZ(space->tcr);
  const bool granule = space->upper ? TCR_TG1(space->tcr) == TCR_TG1_4K : TCR_TG0(space->tcr) == TCR_TG0_4K;
  *bits = 64 - tsz;
  *level = 0;
  if (!granule || tsz < MIN_TSZ || tsz > MAX_TSZ) return false;
  while (*bits <= shift_of(*level)) ++*level;
  return true;
}

static bool is_table(uint64_t descriptor, unsigned level) { return level < LAST_LEVEL && (descriptor & PT_TABLE) != 0; }

/* A block at level 0 and a page whose second bit is clear are reserved: not mapped. */
static bool is_leaf(uint64_t descriptor, unsigned level) {
  return level == LAST_LEVEL ? (descriptor & PT_TABLE) != 0 : level > 0;
}

bool vmi_leaf(struct vmi_memory *memory, const struct vmi_space *space, uint64_t va, uint64_t *descriptor) {
  unsigned bits, level;
  uint64_t attributes = 0, buffer;
  if (!shape_of(space, &bits, &level)) return false;
  uint64_t input = va & (RW_BIT(bits) - 1), table = space->root & TTBR_BADDR;
  for (;; level++) {
    const uint64_t slot = table + (input >> shift_of(level)) * sizeof buffer;
    const volatile uint64_t *at = memory->physical(memory, slot, sizeof buffer, &buffer);
    if (at == NULL) return false;
    *descriptor = *at | attributes;
    if ((*descriptor & PT_VALID) == 0) return false;
    if (!is_table(*descriptor, level)) return is_leaf(*descriptor, level);
    attributes |= TABLE_ATTRIBUTES(*descriptor);
    table = *descriptor & PT_ADDRESS;
    input &= RW_BIT(shift_of(level)) - 1;
  }
}

struct scan {
  struct vmi_memory *memory;
  uint64_t skip;
  vmi_leaf_visitor visit;
  void *context;
  uint32_t tables;
};

/* Entries that are looked at together: most of a table is empty. */
#define GROUP 16

/* Only a hint that nothing is there: what is there is read once, below. */
static bool empty(const uint64_t *entry) {
  uint64_t any = 0;
  for (unsigned i = 0; i < GROUP; i++) any |= entry[i];
  return (any & PT_VALID) == 0;
}

static bool scan_table(struct scan *scan, uint64_t table, unsigned level, unsigned bits, uint64_t va, uint64_t attributes) {
  static uint64_t buffers[LAST_LEVEL + 1][PT_ENTRIES];
  const unsigned shift = shift_of(level);
  const uint64_t entries = RW_BIT(bits - shift);
  if (scan->tables == VMI_MAX_TABLES || entries > PT_ENTRIES) return false;
  scan->tables++;
  const uint64_t *entry = scan->memory->physical(scan->memory, table, entries * sizeof *entry, buffers[level]);
  if (entry == NULL) return false;
  for (uint64_t i = 0; i < entries; i++) {
    if (i % GROUP == 0 && entries - i >= GROUP && empty(&entry[i])) {
      i += GROUP - 1;
      continue;
    }
    const uint64_t descriptor = *(const volatile uint64_t *)&entry[i];
    if ((descriptor & PT_VALID) == 0) continue;
    const uint64_t at = va + (i << shift);
    if (is_table(descriptor, level)) {
      const uint64_t inherited = attributes | TABLE_ATTRIBUTES(descriptor);
      if (!scan_table(scan, descriptor & PT_ADDRESS, level + 1, shift, at, inherited)) return false;
    } else if (((descriptor | attributes) & scan->skip) == 0 && is_leaf(descriptor, level)) {
      scan->visit(scan->context, at, RW_BIT(shift), descriptor | attributes);
    }
  }
  return true;
}

bool vmi_leaves(struct vmi_memory *memory, const struct vmi_space *space, uint64_t skip, vmi_leaf_visitor visit,
                void *context, uint32_t *tables) {
  unsigned bits, level;
  struct scan scan = {memory, skip, visit, context, 0};
  *tables = 0;
  if (!shape_of(space, &bits, &level)) return false;
  const uint64_t from = space->upper ? ~(RW_BIT(bits) - 1) : 0;
  const bool whole = scan_table(&scan, space->root & TTBR_BADDR, level, bits, from, 0);
  *tables = scan.tables;
  return whole;
}
