// Stage 2: faults by class, level and access; permissions; faults of stage 1 walks (S1PTW); sizes of the input address.
#include "../harness.h"

PROBE(stage2_load, "ldr x1, [x0]");
PROBE(stage2_store, "str x1, [x0]");
PROBE(stage2_jump, "br x0");

#define OFFSET 0x128

static const struct {
  const char *name;
  const uint32_t *probe;
} accesses[] = {{"read", stage2_load}, {"write", stage2_store}, {"fetch", stage2_jump}};

static const struct {
  const char *name;
  enum mode mode;
  int stage1;
} levels[] = {{"EL0", EL0t, 0}, {"EL1", EL1h, 0}, {"EL0, stage 1 on", EL0t, 1}, {"EL1, stage 1 on", EL1h, 1}};

static const struct {
  const char *name;
  int level;
  uint64_t descriptor;
} faults[] = {
    {"translation L0", 0, DESC_INVALID},
    {"translation L1", 1, DESC_INVALID},
    {"translation L2", 2, DESC_INVALID},
    {"translation L3", 3, DESC_INVALID},
    {"block at L3", 3, DESC_BLOCK | DESC_AF | S2_NORMAL | S2_READ | S2_WRITE},
    {"access flag L1", 1, UINT64_C(0x40000000) | (S2_BLOCK & ~DESC_AF)},
    {"access flag L2", 2, UINT64_C(0x42000000) | (S2_BLOCK & ~DESC_AF)},
    {"access flag L3", 3, UINT64_C(0x42000000) | (S2_PAGE & ~DESC_AF)},
    {"address size L0", 0, DESC_TABLE | BIT(45)},
    {"address size L1", 1, S2_BLOCK | BIT(46)},
    {"address size L2", 2, S2_BLOCK | BIT(47)},
    {"address size L3", 3, S2_PAGE | BIT(44)},
    {"no access L1", 1, UINT64_C(0x40000000) | (S2_BLOCK & ~(S2_READ | S2_WRITE)) | S2_XN},
    {"read-only, XN L1", 1, UINT64_C(0x40000000) | (S2_BLOCK & ~S2_WRITE) | S2_XN},
    {"read-only, XN L2", 2, UINT64_C(0x42000000) | (S2_BLOCK & ~S2_WRITE) | S2_XN},
    {"read-only, XN L3", 3, UINT64_C(0x42000000) | (S2_PAGE & ~S2_WRITE) | S2_XN},
};

/** Where the checks look: through stage 1, another virtual page leads to the window's intermediate page. */
#define VIRTUAL (WINDOW + UINT64_C(0x8040201000))

static void prepare(int stage1, int level, uint64_t descriptor) {
  reset();
  put_instruction(FRAME(0) + OFFSET, INSTRUCTION_DONE);
  map(root[STAGE2], WINDOW, level, descriptor);
  x[0] = WINDOW + OFFSET;
  x[1] = INSTRUCTION_DONE;
  if (stage1) {
    map(root[EL1], VIRTUAL, 3, WINDOW | PAGE_RW | DESC_AP_EL0);
    x[0] = VIRTUAL + OFFSET;
    translate(EL1);
  }
  translate(STAGE2);
}

static void classes(void) {
  for (size_t l = 0; l < sizeof levels / sizeof *levels; l++)
    for (size_t f = 0; f < sizeof faults / sizeof *faults; f++)
      for (int a = 0; a < (levels[l].stage1 && levels[l].mode == EL1h ? 2 : 3); a++) {
        prepare(levels[l].stage1, faults[f].level, faults[f].descriptor);
        heading(levels[l].name, faults[f].name);
        run(levels[l].mode, accesses[a].probe);
        show(accesses[a].name, "");
      }
}

static void permissions(void) {
  static const char *const names[] = {"S2AP=0", "S2AP=1", "S2AP=2", "S2AP=3"};
  for (int ap = 0; ap < 4; ap++)
    for (int xn = 0; xn < 2; xn++) {
      uint64_t descriptor =
          FRAME(0) | (S2_PAGE & ~(S2_READ | S2_WRITE)) | (uint64_t)ap << 6 | (xn ? S2_XN : 0);
      heading("permissions", "");
      line(names[ap], xn ? "XN" : "");
      for (int l = 0; l < 2; l++) {
        put(l ? " EL1" : " EL0");
        for (int a = 0; a < 3; a++) {
          prepare(0, 3, descriptor);
          run(levels[l].mode, accesses[a].probe);
          outcome(accesses[a].name);
        }
      }
      end();
    }
}

/** Stage 1 and stage 2 both forbid: stage 1 is looked at first. */
static void both(void) {
  static const struct {
    const char *name;
    uint64_t stage1, stage2;
  } rows[] = {{"stage 1 invalid, stage 2 invalid", 0, 0},
              {"stage 1 read-only, stage 2 invalid", WINDOW | PAGE_RW | DESC_AP_RO, 0},
              {"stage 1 read-only, stage 2 read-only", WINDOW | PAGE_RW | DESC_AP_RO, FRAME(0) | (S2_PAGE & ~S2_WRITE)},
              {"stage 1 writable, stage 2 read-only", WINDOW | PAGE_RW, FRAME(0) | (S2_PAGE & ~S2_WRITE)},
              {"stage 1 read-only, stage 2 writable", WINDOW | PAGE_RW | DESC_AP_RO, FRAME(0) | S2_PAGE}};
  heading("both", "");
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (int a = 0; a < 2; a++) {
      reset();
      map(root[EL1], VIRTUAL, 3, rows[i].stage1);
      map(root[STAGE2], WINDOW, 3, rows[i].stage2);
      translate(EL1);
      translate(STAGE2);
      x[0] = VIRTUAL + OFFSET;
      run(EL1h, accesses[a].probe);
      show(rows[i].name, accesses[a].name);
    }
}

/** A stage 1 table whose own address faults at stage 2. */
static void walks(void) {
  static const char *const names[] = {"", "table of L1", "table of L2", "table of L3"};
  static const struct {
    const char *name;
    int level;
    uint64_t descriptor;
  } rows[] = {{"translation L0", 0, 0},
              {"translation L1", 1, 0},
              {"translation L2", 2, 0},
              {"translation L3", 3, 0},
              {"access flag L3", 3, FRAME(0) | (S2_PAGE & ~DESC_AF)},
              {"write-only L3", 3, FRAME(0) | (S2_PAGE & ~S2_READ)},
              {"address size L3", 3, S2_PAGE | BIT(44)}};
  for (int level = 1; level < 4; level++)
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
      for (int a = 0; a < 3; a++) {
        reset();
        map(root[EL1], VIRTUAL, level - 1, WINDOW | DESC_TABLE);
        map(root[STAGE2], WINDOW, rows[i].level, rows[i].descriptor);
        translate(EL1);
        translate(STAGE2);
        x[0] = VIRTUAL + OFFSET;
        heading(names[level], rows[i].name);
        run(EL1h, accesses[a].probe);
        show(accesses[a].name, "");
      }
  // HCR_EL2.PTW: a walk may not use Device memory.
  for (int ptw = 0; ptw < 2; ptw++) {
    reset();
    uint64_t *table = (uint64_t *)FRAME(1);
    for (int i = 0; i < 512; i++) store((uint64_t)(table + i), FRAME(0) | PAGE_RW);
    map(root[EL1], VIRTUAL, 2, WINDOW | DESC_TABLE);
    map(root[STAGE2], WINDOW, 3, FRAME(1) | DESC_PAGE | DESC_AF | S2_DEVICE | S2_READ | S2_WRITE);
    WRITE(hcr_el2, READ(hcr_el2) | (ptw ? HCR_PTW : 0));
    translate(EL1);
    translate(STAGE2);
    x[0] = VIRTUAL + OFFSET;
    heading("table in Device memory", "");
    run(EL1h, stage2_load);
    show(ptw ? "PTW=1" : "PTW=0", "");
  }
}

/** Where the walk starts and how many bits it takes, with concatenated tables at the start. */
static void sizes(void) {
  static uint64_t start[16][512] __attribute__((aligned(65536)));
  static const struct {
    const char *name;
    uint64_t t0sz, sl0;
    int level;
  } rows[] = {{"44 bits from L0", 20, 2, 0}, {"42 bits from L1", 22, 1, 1}, {"40 bits from L1", 24, 1, 1},
              {"39 bits from L1", 25, 1, 1}, {"34 bits from L2", 30, 0, 2}, {"32 bits from L2", 32, 0, 2}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    int bits = 64 - (int)rows[i].t0sz;
    int shift = 39 - 9 * rows[i].level;
    uint64_t last = BIT(bits) - 0x1000;
    reset();
    for (int t = 0; t < 16; t++)
      for (int e = 0; e < 512; e++) ((volatile uint64_t *)start[t])[e] = 0;
    uint64_t *flat = &start[0][0];
    if (rows[i].level == 0) {
      flat[0] = root[STAGE2][0];
    } else {
      for (uint64_t pa = UINT64_C(0x40000000); pa < UINT64_C(0x80000000); pa += BIT(shift)) flat[pa >> shift] = pa | S2_BLOCK;
    }
    // The last page of the input range leads to a frame; its neighbour below faults.
    uint64_t *table = new_table();
    flat[last >> shift] = (uint64_t)table | DESC_TABLE;
    map_from(table, rows[i].level + 1, last, 3, FRAME(0) | S2_PAGE);
    store(FRAME(0), 0x8088);
    WRITE(vttbr_el2, start);
    WRITE(vtcr_el2, (VTCR_PLAIN & ~(UINT64_C(0xff))) | rows[i].t0sz | rows[i].sl0 << 6);
    translate(STAGE2);
    flush();
    heading(rows[i].name, "");
    x[0] = last;
    run(EL1h, stage2_load);
    show_registers("last page", "", 2);
    x[0] = last - 0x1000;
    run(EL1h, stage2_load);
    show("page before", "");
    if (bits < 44) {
      x[0] = BIT(bits);
      run(EL1h, stage2_load);
      show("outside", "");
    }
  }
}

/** A stage 2 table in a hole: an external abort of the walk, taken to EL2. */
static void holes(void) {
  for (int level = 1; level < 4; level++) {
    static const char *const names[] = {"", "table of L1 in a hole", "table of L2 in a hole", "table of L3 in a hole"};
    prepare(0, level - 1, HOLE | DESC_TABLE);
    heading("EL1", names[level]);
    run(EL1h, stage2_load);
    show("read", "");
    run(EL1h, stage2_jump);
    show("fetch", "");
  }
  prepare(0, 3, HOLE | S2_PAGE);
  heading("EL1", "page in a hole");
  run(EL1h, stage2_load);
  show("read", "");
}

void group_stage2(void) {
  classes();
  permissions();
  both();
  walks();
  sizes();
  holes();
}
