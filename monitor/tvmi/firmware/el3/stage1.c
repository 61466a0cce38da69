#include "stage1.h"

#include "frames.h"
#include "scan.h"
#include "tvmi.h"

#include <rw/page_table.h>
#include <rw/sysreg.h>

#define ROOT_LEVEL 1
#define LAST_LEVEL 3

static uint64_t adopted_root;

static uint64_t leaf_size(unsigned level) { return 1ull << (12 + 9 * (LAST_LEVEL - level)); }
static uint64_t leaf_address(uint64_t descriptor, unsigned level) {
  return descriptor & PT_ADDRESS & ~(leaf_size(level) - 1);
}
static bool is_valid(uint64_t descriptor) { return (descriptor & PT_VALID) != 0; }
static bool is_table(uint64_t descriptor, unsigned level) { return level < LAST_LEVEL && (descriptor & PT_TABLE) != 0; }
static bool is_writable(uint64_t descriptor) { return (descriptor & PT_AP_READ_ONLY) == 0; }
static bool is_executable(uint64_t descriptor) { return (descriptor & PT_XN) == 0; }

/* Called for each valid leaf entry; false ends the walk. */
typedef bool (*leaf_visitor)(uint64_t *entry, unsigned level, void *context);

/* Visits every leaf below a table whose frames were checked before. Bounded by the three levels. */
static bool visit_leaves(uint64_t table, unsigned level, leaf_visitor visit, void *context) {
  uint64_t *entries = (uint64_t *)table;
  for (unsigned i = 0; i < PT_ENTRIES; i++) {
    if (!is_valid(entries[i])) continue;
    const bool go_on = is_table(entries[i], level)
                           ? visit_leaves(entries[i] & PT_ADDRESS, level + 1, visit, context)
                           : visit(&entries[i], level, context);
    if (!go_on) return false;
  }
  return true;
}

/* Marks a table and all below it. A table outside of the area, or used twice, is refused. */
static bool claim_tables(uint64_t table, unsigned level, uint64_t *bad) {
  struct frame *frame = frame_for_table(table);
  const uint64_t *entries = (const uint64_t *)table;
  if (frame == NULL) return false;
  frame->kind = FRAME_STAGE1_TABLE;
  frame->level = (uint8_t)level;
  for (unsigned i = 0; i < PT_ENTRIES; i++) {
    if (!is_valid(entries[i]) || !is_table(entries[i], level)) continue;
    *bad = entries[i];
    if (!claim_tables(entries[i] & PT_ADDRESS, level + 1, bad)) return false;
  }
  return true;
}

struct check {
  const char *alarm;
  uint64_t value;
};

/* First pass over the leaves: code is scanned and marked. */
static bool take_code(uint64_t *entry, unsigned level, void *context) {
  struct check *check = context;
  const uint64_t pa = leaf_address(*entry, level), size = leaf_size(level);
  if (!is_executable(*entry)) return true;
  check->value = *entry;
  if (is_writable(*entry) || !within(pa, size, RW_VMM_IMAGE, RW_VMM_IMAGE_SIZE)) {
    check->alarm = "el2.stage1.denied";
    return false;
  }
  const struct scan_result found = scan_code((const uint32_t *)pa, size);
  if (found.name != NULL) {
    check->alarm = "el2.module.refused";
    check->value = pa + found.offset;
    return false;
  }
  for (uint64_t at = pa; at < pa + size; at += RW_PAGE_SIZE) frame_at(at)->kind = FRAME_CODE;
  return true;
}

static bool protects(const struct frame *frame, uint64_t pa) {
  if (frame->kind == FRAME_CODE) return true;
  return within(pa, 1, RW_VMM_TABLES, RW_VMM_TABLES_SIZE) && !ablated(RW_ABLATION_WRITABLE_STAGE2);
}

/* Whether a leaf may stand in EL2's tables: nothing writable and executable; executable only what was
 * scanned; writable neither code nor tables. The carve-out is not kept from EL2's tables: what closes
 * it is the address-space controller. */
static bool leaf_allowed(uint64_t descriptor, unsigned level) {
  const uint64_t pa = leaf_address(descriptor, level), size = leaf_size(level);
  const bool executable = is_executable(descriptor), writable = is_writable(descriptor);
  if (level < ROOT_LEVEL || (executable && writable)) return false;
  if (!executable && !writable) return true;
  for (uint64_t at = pa; at < pa + size; at += RW_PAGE_SIZE) {
    const struct frame *frame = frame_at(at);
    if (frame == NULL) {
      if (executable) return false;
      if (!overlaps(at, size - (at - pa), RW_RAM, RW_RAM_SIZE)) return true;
      continue;
    }
    if (executable ? frame->kind != FRAME_CODE : protects(frame, at)) return false;
  }
  return true;
}

/* Second pass: the table area becomes read-only, then every leaf must be allowed. */
static bool close_leaf(uint64_t *entry, unsigned level, void *context) {
  struct check *check = context;
  const uint64_t pa = leaf_address(*entry, level);
  if (!ablated(RW_ABLATION_WRITABLE_STAGE2) &&
      within(pa, leaf_size(level), RW_VMM_TABLES, RW_VMM_TABLES_SIZE)) {
    *entry |= PT_AP_READ_ONLY | PT_XN;
  }
  if (leaf_allowed(*entry, level)) return true;
  *check = (struct check){"el2.stage1.denied", *entry};
  return false;
}

const char *stage1_adopt(uint64_t root, uint64_t *value) {
  struct check check = {NULL, root};
  if (!claim_tables(root, ROOT_LEVEL, &check.value)) {
    check.alarm = "el2.stage1.denied";
  } else if (visit_leaves(root, ROOT_LEVEL, take_code, &check)) {
    visit_leaves(root, ROOT_LEVEL, close_leaf, &check);
  }
  *value = check.value;
  if (check.alarm == NULL) adopted_root = root;
  return check.alarm;
}

bool stage1_adopted(void) { return adopted_root != 0; }

uint64_t *stage1_page(uint64_t va) {
  uint64_t table = adopted_root;
  for (unsigned level = ROOT_LEVEL; table != 0; level++) {
    uint64_t *entry = (uint64_t *)table + ((va >> (12 + 9 * (LAST_LEVEL - level))) & (PT_ENTRIES - 1));
    if (!is_valid(*entry)) return NULL;
    if (level == LAST_LEVEL) return entry;
    if (!is_table(*entry, level)) return NULL;
    table = *entry & PT_ADDRESS;
  }
  return NULL;
}

struct range {
  uint64_t start;
  uint64_t size;
};

static bool not_writable_in(uint64_t *entry, unsigned level, void *context) {
  const struct range *range = context;
  return !is_writable(*entry) || !overlaps(leaf_address(*entry, level), leaf_size(level), range->start, range->size);
}

bool stage1_writable(uint64_t pa, uint64_t size) {
  struct range range = {pa, size};
  return !visit_leaves(adopted_root, ROOT_LEVEL, not_writable_in, &range);
}

static void store_entry(uint64_t at, uint64_t descriptor) {
  *(volatile uint64_t *)at = descriptor;
  dsb_ish();
}

int64_t call_stage1_store(const uint64_t *x) {
  const uint64_t at = x[1], descriptor = x[2];
  const struct frame *frame = frame_at(at);
  if ((at & 7) != 0 || frame == NULL || frame->kind != FRAME_STAGE1_TABLE) {
    if (ablated(RW_ABLATION_NO_ARGUMENT_CHECK)) {
      store_entry(at, descriptor);
      return RW_TVMI_OK;
    }
    return deny("secure-call.pointer", ",call=stage1-store,address=%lx", at);
  }
  const unsigned level = frame->level;
  if (is_valid(descriptor) && is_table(descriptor, level)) {
    const uint64_t pa = descriptor & PT_ADDRESS;
    struct frame *below = frame_for_table(pa);
    if (below == NULL) return RW_TVMI_BUSY;
    frame_make_table(below, pa, FRAME_STAGE1_TABLE, level + 1, 0);
  } else if (is_valid(descriptor) && !leaf_allowed(descriptor, level)) {
    return deny("el2.stage1.denied", ",descriptor=%lx", descriptor);
  }
  store_entry(at, descriptor);
  return RW_TVMI_OK;
}
