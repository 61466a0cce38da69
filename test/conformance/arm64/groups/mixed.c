// Random combinations of what the other groups try one by one: levels, worlds, descriptors of both stages, table
// limits, controls, and accesses of every form. The generator is fixed, so the lines are the same everywhere.
#include "../harness.h"

#define ROUNDS 600

FORMS(mixed_forms);
FORM(mixed_forms, "ldr x1, [x0]");
FORM(mixed_forms, "ldr w1, [x0]");
FORM(mixed_forms, "ldrsh x1, [x0]");
FORM(mixed_forms, "ldrb w1, [x0]");
FORM(mixed_forms, "str x2, [x0]");
FORM(mixed_forms, "strh w2, [x0]");
FORM(mixed_forms, "ldp x1, x3, [x0]");
FORM(mixed_forms, "stp w2, w2, [x0, #-8]!");
FORM(mixed_forms, "ldtr x1, [x0]");
FORM(mixed_forms, "sttrb w2, [x0]");
FORM(mixed_forms, "ldar w1, [x0]");
FORM(mixed_forms, "stlr x2, [x0]");
FORM(mixed_forms, "ldaxr x1, [x0]");
FORM(mixed_forms, "br x0");
FORM(mixed_forms, "blr x0");
FORMS_END(mixed_forms);
enum { FORM_COUNT = 15, FIRST_FETCH = 13 };

static uint64_t state;

/** xorshift64* */
static uint64_t draw(void) {
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return state * UINT64_C(0x2545f4914f6cdd1d);
}

static uint64_t below(uint64_t n) { return (draw() >> 33) % n; }
static int chance(uint64_t percent) { return below(100) < percent; }

static const struct {
  const char *name;
  enum mode mode;
  enum regime regime;
  int secure;
} levels[] = {{"EL0", EL0t, EL1, 0}, {"EL1", EL1h, EL1, 0}, {"EL2", EL2h, EL2, 0},
              {"EL3", EL3h, EL3, 0}, {"S-EL0", EL0t, EL1, 1}, {"S-EL1", EL1h, EL1, 1}};

/** Instructions that end a probe in even words, their place in odd ones. */
static void fill(uint64_t page) {
  for (uint64_t i = 0; i < 512; i++) {
    ((volatile uint32_t *)page)[2 * i] = INSTRUCTION_DONE;
    ((volatile uint32_t *)page)[2 * i + 1] = (uint32_t)(page >> 12 << 12 | i);
  }
}

/** A page or block that leads to frames, sometimes beyond the physical address size. */
static uint64_t output(int level, int page) {
  if (chance(5)) return BIT(44 + below(4));
  return level == 1 ? UINT64_C(0x40000000) : level == 2 ? UINT64_C(0x42000000) : FRAME(page);
}

static uint64_t stage1_leaf(int level, enum regime regime) {
  uint64_t descriptor = output(level, 1) | (level == 3 ? DESC_PAGE : DESC_BLOCK) | DESC_ATTR(1);
  descriptor |= below(4) << 8 | (chance(90) ? DESC_AF : 0) | (chance(50) ? DESC_NG : 0);
  descriptor |= below(4) << 6 | (chance(30) ? DESC_UXN : 0) | (chance(30) ? DESC_PXN : 0) | (chance(30) ? DESC_NS : 0);
  // One privilege: AP[1] is RES1, PXN and nG are RES0.
  if (regime != EL1) descriptor = (descriptor | DESC_AP_EL0) & ~(DESC_PXN | DESC_NG);
  return chance(5) ? descriptor & ~BIT(0) : descriptor;
}

static uint64_t table_limits(enum regime regime) {
  uint64_t limits = (chance(15) ? TABLE_UXN : 0) | (chance(15) ? TABLE_AP_RO : 0);
  if (regime == EL1) limits |= (chance(15) ? TABLE_PXN : 0) | (chance(15) ? TABLE_AP_NO_EL0 : 0);
  return limits;
}

static uint64_t stage2_leaf(int level) {
  uint64_t descriptor = output(level, 2) | (level == 3 ? DESC_PAGE : DESC_BLOCK) | S2_NORMAL | DESC_SH_INNER;
  descriptor |= (chance(85) ? S2_READ : 0) | (chance(85) ? S2_WRITE : 0) | (chance(20) ? S2_XN : 0);
  return (chance(5) ? descriptor & ~BIT(0) : descriptor) | (chance(90) ? DESC_AF : 0);
}

/** Stage 1 leads to this intermediate address when stage 2 is on. */
#define MIDDLE (WINDOW + UINT64_C(0x8040000000))

static void round_of(uint64_t number) {
  size_t level = below(6);
  enum regime regime = levels[level].regime;
  int leaf = (int)(1 + below(3));
  int two = regime == EL1 && !levels[level].secure && chance(50);
  reset();
  fill(FRAME(1));
  fill(FRAME(2));
  fill(UINT64_C(0x42201000));

  uint64_t descriptor = stage1_leaf(leaf, regime);
  if (two && (descriptor & UINT64_C(0xf00000000000)) == 0) {
    // Into the intermediate window instead, keeping the attributes.
    uint64_t span = BIT(39 - 9 * leaf);
    descriptor = (descriptor & ~UINT64_C(0x0000fffffffff000)) | (MIDDLE & ~(span - 1));
  }
  uint64_t *place = map(root[regime], WINDOW, leaf, descriptor);
  (void)place;
  for (int l = 0; l < leaf; l++) {
    uint64_t *table = root[regime];
    for (int k = 0; k < l; k++) table = (uint64_t *)(table[WINDOW >> (39 - 9 * k) & 511] & UINT64_C(0xfffffffff000));
    table[WINDOW >> (39 - 9 * l) & 511] |= table_limits(regime);
  }
  uint64_t stage2 = 0;
  int leaf2 = 0;
  if (two) {
    leaf2 = (int)(1 + below(3));
    stage2 = stage2_leaf(leaf2);
    map(root[STAGE2], MIDDLE, leaf2, stage2);
    translate(STAGE2);
  }
  uint64_t sctlr = (chance(20) ? SCTLR_WXN : 0) | (chance(20) ? SCTLR_A : 0);
  if (regime == EL1) WRITE(sctlr_el1, READ(sctlr_el1) | sctlr);
  if (regime == EL2) WRITE(sctlr_el2, READ(sctlr_el2) | sctlr);
  if (regime == EL3) WRITE(sctlr_el3, READ(sctlr_el3) | sctlr);
  int sif = chance(20);
  if (sif) WRITE(scr_el3, READ(scr_el3) | SCR_SIF);
  if (levels[level].secure) secure();
  translate(regime);
  flush();

  const struct form *form = &mixed_forms[below(FORM_COUNT)];
  int fetch = form - mixed_forms >= FIRST_FETCH;
  uint64_t offset = below(512) * 8;
  if (!fetch && chance(25)) offset = (offset + below(8)) & 0xfff;
  // Nothing crosses into the next page of a block, where no frame was filled.
  if (offset > 0xfe0) offset = 0xfe0;
  if (offset < 16) offset += 16;
  x[0] = WINDOW + offset;
  x[1] = x[3] = 0;
  x[2] = UINT64_C(0xc1c2c3c4c5c6c7c8);

  static char name[5];
  for (int i = 0; i < 4; i++) name[i] = "0123456789abcdef"[number >> (12 - 4 * i) & 15];
  heading(name, levels[level].name);
  line(form->name, "");
  field("s1", descriptor, 16);
  field("level", (uint64_t)leaf, 1);
  if (two) {
    field("s2", stage2, 16);
    field("level", (uint64_t)leaf2, 1);
  }
  field("wxn", (sctlr & SCTLR_WXN) != 0, 1);
  field("a", (sctlr & SCTLR_A) != 0, 1);
  field("sif", (uint64_t)sif, 1);
  put(" ->");
  run(levels[level].mode, form->probe);
  outcome("is");
  if (!done()) field("far", observation.far, 16);
  field("x0", observation.x[0], 16);
  field("x1", observation.x[1], 16);
  field("x3", observation.x[3], 16);
  end();
}

void group_mixed(void) {
  state = UINT64_C(0x9e3779b97f4a7c15);
  for (uint64_t i = 0; i < ROUNDS; i++) round_of(i);
  reset();
}
