// External aborts, alignment faults, accesses that cross a page.
#include "../harness.h"

PROBE(abort_load, "ldr x1, [x0]");
PROBE(abort_store, "str x1, [x0]");
PROBE(abort_jump, "br x0");
PROBE(abort_load32, "ldr w1, [x0]");
PROBE(abort_load16, "ldrh w1, [x0]");
PROBE(abort_load8, "ldrb w1, [x0]");
PROBE(abort_pair, "ldp x1, x2, [x0]");
PROBE(abort_store_pair, "stp x1, x2, [x0]");
PROBE(abort_sp_load, "mov sp, x0\n\tldr x1, [sp]");
PROBE(abort_sp_load0, "ldr x1, [sp]");
PROBE(abort_sp_writeback, "ldr x1, [sp, #8]!");

static const struct {
  const char *name;
  enum mode mode;
  enum regime regime;
} levels[] = {{"EL0", EL0t, EL1}, {"EL1", EL1h, EL1}, {"EL2", EL2h, EL2}, {"EL3", EL3h, EL3}};

static const struct {
  const char *name;
  const uint32_t *probe;
} accesses[] = {{"read", abort_load32}, {"write", abort_store}, {"fetch", abort_jump}};

static void holes(void) {
  for (size_t l = 0; l < sizeof levels / sizeof *levels; l++)
    for (int m = 0; m < 4; m++)
      for (size_t a = 0; a < sizeof accesses / sizeof *accesses; a++) {
        reset();
        // A fetch through Device memory would be constrained unpredictable: with the MMU off there is none.
        x[0] = HOLE;
        if (m & 1) {
          map(root[levels[l].regime], WINDOW, 3, HOLE | PAGE_RW | DESC_AP_EL0 | (a == 2 ? DESC_AP_RO : 0));
          translate(levels[l].regime);
          x[0] = WINDOW;
        }
        if (m & 2) WRITE(scr_el3, READ(scr_el3) | SCR_EA);
        heading(levels[l].name, m & 1 ? "hole, MMU on" : "hole, MMU off");
        run(levels[l].mode, accesses[a].probe);
        show(accesses[a].name, m & 2 ? "EA" : "");
      }
}

/** A table that lies in a hole: the walk itself aborts, at the level of the table. */
static void walks(void) {
  static const char *const names[] = {"table of L0", "table of L1", "table of L2", "table of L3"};
  for (size_t l = 0; l < sizeof levels / sizeof *levels; l++)
    for (int level = 1; level < 4; level++) {
      reset();
      map(root[levels[l].regime], WINDOW, level - 1, HOLE | DESC_TABLE);
      translate(levels[l].regime);
      heading(levels[l].name, names[level]);
      x[0] = WINDOW;
      run(levels[l].mode, abort_load);
      show("read", "");
      run(levels[l].mode, abort_store);
      show("write", "");
      run(levels[l].mode, abort_jump);
      show("fetch", "");
    }
}

/** The secure RAM does not exist in the non-secure physical address space. */
static void secure_memory(void) {
#define SECURE_RAM UINT64_C(0x0e000000)
  store(SECURE_RAM + 0x100, 0x7077);
  heading("secure RAM", "");
  static const struct {
    const char *name;
    enum mode mode;
    int secure;
  } rows[] = {{"EL1", EL1h, 0}, {"EL2", EL2h, 0}, {"EL3", EL3h, 0}, {"S-EL1", EL1h, 1}, {"S-EL0", EL0t, 1}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    reset();
    if (rows[i].secure) secure();
    x[0] = SECURE_RAM + 0x100;
    run(rows[i].mode, abort_load);
    show_registers(rows[i].name, "", 2);
  }
  for (int ns = 0; ns < 2; ns++) {
    reset();
    secure();
    map(root[EL1], WINDOW, 3, SECURE_RAM | PAGE_RW | (ns ? DESC_NS : 0));
    translate(EL1);
    x[0] = WINDOW + 0x100;
    run(EL1h, abort_load);
    show_registers("S-EL1", ns ? "NS=1" : "NS=0", 2);
  }
  for (int ns = 0; ns < 2; ns++) {
    reset();
    secure();
    uint64_t *l0 = map(root[EL1], WINDOW, 3, SECURE_RAM | PAGE_RW);
    (void)l0;
    root[EL1][WINDOW >> 39] |= ns ? TABLE_NS : 0;
    translate(EL1);
    flush();
    x[0] = WINDOW + 0x100;
    run(EL1h, abort_load);
    show_registers("S-EL1", ns ? "NSTable=1" : "NSTable=0", 2);
  }
  for (int ns = 0; ns < 2; ns++) {
    reset();
    map(root[EL3], WINDOW, 3, SECURE_RAM | PAGE_RW | DESC_AP_EL0 | (ns ? DESC_NS : 0));
    translate(EL3);
    x[0] = WINDOW + 0x100;
    run(EL3h, abort_load);
    show_registers("EL3", ns ? "NS=1" : "NS=0", 2);
  }
}

static void set_sctlr(enum regime regime, uint64_t bits) {
  if (regime == EL1) WRITE(sctlr_el1, READ(sctlr_el1) | bits);
  if (regime == EL2) WRITE(sctlr_el2, READ(sctlr_el2) | bits);
  if (regime == EL3) WRITE(sctlr_el3, READ(sctlr_el3) | bits);
}

static void alignment(void) {
  static const struct {
    const char *name;
    const uint32_t *probe;
    uint64_t offset;
  } rows[] = {{"ldr x +1", abort_load, 1},   {"ldr x +4", abort_load, 4},     {"ldr w +2", abort_load32, 2},
              {"ldrh +1", abort_load16, 1},  {"ldrb +1", abort_load8, 1},     {"str x +7", abort_store, 7},
              {"ldp x +4", abort_pair, 4},   {"ldp x +8", abort_pair, 8},     {"stp x +4", abort_store_pair, 4}};
  for (size_t l = 0; l < sizeof levels / sizeof *levels; l++)
    for (int a = 0; a < 2; a++)
      for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        reset();
        map(root[levels[l].regime], WINDOW, 3, FRAME(0) | PAGE_RW | DESC_AP_EL0);
        store(FRAME(0), UINT64_C(0x8877665544332211));
        store(FRAME(0) + 8, UINT64_C(0xffeeddccbbaa9988));
        store(FRAME(0) + 16, 0);
        set_sctlr(levels[l].regime, a ? SCTLR_A : 0);
        translate(levels[l].regime);
        x[0] = WINDOW + rows[i].offset;
        heading(levels[l].name, a ? "A=1" : "A=0");
        run(levels[l].mode, rows[i].probe);
        show_registers(rows[i].name, "", 3);
      }
  // Device memory faults on every misaligned access; the MMU switched off makes all memory Device.
  for (int m = 0; m < 2; m++) {
    reset();
    x[0] = FRAME(0) + 1;
    if (m) {
      map(root[EL1], WINDOW, 3, FRAME(0) | (PAGE_RW & ~DESC_ATTR(7)) | DESC_ATTR(0));
      translate(EL1);
      x[0] = WINDOW + 1;
    }
    heading("EL1", "Device");
    run(EL1h, abort_load);
    show(m ? "MMU on" : "MMU off", "");
  }
}

static void stack_and_pc(void) {
  for (size_t l = 1; l < sizeof levels / sizeof *levels; l++)
    for (int sa = 0; sa < 2; sa++) {
      reset();
      set_sctlr(levels[l].regime, sa ? SCTLR_SA : 0);
      if (!sa && levels[l].regime == EL2) WRITE(sctlr_el2, READ(sctlr_el2) & ~SCTLR_SA);
      if (!sa && levels[l].regime == EL3) WRITE(sctlr_el3, READ(sctlr_el3) & ~SCTLR_SA);
      heading(levels[l].name, sa ? "SA=1" : "SA=0");
      x[0] = FRAME(0) + 8;
      run(levels[l].mode, abort_sp_load);
      show("sp +8", "");
      x[0] = FRAME(0) + 16;
      run(levels[l].mode, abort_sp_load);
      show("sp +16", "");
    }
  for (int sa = 0; sa < 2; sa++) {
    reset();
    set_sctlr(EL1, sa ? SCTLR_SA0 : 0);
    WRITE(sp_el0, FRAME(0) + 8);
    heading("EL0", sa ? "SA0=1" : "SA0=0");
    run(EL0t, abort_sp_load0);
    show("sp +8", "");
    run(EL0t, abort_sp_writeback);
    show("sp +8", "writeback");
    reset();
    set_sctlr(EL1, sa ? SCTLR_SA : 0);
    WRITE(sp_el0, FRAME(0) + 8);
    heading("EL0", sa ? "SA=1" : "SA=0");
    run(EL0t, abort_sp_load0);
    show("sp +8", "");
    heading("EL1t", sa ? "SA=1" : "SA=0");
    run(EL1t, abort_sp_load0);
    show("sp +8", "");
  }
  for (size_t l = 0; l < sizeof levels / sizeof *levels; l++)
    for (int i = 1; i < 4; i++) {
      reset();
      heading(levels[l].name, "pc");
      x[0] = FRAME(0) + (uint64_t)i;
      run(levels[l].mode, abort_jump);
      show(i == 1 ? "+1" : i == 2 ? "+2" : "+3", "");
    }
}

/** The first page answers, the second faults: the address is the first byte that faults. */
static void crossing(void) {
  static const struct {
    const char *name;
    const uint32_t *probe;
    uint64_t offset;
  } rows[] = {{"ldr x -4", abort_load, 0xffc},       {"ldr x -7", abort_load, 0xff9},
              {"ldr w -1", abort_load32, 0xfff},     {"ldrh -1", abort_load16, 0xfff},
              {"str x -1", abort_store, 0xfff},      {"ldp x -8", abort_pair, 0xff8},
              {"ldp x -4", abort_pair, 0xffc},       {"stp x -8", abort_store_pair, 0xff8},
              {"ldp x -12", abort_pair, 0xff4}};
  for (size_t l = 0; l < sizeof levels / sizeof *levels; l++)
    for (int second = 0; second < 3; second++)
      for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        reset();
        map(root[levels[l].regime], WINDOW, 3, FRAME(0) | PAGE_RW | DESC_AP_EL0);
        // Neighbours in the window, far apart in memory.
        map(root[levels[l].regime], WINDOW + 0x1000, 3,
            second == 0   ? FRAME(5) | PAGE_RW | DESC_AP_EL0
            : second == 1 ? 0
                          : FRAME(5) | PAGE_RW | DESC_AP_EL0 | DESC_AP_RO);
        store(FRAME(0) + 0xff0, UINT64_C(0x0f0e0d0c0b0a0908));
        store(FRAME(0) + 0xff8, UINT64_C(0x1716151413121110));
        store(FRAME(5), UINT64_C(0x1f1e1d1c1b1a1918));
        store(FRAME(5) + 8, UINT64_C(0x2726252423222120));
        translate(levels[l].regime);
        x[0] = WINDOW + rows[i].offset;
        x[1] = UINT64_C(0xa1a2a3a4a5a6a7a8);
        x[2] = UINT64_C(0xb1b2b3b4b5b6b7b8);
        heading(levels[l].name, second == 0 ? "second page mapped" : second == 1 ? "second page absent" : "second page read-only");
        run(levels[l].mode, rows[i].probe);
        show_registers(rows[i].name, "", 3);
        if (second == 0) {
          line(rows[i].name, "memory");
          field("first", load(FRAME(0) + 0xff8), 16);
          field("second", load(FRAME(5)), 16);
          end();
        }
      }
}

void group_aborts(void) {
  holes();
  walks();
  secure_memory();
  alignment();
  stack_and_pc();
  crossing();
}
