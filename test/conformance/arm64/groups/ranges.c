// Which addresses a regime translates: the two halves, their sizes, tags, disabled walks; block and page sizes.
#include "../harness.h"

PROBE(ranges_load, "ldr x1, [x0]");

#define HIGH UINT64_C(0xffff000000000000)


/** Two pages at the same offset below and above tell the halves apart. */
static void halves(void) {
  static const struct {
    const char *name;
    uint64_t va;
  } places[] = {{"low", WINDOW},
                {"high", HIGH | WINDOW},
                {"gap above low", BIT(48) | WINDOW},
                {"gap below high", UINT64_C(0xfffe000000000000) | WINDOW},
                {"tag low", UINT64_C(0x5a00000000000000) | WINDOW},
                {"tag high", UINT64_C(0xa5ff000000000000) | WINDOW},
                {"bit 55 low", UINT64_C(0xff00000000000000) | WINDOW},
                {"bit 55 high", UINT64_C(0x00ff000000000000) | WINDOW}};
  static const struct {
    const char *name;
    uint64_t tcr;
  } controls[] = {{"plain", 0},
                  {"TBI0", BIT(37)},
                  {"TBI1", BIT(38)},
                  {"EPD0", BIT(7)},
                  {"EPD1", BIT(23)}};
  for (size_t c = 0; c < sizeof controls / sizeof *controls; c++)
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
      // With EPD0 the image itself cannot be walked to at EL1: nothing could take the exception.
      if (controls[c].tcr == BIT(7)) continue;
      reset();
      store(FRAME(0), 0x1011);
      store(FRAME(1), 0x2022);
      map(root[EL1], WINDOW, 3, FRAME(0) | PAGE_RW);
      map(root[EL1_HIGH], WINDOW, 3, FRAME(1) | PAGE_RW);
      WRITE(tcr_el1, TCR_EL1_PLAIN | controls[c].tcr);
      translate(EL1);
      heading("EL1", controls[c].name);
      x[0] = places[i].va;
      run(EL1h, ranges_load);
      show_registers(places[i].name, "", 2);
    }
}

/** EL2 and EL3 have the low half alone. */
static void one_half(enum regime regime, enum mode mode, const char *name) {
  static const struct {
    const char *name;
    uint64_t va;
  } places[] = {{"low", WINDOW},
                {"high", HIGH | WINDOW},
                {"gap", BIT(48) | WINDOW},
                {"tag", UINT64_C(0x5a00000000000000) | WINDOW},
                {"tag with bit 55", UINT64_C(0xa500000000000000) | BIT(55) | WINDOW}};
  for (int tbi = 0; tbi < 2; tbi++)
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
      reset();
      store(FRAME(0), 0x1011);
      map(root[regime], WINDOW, 3, FRAME(0) | PAGE_RW | DESC_AP_EL0);
      if (regime == EL2) WRITE(tcr_el2, TCR_ELX_PLAIN | (tbi ? BIT(20) : 0));
      if (regime == EL3) WRITE(tcr_el3, TCR_ELX_PLAIN | (tbi ? BIT(20) : 0));
      translate(regime);
      heading(name, tbi ? "TBI" : "");
      x[0] = places[i].va;
      run(mode, ranges_load);
      show_registers(places[i].name, "", 2);
    }
}

/** TCR_EL1.T1SZ from 48 to 25 bits: where the walk starts, the last address inside, the first outside. */
static void sizes(void) {
  static const struct {
    const char *name;
    int bits, start;
  } rows[] = {{"48 bits", 48, 0}, {"47 bits", 47, 0}, {"40 bits", 40, 0}, {"39 bits", 39, 1},
              {"38 bits", 38, 1}, {"31 bits", 31, 1}, {"30 bits", 30, 2}, {"25 bits", 25, 2}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    uint64_t first = ~UINT64_C(0) << rows[i].bits;
    uint64_t offset = BIT(rows[i].bits) - 0x1000;
    reset();
    store(FRAME(0), 0x1011);
    uint64_t *table = new_table();
    // Indices of the start level reach only as far as the size: `map_from` would use 9 bits.
    map_from(table, rows[i].start, offset, 3, FRAME(0) | PAGE_RW);
    WRITE(ttbr1_el1, table);
    WRITE(tcr_el1, (TCR_EL1_PLAIN & ~(UINT64_C(0x3f) << 16)) | (uint64_t)(64 - rows[i].bits) << 16);
    translate(EL1);
    heading(rows[i].name, "");
    x[0] = first + offset;
    run(EL1h, ranges_load);
    show_registers("last page", "", 2);
    x[0] = first;
    run(EL1h, ranges_load);
    show("first page", "");
    x[0] = first - 8;
    run(EL1h, ranges_load);
    show("below", "");
  }
}

/** Output addresses of blocks keep the right number of offset bits. */
static void blocks(void) {
  static const struct {
    const char *name;
    int level;
    uint64_t descriptor, offset;
  } rows[] = {{"1 GiB", 1, UINT64_C(0x40000000) | BLOCK_RW, 0x2001238},
              {"2 MiB", 2, UINT64_C(0x42000000) | BLOCK_RW, 0x1238},
              {"4 KiB", 3, UINT64_C(0x42001000) | PAGE_RW, 0x238},
              {"contiguous 2 MiB", 2, UINT64_C(0x42000000) | BLOCK_RW | DESC_CONTIGUOUS, 0x1238},
              {"contiguous 4 KiB", 3, UINT64_C(0x42001000) | PAGE_RW | DESC_CONTIGUOUS, 0x238}};
  static const struct {
    const char *name;
    enum regime regime;
    enum mode mode;
  } levels[] = {{"EL1", EL1, EL1h}, {"EL2", EL2, EL2h}, {"EL3", EL3, EL3h}};
  for (size_t l = 0; l < sizeof levels / sizeof *levels; l++)
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
      reset();
      store(FRAME(1) + 0x238, 0x3033);
      uint64_t span = BIT(39 - 9 * rows[i].level);
      uint64_t va = WINDOW & ~(span - 1);
      map(root[levels[l].regime], va, rows[i].level, rows[i].descriptor | DESC_AP_EL0);
      translate(levels[l].regime);
      heading(levels[l].name, rows[i].name);
      x[0] = va + rows[i].offset;
      run(levels[l].mode, ranges_load);
      show_registers("inside", "", 2);
      x[0] = va + span;
      run(levels[l].mode, ranges_load);
      show("behind", "");
    }
}

void group_ranges(void) {
  halves();
  one_half(EL2, EL2h, "EL2");
  one_half(EL3, EL3h, "EL3");
  sizes();
  blocks();
}
