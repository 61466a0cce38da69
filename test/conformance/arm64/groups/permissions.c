// Stage 1 permissions: AP, UXN, PXN, WXN, the tables' own limits, and secure instruction fetch.
#include "../harness.h"

PROBE(permission_load, "ldr x1, [x0]");
PROBE(permission_store, "str x1, [x0]");
PROBE(permission_jump, "br x0");
PROBE(permission_load_user, "ldtr x1, [x0]");
PROBE(permission_store_user, "sttr x1, [x0]");

#define TARGET (WINDOW + 0x128)

static const struct {
  const char *name;
  const uint32_t *probe;
} accesses[] = {{"r", permission_load}, {"w", permission_store}, {"x", permission_jump}};

static void prepare(enum regime regime, uint64_t descriptor) {
  reset();
  put_instruction(FRAME(0) + 0x128, INSTRUCTION_DONE);
  store(FRAME(0) + 0x130, 0);
  map(root[regime], WINDOW, 3, FRAME(0) | PAGE_RW | descriptor);
  translate(regime);
  x[0] = TARGET;
  x[1] = INSTRUCTION_DONE;
}

/** One line: the three accesses at one level. */
static void rwx(enum mode mode) {
  for (int a = 0; a < 3; a++) {
    x[1] = INSTRUCTION_DONE;
    run(mode, accesses[a].probe);
    outcome(accesses[a].name);
  }
}

static void el1_el0(uint64_t descriptor, uint64_t sctlr) {
  prepare(EL1, descriptor);
  WRITE(sctlr_el1, READ(sctlr_el1) | sctlr);
  put(" EL0");
  rwx(EL0t);
  put(" EL1");
  rwx(EL1h);
  put(" as EL0");
  run(EL1h, permission_load_user);
  outcome("r");
  run(EL1h, permission_store_user);
  outcome("w");
  end();
}

static const char *ap_names[] = {"AP=0", "AP=1", "AP=2", "AP=3"};
static const char *xn_names[] = {"", "PXN", "UXN", "UXN PXN"};

static void access_permissions(void) {
  for (int wxn = 0; wxn < 2; wxn++)
    for (int ap = 0; ap < 4; ap++)
      for (int xn = 0; xn < 4; xn++) {
        heading(wxn ? "EL1&0 WXN" : "EL1&0", ap_names[ap]);
        line(xn_names[xn], "");
        el1_el0((uint64_t)ap << 6 | (uint64_t)xn << 53, wxn ? SCTLR_WXN : 0);
      }
}

/** EL2 and EL3 have one privilege: AP[1] is RES1 there, one execute-never bit. */
static void one_privilege(enum regime regime, enum mode mode, const char *name) {
  for (int wxn = 0; wxn < 2; wxn++)
    for (int ro = 0; ro < 2; ro++)
      for (int xn = 0; xn < 2; xn++) {
        prepare(regime, DESC_AP_EL0 | (ro ? DESC_AP_RO : 0) | (xn ? DESC_XN : 0));
        if (wxn && regime == EL2) WRITE(sctlr_el2, READ(sctlr_el2) | SCTLR_WXN);
        if (wxn && regime == EL3) WRITE(sctlr_el3, READ(sctlr_el3) | SCTLR_WXN);
        heading(name, wxn ? "WXN" : "");
        line(ro ? "RO" : "RW", xn ? "XN" : "");
        rwx(mode);
        end();
      }
}

static const struct {
  const char *name;
  uint64_t limit;
} limits[] = {{"PXNTable", TABLE_PXN},
              {"UXNTable", TABLE_UXN},
              {"APTable=1", TABLE_AP_NO_EL0},
              {"APTable=2", TABLE_AP_RO},
              {"APTable=3", TABLE_AP_NO_EL0 | TABLE_AP_RO}};

/** Limits that a table descriptor puts on everything below it, at each level that can hold one. */
static void tables(void) {
  static const char *const levels[] = {"L0", "L1", "L2"};
  for (int level = 0; level < 3; level++)
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
      prepare(EL1, DESC_AP_EL0);
      // `map` walks to the descriptor of this level, which holds a table already.
      uint64_t *table = root[EL1];
      for (int l = 0; l < level; l++) table = (uint64_t *)(table[WINDOW >> (39 - 9 * l) & 511] & UINT64_C(0xfffffffff000));
      table[WINDOW >> (39 - 9 * level) & 511] |= limits[i].limit;
      flush();
      heading(levels[level], "");
      line(limits[i].name, "");
      put(" EL0");
      rwx(EL0t);
      put(" EL1");
      rwx(EL1h);
      end();
      prepare(EL1, DESC_AP_EL0 | DESC_AP_RO);
      table = root[EL1];
      for (int l = 0; l < level; l++) table = (uint64_t *)(table[WINDOW >> (39 - 9 * l) & 511] & UINT64_C(0xfffffffff000));
      table[WINDOW >> (39 - 9 * level) & 511] |= limits[i].limit;
      flush();
      line(limits[i].name, "AP=3");
      put(" EL0");
      rwx(EL0t);
      put(" EL1");
      rwx(EL1h);
      end();
    }
}

/** SCR_EL3.SIF: the secure state fetches nothing from the non-secure address space. */
static void secure_fetch(void) {
  for (int i = 0; i < 4; i++) {
    prepare(EL1, DESC_AP_EL0 | DESC_AP_RO | (i & 1 ? DESC_NS : 0));
    secure();
    if (i & 2) WRITE(scr_el3, READ(scr_el3) | SCR_SIF);
    flush();
    heading("S-EL1", i & 2 ? "SIF" : "");
    line(i & 1 ? "NS=1" : "NS=0", "");
    rwx(EL1h);
    end();
  }
}

void group_permissions(void) {
  access_permissions();
  one_privilege(EL2, EL2h, "EL2");
  one_privilege(EL3, EL3h, "EL3");
  tables();
  secure_fetch();
}
