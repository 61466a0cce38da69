#include "harness.h"

uint64_t x[31];
uint64_t pstate;
static uint64_t entered;

// --- transcript: PL011 UART 0 ---
#define UART_DR ((volatile uint32_t *)0x09000000)
#define UART_FR ((volatile uint32_t *)0x09000018)
#define UART_FR_TXFF 0x20

static void put_char(char c) {
  while (*UART_FR & UART_FR_TXFF) {
  }
  *UART_DR = (uint8_t)c;
}

void put(const char *text) {
  for (; *text; text++) put_char(*text);
}

void put_hex(uint64_t value, int digits) {
  while (digits-- > 0) put_char("0123456789abcdef"[(value >> (4 * digits)) & 15]);
}

static const char *headings[2] = {"", ""};

void heading(const char *first, const char *second) {
  headings[0] = first;
  headings[1] = second;
}

void group(const char *name) {
  heading("", "");
  put("# ");
  put(name);
  end();
}

void line(const char *name, const char *part) {
  const char *words[] = {headings[0], headings[1], name, part};
  int some = 0;
  for (int i = 0; i < 4; i++) {
    if (!*words[i]) continue;
    if (some) put(" ");
    put(words[i]);
    some = 1;
  }
  put(":");
}

void end(void) { put("\r\n"); }

void field(const char *key, uint64_t value, int digits) {
  put(" ");
  put(key);
  put("=");
  put_hex(value, digits);
}

static uint64_t ec(void) { return observation.esr >> 26 & 0x3f; }

int done(void) {
  int call = ec() == EC_SVC64 || ec() == EC_HVC64;
  return call && (observation.esr & 0xffff) == DONE && !(observation.vector & 0x180);
}

/** FAR_ELx has a meaning for aborts, watchpoints and a misaligned program counter. */
static int has_far(void) {
  uint64_t c = ec();
  if (c == EC_PC_ALIGNMENT || c == EC_WATCHPOINT || c == EC_WATCHPOINT_LOWER) return 1;
  return c == EC_INSTRUCTION_ABORT || c == EC_INSTRUCTION_ABORT_LOWER || c == EC_DATA_ABORT || c == EC_DATA_ABORT_LOWER;
}

/** HPFAR_EL2 has a meaning for a fault of stage 2 other than permission, and for every fault of a stage 1 walk. */
static int has_hpfar(void) {
  if (observation.el != 2 || (ec() != EC_INSTRUCTION_ABORT_LOWER && ec() != EC_DATA_ABORT_LOWER)) return 0;
  uint64_t class = observation.esr >> 2 & 15;
  if (observation.esr & BIT(7)) return class <= 3;
  return class <= 2 && READ(hcr_el2) & HCR_VM;
}

/** ESR_ELx.ISS without what an implementation chooses of an external abort: EA, and the access's own syndrome. */
static uint64_t syndrome(void) {
  uint64_t iss = observation.esr & 0x1ffffff;
  int abort = has_far() && ec() != EC_PC_ALIGNMENT;
  int external = abort && ((iss & 0x3f) == 0x10 || (iss & 0x3c) == 0x14);
  return external ? iss & 0xdff : iss;
}

/** Vector offsets of IRQ, FIQ and SError: the syndrome says nothing. */
static int is_interrupt(void) { return (observation.vector & 0x180) != 0; }

void target(const char *key) {
  put(" ");
  put(key);
  put("=EL");
  put_hex(observation.el, 1);
  put("+");
  put_hex(observation.vector, 3);
}

void outcome(const char *key) {
  if (done()) {
    put(" ");
    put(key);
    put("=ok");
    return;
  }
  target(key);
  if (!is_interrupt()) {
    put(".");
    put_hex(ec(), 2);
    put(".");
    put_hex(syndrome(), 7);
  }
  if (observation.elr != entered && !(has_far() && observation.elr == observation.far)) {
    put("@");
    put_hex(observation.elr - entered, 2);
  }
}

static void show_observation(const char *name, const char *part) {
  line(name, part);
  put(" EL");
  put_hex(observation.el, 1);
  put("+");
  put_hex(observation.vector, 3);
  if (done()) {
    put(" done");
  } else {
    if (!is_interrupt()) {
      field("ec", ec(), 2);
      field("il", observation.esr >> 25 & 1, 1);
      field("iss", syndrome(), 7);
      if (has_far()) field("far", observation.far, 16);
      if (has_hpfar()) field("hpfar", observation.hpfar, 12);
    }
    if (has_far() && observation.elr == observation.far)
      put(" elr=far");
    else
      field("elr", observation.elr - entered, 4);
  }
  field("spsr", observation.spsr, 8);
}

void show(const char *name, const char *part) {
  show_observation(name, part);
  end();
}

void show_registers(const char *name, const char *part, int count) {
  show_observation(name, part);
  for (int i = 0; i < count; i++) {
    char key[4] = {'x', (char)('0' + i), 0};
    field(key, observation.x[i], 16);
  }
  end();
}

void show_masks(const char *name, const char *part) {
  show_observation(name, part);
  field("daif", observation.daif, 3);
  end();
}

// --- probes ---
void enter(uint64_t pc, uint64_t spsr, const uint64_t registers[31]);

void run_at(enum mode mode, uint64_t pc) {
  entered = pc;
  enter(pc, pstate | mode, x);
}

void run(enum mode mode, const uint32_t *probe) { run_at(mode, (uint64_t)probe); }

// --- state ---
extern const uint8_t vectors_el1[], vectors_el2[], vectors_el3[], image_start[], text_end[], bss_end[];

static uint64_t stacks[3][256] __attribute__((aligned(16)));

void flush(void) {
  // TLBI ALLE1 is about the security state that SCR_EL3.NS names.
  uint64_t scr = READ(scr_el3);
  WRITE(scr_el3, scr & ~SCR_NS);
  DO("dsb sy\n\ttlbi alle1\n\tdsb sy");
  WRITE(scr_el3, scr | SCR_NS);
  DO("tlbi alle3\n\ttlbi alle2\n\ttlbi alle1\n\tdsb sy\n\tisb");
  WRITE(scr_el3, scr);
}

static void reset_el3(void) {
  WRITE(sctlr_el3, SCTLR_ELX_RES1);
  WRITE(scr_el3, SCR_NS | SCR_HCE | SCR_RW | 0x30);
  WRITE(cptr_el3, 0);
  WRITE(mdcr_el3, 0);
  WRITE(vbar_el3, vectors_el3);
  WRITE(tcr_el3, TCR_ELX_PLAIN);
  WRITE(ttbr0_el3, root[EL3]);
  WRITE(mair_el3, 0x44ff04);
}

static void reset_el2(void) {
  WRITE(sctlr_el2, SCTLR_ELX_RES1);
  WRITE(hcr_el2, HCR_RW);
  WRITE(cptr_el2, CPTR_EL2_RES1);
  WRITE(hstr_el2, 0);
  WRITE(mdcr_el2, READ(mdcr_el2) & 0x1f);
  WRITE(vbar_el2, vectors_el2);
  WRITE(tcr_el2, TCR_ELX_PLAIN);
  WRITE(ttbr0_el2, root[EL2]);
  WRITE(mair_el2, 0x44ff04);
  WRITE(vttbr_el2, root[STAGE2]);
  WRITE(vtcr_el2, VTCR_PLAIN);
  WRITE(cnthctl_el2, 3);
  WRITE(cntvoff_el2, 0);
  WRITE(cnthp_ctl_el2, 0);
  WRITE(sp_el2, stacks[2] + 256);
}

static void reset_el1(void) {
  WRITE(sctlr_el1, SCTLR_EL1_RES1);
  WRITE(cpacr_el1, 0);
  WRITE(mdscr_el1, 0);
  WRITE(vbar_el1, vectors_el1);
  WRITE(tcr_el1, TCR_EL1_PLAIN);
  WRITE(ttbr0_el1, root[EL1]);
  WRITE(ttbr1_el1, root[EL1_HIGH]);
  WRITE(mair_el1, 0x44ff04);
  WRITE(cntkctl_el1, 0);
  WRITE(cntp_ctl_el0, 0);
  WRITE(cntv_ctl_el0, 0);
  WRITE(cntps_ctl_el1, 0);
  WRITE(csselr_el1, 0);
  WRITE(par_el1, 0);
  WRITE(contextidr_el1, 0);
  WRITE(sp_el1, stacks[1] + 256);
  WRITE(sp_el0, stacks[0] + 256);
}

static void plain_tables(void);

void reset(void) {
  for (int i = 0; i < 31; i++) x[i] = 0;
  pstate = PSTATE_DAIF;
  observation.leave = 0;
  observation.hpfar = 0;
  reset_el3();
  plain_tables();
  reset_el2();
  reset_el1();
  DO("clrex");
  flush();
}

void secure(void) { WRITE(scr_el3, READ(scr_el3) & ~SCR_NS); }

// --- translation ---
#define POOL_TABLES 48
uint64_t root[REGIMES][512] __attribute__((aligned(4096)));
static uint64_t pool[POOL_TABLES][512] __attribute__((aligned(4096)));
static int pool_used;
/** The plain map's own tables: levels 1, 2 and 3 on the way to the image. */
static uint64_t plain[REGIMES][3][512] __attribute__((aligned(4096)));

uint64_t *new_table(void) {
  uint64_t *table = pool[pool_used++ % POOL_TABLES];
  for (int i = 0; i < 512; i++) table[i] = 0;
  return table;
}

uint64_t *map_from(uint64_t *table, int start, uint64_t va, int level, uint64_t descriptor) {
  for (int l = start;; l++) {
    uint64_t *place = &table[va >> (39 - 9 * l) & 511];
    if (l == level) {
      *place = descriptor;
      return place;
    }
    if ((*place & 3) != DESC_TABLE) *place = (uint64_t)new_table() | DESC_TABLE;
    table = (uint64_t *)(*place & UINT64_C(0xfffffffff000));
  }
}

uint64_t *map(uint64_t *table, uint64_t va, int level, uint64_t descriptor) {
  return map_from(table, 0, va, level, descriptor);
}

/**
 * Text read-only and executable at every level, data read-write for all and executable for none, the rest of the first
 * GiB of RAM likewise, devices for the regime's own level.
 */
static void plain_stage1(enum regime regime) {
  uint64_t *l1 = plain[regime][0], *l2 = plain[regime][1], *l3 = plain[regime][2];
  uint64_t xn = regime == EL1 ? DESC_UXN | DESC_PXN : DESC_XN;
  uint64_t data = DESC_AF | DESC_ATTR(1) | DESC_SH_INNER | DESC_AP_EL0 | xn;
  for (int i = 0; i < 512; i++) {
    uint64_t pa = UINT64_C(0x40000000) + ((uint64_t)i << 21);
    l2[i] = pa | DESC_BLOCK | data;
  }
  for (int i = 0; i < 512; i++) {
    uint64_t pa = (uint64_t)image_start + ((uint64_t)i << 12);
    int text = pa < (uint64_t)text_end;
    l3[i] = pa | DESC_PAGE | (text ? DESC_AF | DESC_ATTR(1) | DESC_SH_INNER | DESC_AP_EL0 | DESC_AP_RO : data);
  }
  l2[1] = (uint64_t)l3 | DESC_TABLE;
  l1[0] = DESC_BLOCK | DESC_AF | DESC_ATTR(0) | (regime == EL1 ? 0 : DESC_AP_EL0) | xn;
  l1[1] = (uint64_t)l2 | DESC_TABLE;
  root[regime][0] = (uint64_t)l1 | DESC_TABLE;
}

static void plain_stage2(void) {
  uint64_t *l1 = plain[STAGE2][0];
  l1[0] = DESC_BLOCK | DESC_AF | S2_DEVICE | S2_READ | S2_WRITE;
  l1[1] = UINT64_C(0x40000000) | S2_BLOCK;
  root[STAGE2][0] = (uint64_t)l1 | DESC_TABLE;
}

/** Checks map nothing above this entry of a root table. */
#define LAST_ROOT_ENTRY 3

static void plain_tables(void) {
  static int built;
  pool_used = 0;
  for (int r = 0; r < REGIMES; r++)
    for (int i = 1; i <= LAST_ROOT_ENTRY; i++) root[r][i] = 0;
  if (built) return;
  plain_stage1(EL1);
  plain_stage1(EL2);
  plain_stage1(EL3);
  plain_stage2();
  built = 1;
}

void translate(enum regime regime) {
  switch (regime) {
    case EL1:
    case EL1_HIGH:
      WRITE(sctlr_el1, READ(sctlr_el1) | SCTLR_M);
      break;
    case EL2:
      WRITE(sctlr_el2, READ(sctlr_el2) | SCTLR_M);
      break;
    case EL3:
      WRITE(sctlr_el3, READ(sctlr_el3) | SCTLR_M);
      break;
    default:
      WRITE(hcr_el2, READ(hcr_el2) | HCR_VM);
  }
}

uint64_t load(uint64_t pa) { return *(volatile uint64_t *)pa; }

void store(uint64_t pa, uint64_t value) {
  *(volatile uint64_t *)pa = value;
  DO("dsb sy");
}

void put_instruction(uint64_t pa, uint32_t instruction) {
  *(volatile uint32_t *)pa = instruction;
  __asm__ volatile("dc cvau, %0\n\tdsb sy\n\tic ivau, %0\n\tdsb sy\n\tisb" ::"r"(pa) : "memory");
}
