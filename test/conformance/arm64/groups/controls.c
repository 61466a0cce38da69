// What else the control registers say: TGE, DC, TDE, address sizes, granules of the two halves, tags of branch targets.
#include "../harness.h"

PROBE(controls_load, "ldr x1, [x0]");
PROBE(controls_store, "str x1, [x0]");
PROBE(controls_jump, "br x0");
PROBE(controls_call, "blr x0");
PROBE(controls_svc, "svc #0x21");
PROBE(controls_brk, "brk #0x22");
PROBE(controls_undefined, "udf #0");
PROBE(controls_hlt, "hlt #0x23");
PROBE(controls_return_el1, "msr elr_el2, x0\n\tmsr spsr_el2, x1\n\teret");
PROBE(controls_return_el0, "msr elr_el1, x0\n\tmsr spsr_el1, x1\n\teret");
PROBE(controls_user_load, "ldtr x1, [x0]");
PROBE(controls_user_store, "sttr x1, [x0]");
PROBE(controls_priority, "smc #1");
PROBE(controls_nothing, "prfm pldl1keep, [x0]\n\tprfum pstl2strm, [x0, #1]\n\tdmb ish\n\tdsb nsh\n\tsev\n\tsevl\n\tyield\n\thint #127");

static const struct {
  const char *name;
  const uint32_t *probe;
  uint64_t x0;
} routed[] = {{"svc", controls_svc, 0},        {"brk", controls_brk, 0},       {"udf", controls_undefined, 0},
              {"hlt", controls_hlt, 0},        {"pc +2", controls_jump, 0x42000002}, {"load", controls_load, WINDOW},
              {"store", controls_store, WINDOW}, {"fetch", controls_jump, WINDOW},  {"hole", controls_load, HOLE}};

/** HCR_EL2.TGE: EL0 belongs to EL2, and EL1's stage 1 is off whatever SCTLR_EL1.M says. */
static void tge(void) {
  for (size_t i = 0; i < sizeof routed / sizeof *routed; i++) {
    reset();
    // Stage 1 stays switched on in SCTLR_EL1; the window is absent there, and at stage 2.
    translate(EL1);
    if (routed[i].x0 == WINDOW) translate(STAGE2);
    WRITE(hcr_el2, READ(hcr_el2) | HCR_TGE);
    x[0] = routed[i].x0;
    heading("TGE", "");
    run(EL0t, routed[i].probe);
    show(routed[i].name, "");
  }
  reset();
  map(root[EL1], WINDOW, 3, 0);
  store(WINDOW & UINT64_C(0x7fffffffff), 0x1212);
  translate(EL1);
  WRITE(hcr_el2, READ(hcr_el2) | HCR_TGE);
  x[0] = WINDOW & UINT64_C(0x7fffffffff);
  run(EL0t, controls_load);
  show_registers("load past stage 1", "", 2);
  // MDCR_EL2.TDE takes debug exceptions to EL2.
  static const enum mode modes[] = {EL0t, EL1h, EL2h};
  static const char *const names[] = {"EL0", "EL1", "EL2"};
  for (int m = 0; m < 3; m++) {
    reset();
    WRITE(mdcr_el2, READ(mdcr_el2) | BIT(8));
    heading("TDE", names[m]);
    run(modes[m], controls_brk);
    show("brk", "");
    run(modes[m], controls_svc);
    show("svc", "");
  }
  static const enum mode all[] = {EL0t, EL1h, EL2h, EL3h};
  static const char *const all_names[] = {"EL0", "EL1", "EL2", "EL3"};
  for (int m = 0; m < 4; m++) {
    reset();
    heading("hlt", all_names[m]);
    run(all[m], controls_hlt);
    show("", "");
  }
}

/** HCR_EL2.DC: stage 2 is on, stage 1 off means Normal memory. */
static void default_cacheable(void) {
  heading("DC", "");
  reset();
  WRITE(hcr_el2, READ(hcr_el2) | HCR_DC);
  flush();
  x[0] = WINDOW;
  run(EL1h, controls_load);
  show("window absent at stage 2", "");
  map(root[STAGE2], WINDOW, 3, FRAME(0) | S2_PAGE);
  store(FRAME(0), UINT64_C(0x0102030405060708));
  store(FRAME(0) + 8, 0x10);
  x[0] = WINDOW + 1;
  run(EL1h, controls_load);
  show_registers("misaligned", "", 2);
}

/** Addresses beyond what TCR.IPS, VTCR.PS or the implementation allow. */
static void sizes(void) {
  static const struct {
    const char *name;
    uint64_t ips, descriptor;
  } rows[] = {{"32 bits, within", 0, FRAME(0) | PAGE_RW},
              {"32 bits, beyond", 0, BIT(32) | PAGE_RW},
              {"36 bits, beyond", 1, BIT(36) | PAGE_RW},
              {"40 bits, beyond", 2, BIT(40) | PAGE_RW},
              {"42 bits, beyond", 3, BIT(42) | PAGE_RW},
              {"44 bits, beyond", 4, BIT(44) | PAGE_RW},
              {"48 bits are 44", 5, BIT(44) | PAGE_RW}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    heading("output size", rows[i].name);
    reset();
    map(root[EL1], WINDOW, 3, rows[i].descriptor);
    WRITE(tcr_el1, (TCR_EL1_PLAIN & ~(UINT64_C(7) << 32)) | rows[i].ips << 32);
    translate(EL1);
    x[0] = WINDOW;
    run(EL1h, controls_load);
    show("EL1", "");
    reset();
    map(root[EL2], WINDOW, 3, rows[i].descriptor | DESC_AP_EL0);
    WRITE(tcr_el2, (TCR_ELX_PLAIN & ~(UINT64_C(7) << 16)) | rows[i].ips << 16);
    translate(EL2);
    x[0] = WINDOW;
    run(EL2h, controls_load);
    show("EL2", "");
    reset();
    map(root[STAGE2], WINDOW, 3, (rows[i].descriptor & UINT64_C(0xfffffffff000)) | S2_PAGE);
    // Less output than the 44 bits of input would be misprogrammed.
    if (rows[i].ips < 4) continue;
    WRITE(vtcr_el2, (VTCR_PLAIN & ~(UINT64_C(7) << 16)) | rows[i].ips << 16);
    translate(STAGE2);
    x[0] = WINDOW;
    run(EL1h, controls_load);
    show("stage 2", "");
  }
  // The table itself.
  reset();
  WRITE(ttbr1_el1, BIT(44));
  translate(EL1);
  heading("output size", "");
  x[0] = UINT64_C(0xffff000000000000);
  run(EL1h, controls_load);
  show("TTBR1_EL1 beyond", "");
  // With stage 1 off the address itself is the output.
  static const enum mode modes[] = {EL0t, EL1h, EL2h, EL3h};
  static const char *const names[] = {"EL0", "EL1", "EL2", "EL3"};
  static const struct {
    const char *name;
    uint64_t address;
  } flat[] = {{"bit 44", BIT(44)}, {"bit 55", BIT(55)}, {"bit 63", BIT(63)}};
  for (int m = 0; m < 4; m++)
    for (int a = 0; a < 3; a++) {
      reset();
      heading("MMU off", names[m]);
      x[0] = flat[a].address;
      run(modes[m], controls_load);
      show(flat[a].name, "load");
      run(modes[m], controls_jump);
      show(flat[a].name, "fetch");
    }
}

/** The halves may have different granules; TCR_EL1.A1 says whose ASID counts. */
static void halves(void) {
  static uint64_t high[8192] __attribute__((aligned(65536)));
  static uint64_t high3[8192] __attribute__((aligned(65536)));
  reset();
  for (int i = 0; i < 8192; i++) ((volatile uint64_t *)high)[i] = ((volatile uint64_t *)high3)[i] = 0;
  // TTBR1: 64 KiB, 42 bits, from level 2.
  high[8191] = (uint64_t)high3 | DESC_TABLE;
  high3[8191] = UINT64_C(0x42010000) | PAGE_RW;
  store(UINT64_C(0x4201fff8), 0x3434);
  store(FRAME(0) + 0xff8, 0x5656);
  map(root[EL1], WINDOW, 3, FRAME(0) | PAGE_RW);
  WRITE(ttbr1_el1, high);
  WRITE(tcr_el1, (TCR_EL1_PLAIN & ~(UINT64_C(0x3f) << 16) & ~(UINT64_C(3) << 30)) | UINT64_C(22) << 16 | UINT64_C(3) << 30);
  translate(EL1);
  flush();
  heading("granules", "");
  x[0] = ~UINT64_C(7);
  run(EL1h, controls_load);
  show_registers("high, 64 KiB", "", 2);
  x[0] = WINDOW + 0xff8;
  run(EL1h, controls_load);
  show_registers("low, 4 KiB", "", 2);
  x[0] = ~UINT64_C(0xffff) - 8;
  run(EL1h, controls_load);
  show("high, page before", "");
  x[0] = (~UINT64_C(0) << 42) - 8;
  run(EL1h, controls_load);
  show("high, outside", "");

  reset();
  uint64_t *second = new_table();
  second[0] = root[EL1][0];
  map(root[EL1], WINDOW, 3, FRAME(0) | PAGE_RW | DESC_NG);
  map(second, WINDOW, 3, FRAME(1) | PAGE_RW | DESC_NG);
  store(FRAME(0), 0xaaaa);
  store(FRAME(1), 0xbbbb);
  WRITE(tcr_el1, TCR_EL1_PLAIN | BIT(22) | BIT(36));
  translate(EL1);
  line("A1, 16-bit ASIDs", "");
  for (int i = 0; i < 4; i++) {
    WRITE(ttbr0_el1, i & 1 ? second : root[EL1]);
    WRITE(ttbr1_el1, i & 1 ? UINT64_C(0x102) << 48 : UINT64_C(0x202) << 48);
    x[0] = WINDOW;
    run(EL1h, controls_load);
    field(i & 1 ? "second" : "first", observation.x[1], 4);
  }
  end();
}

/** A branch to a tagged address drops the tag where the tag is ignored. */
static void tags(void) {
  static const struct {
    const char *name;
    uint64_t target;
  } rows[] = {{"no tag", WINDOW}, {"tag", UINT64_C(0x5a00000000000000) | WINDOW}, {"tag without bit 55", UINT64_C(0xff00000000000000) | WINDOW}};
  for (int tbi = 0; tbi < 2; tbi++)
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
      for (int how = 0; how < 3; how++) {
        static const uint32_t *const ways[] = {controls_jump, controls_call, controls_return_el0};
        static const char *const names[] = {"br", "blr", "eret"};
        reset();
        put_instruction(FRAME(0), 0xd4000001 | 0x77 << 5);
        map(root[EL1], WINDOW, 3, FRAME(0) | PAGE_RW | DESC_AP_EL0 | DESC_AP_RO);
        WRITE(tcr_el1, TCR_EL1_PLAIN | (tbi ? BIT(37) : 0));
        translate(EL1);
        x[0] = rows[i].target;
        x[1] = PSTATE_DAIF;
        run(EL1h, ways[how]);
        heading(tbi ? "TBI0=1" : "TBI0=0", rows[i].name);
        line(names[how], "");
        target("taken");
        field("ec", observation.esr >> 26, 2);
        field("elr", observation.elr, 16);
        end();
      }
}

static void returns(void) {
  // A misaligned link is noticed where it leads.
  reset();
  x[0] = FRAME(0) + 2;
  x[1] = PSTATE_DAIF | EL1h;
  heading("", "");
  run(EL2h, controls_return_el1);
  show("eret to a misaligned address", "EL2 to EL1");
  reset();
  x[0] = FRAME(0) + 1;
  x[1] = PSTATE_DAIF;
  run(EL1h, controls_return_el0);
  show("eret to a misaligned address", "EL1 to EL0");
  // To a level whose code is not mapped.
  reset();
  translate(EL1);
  x[0] = WINDOW;
  x[1] = PSTATE_DAIF | EL1h;
  run(EL2h, controls_return_el1);
  show("eret to an absent page", "EL2 to EL1");
}

static void rest(void) {
  heading("", "");
  // LDTR and STTR are ordinary above EL1.
  static const enum mode modes[] = {EL2h, EL3h};
  static const enum regime regimes[] = {EL2, EL3};
  for (int m = 0; m < 2; m++)
    for (int s = 0; s < 2; s++) {
      reset();
      store(FRAME(0), 0x7878);
      map(root[regimes[m]], WINDOW, 3, FRAME(0) | PAGE_RW | DESC_AP_EL0 | (s ? DESC_AP_RO : 0));
      translate(regimes[m]);
      x[0] = WINDOW;
      run(modes[m], s ? controls_user_store : controls_user_load);
      show_registers(s ? "sttr, read-only" : "ldtr", m ? "EL3" : "EL2", 2);
    }
  // TSC comes before SMD.
  reset();
  WRITE(hcr_el2, READ(hcr_el2) | HCR_TSC);
  WRITE(scr_el3, READ(scr_el3) | SCR_SMD);
  WRITE(cptr_el3, CPTR_TCPAC);
  observation.leave = 1;
  run(EL1h, controls_priority);
  show("smc with TSC and SMD", "EL1");
  // HCR_EL2 has no say in the secure world.
  reset();
  WRITE(hcr_el2, READ(hcr_el2) | HCR_TSC | HCR_VM | HCR_TGE | HCR_TVM);
  secure();
  flush();
  x[0] = WINDOW & UINT64_C(0x7fffffffff);
  run(EL1h, controls_priority);
  show("smc with HCR_EL2.TSC", "S-EL1");
  run(EL1h, controls_load);
  show("load with HCR_EL2.VM", "S-EL1");
  reset();
  x[0] = HOLE;
  for (int m = 0; m < 4; m++) {
    static const enum mode all[] = {EL0t, EL1h, EL2h, EL3h};
    static const char *const names[] = {"EL0", "EL1", "EL2", "EL3"};
    run(all[m], controls_nothing);
    show("hints and prefetch", names[m]);
  }
}

void group_controls(void) {
  tge();
  default_cacheable();
  sizes();
  halves();
  tags();
  returns();
  rest();
}
