#include <rw/page_table.h>
#include <rw/sysreg.h>

#include <stddef.h>

#define FIRST_LEVEL 1
#define LAST_LEVEL 3
#define ERROR_NO_TABLE (-1)
#define ERROR_BLOCK (-2)

static unsigned shift_of(unsigned level) { return 12 + 9 * (LAST_LEVEL - level); }

static uint64_t *slot_in(const struct page_table *table, uint64_t page, uint64_t input, unsigned level) {
  return (uint64_t *)(page + table->offset) + ((input >> shift_of(level)) & (PT_ENTRIES - 1));
}

static int store(struct page_table *table, uint64_t *slot, uint64_t descriptor) {
  if (table->store != NULL) return table->store(table->context, (uint64_t)slot - table->offset, descriptor);
  *(volatile uint64_t *)slot = descriptor;
  return 0;
}

/* The slot for `input` at `leaf` level; tables on the way are made. */
static int slot_for(struct page_table *table, uint64_t input, unsigned leaf, uint64_t **slot) {
  uint64_t page = table->root;
  for (unsigned level = FIRST_LEVEL; level < leaf; level++) {
    uint64_t *at = slot_in(table, page, input, level);
    if ((*at & PT_VALID) == 0) {
      const uint64_t fresh = table->allocate(table->context);
      if (fresh == 0) return ERROR_NO_TABLE;
      const int error = store(table, at, fresh | PT_TABLE | PT_VALID);
      if (error != 0) return error;
      page = fresh;
    } else if ((*at & PT_TABLE) == 0) {
      return ERROR_BLOCK;
    } else {
      page = *at & PT_ADDRESS;
    }
  }
  *slot = slot_in(table, page, input, leaf);
  return 0;
}

int page_table_map(struct page_table *table, uint64_t input, uint64_t output, uint64_t size, uint64_t attributes,
                   bool blocks) {
  while (size > 0) {
    const bool block = blocks && size >= PT_BLOCK_2M && ((input | output) & (PT_BLOCK_2M - 1)) == 0;
    const unsigned leaf = block ? LAST_LEVEL - 1 : LAST_LEVEL;
    const uint64_t step = 1ull << shift_of(leaf);
    uint64_t *slot;
    int error = slot_for(table, input, leaf, &slot);
    if (error == 0) error = store(table, slot, output | attributes | PT_ACCESS_FLAG | (block ? 0 : PT_TABLE) | PT_VALID);
    if (error != 0) return error;
    input += step;
    output += step;
    size = size > step ? size - step : 0;
  }
  dsb_ish();
  return 0;
}

uint64_t *page_table_slot(const struct page_table *table, uint64_t input, unsigned *level) {
  uint64_t page = table->root;
  for (*level = FIRST_LEVEL;; (*level)++) {
    uint64_t *slot = slot_in(table, page, input, *level);
    if (*level == LAST_LEVEL) return slot;
    if ((*slot & PT_VALID) == 0) return NULL;
    if ((*slot & PT_TABLE) == 0) return slot;
    page = *slot & PT_ADDRESS;
  }
}

uint64_t page_table_translate(const struct page_table *table, uint64_t input) {
  unsigned level;
  const uint64_t *slot = page_table_slot(table, input, &level);
  if (slot == NULL || (*slot & PT_VALID) == 0) return ~0ull;
  const uint64_t low = (1ull << shift_of(level)) - 1;
  return ((*slot & PT_ADDRESS) & ~low) | (input & low);
}
