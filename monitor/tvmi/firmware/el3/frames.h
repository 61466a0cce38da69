/*
 * What each 4 KiB frame of normal RAM is used for, as far as the monitor must know: translation
 * tables, scanned code, memory of a guest. A frame has one use at a time.
 */
#ifndef TVMI_FRAMES_H
#define TVMI_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

enum frame_kind { FRAME_PLAIN, FRAME_STAGE1_TABLE, FRAME_STAGE2_TABLE, FRAME_CODE };

struct frame {
  uint8_t kind;  /* enum frame_kind */
  uint8_t level; /* of a table */
  uint8_t owner; /* VMID that maps it, or whose stage 2 the table is part of; 0: none */
  uint8_t last;  /* VMID that mapped it before: it gets the frame back with its content, others get zeroes */
  uint8_t share; /* VMID that its owner lets map it too */
  uint8_t share_mapped;
};

/* The frame of a physical address; NULL outside of normal RAM. */
struct frame *frame_at(uint64_t pa);
/* A free frame of the table area at exactly `pa`, or NULL. */
struct frame *frame_for_table(uint64_t pa);
/* Makes a free frame a table: fills it with zeroes. */
void frame_make_table(struct frame *frame, uint64_t pa, enum frame_kind kind, unsigned level, unsigned owner);
/* Fills a frame of normal memory with zeroes. */
void frame_clear(uint64_t pa);

/* Whether [a, a + size) lies within [start, start + length). Overflow counts as outside. */
static inline bool within(uint64_t a, uint64_t size, uint64_t start, uint64_t length) {
  return a >= start && size <= length && a - start <= length - size;
}
/* Whether [a, a + size) and [b, b + length) have a byte in common; neither may wrap. */
static inline bool overlaps(uint64_t a, uint64_t size, uint64_t b, uint64_t length) {
  return a < b + length && b < a + size;
}

#endif
