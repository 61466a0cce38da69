#include "frames.h"

#include <rw/layout.h>
#include <rw/string.h>

#include <stddef.h>

static struct frame frames[RW_RAM_SIZE / RW_PAGE_SIZE];

struct frame *frame_at(uint64_t pa) {
  if (!within(pa, 1, RW_RAM, RW_RAM_SIZE) || within(pa, 1, RW_SECURE_CARVE_OUT, RW_SECURE_CARVE_OUT_SIZE)) return NULL;
  return &frames[(pa - RW_RAM) / RW_PAGE_SIZE];
}

struct frame *frame_for_table(uint64_t pa) {
  if ((pa & (RW_PAGE_SIZE - 1)) != 0 || !within(pa, RW_PAGE_SIZE, RW_VMM_TABLES, RW_VMM_TABLES_SIZE)) return NULL;
  struct frame *frame = frame_at(pa);
  return frame->kind == FRAME_PLAIN ? frame : NULL;
}

void frame_clear(uint64_t pa) { memset((void *)pa, 0, RW_PAGE_SIZE); }

void frame_make_table(struct frame *frame, uint64_t pa, enum frame_kind kind, unsigned level, unsigned owner) {
  frame_clear(pa);
  frame->kind = (uint8_t)kind;
  frame->level = (uint8_t)level;
  frame->owner = (uint8_t)owner;
}
