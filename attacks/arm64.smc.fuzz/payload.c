/*
 * Makes malformed secure calls, one after the other: wrong function ids, registers that do not exist,
 * values that are not granted, addresses in secure memory, misaligned, wrapping or of the wrong kind,
 * lengths that do not fit. Each call has at least one such defect. What comes back that is more than an
 * error is kept. Runs at EL2.
 *
 * The calls made are written down in memory of the attacker's own, five words each.
 */
#include <rw/layout.h>
#include <rw/psci.h>
#include <rw/sysreg.h>
#include <rw/tvmi_smc.h>
#include <rw/vmm_api.h>

#include <stdbool.h>

#define CALLS_BY_DEFAULT 100
/* The calls made, in the VMM's module area behind the slots in use, seen through a window. */
#define LOG (RW_VMM_MODULES + 0x00100000)
#define LOG_WINDOW 0x60000000ull
#define LOG_SIZE 0x00600000
#define LEARNT_WORDS 512
#define CANARY 0x5afe5afe00000000ull
/* First register that a secure call must keep, and how many the call below looks at. */
#define FIRST_KEPT 4
#define REGISTERS 18

struct call {
  uint64_t x[4];
};

/* What came back and was no status, and registers that did not come back as they were. */
volatile uint64_t learnt[LEARNT_WORDS];
static unsigned learnt_words;
static uint64_t state;
static uint64_t stage1_root, stage2_root, guest_vttbr;

/* xorshift64* (Vigna 2016). */
static uint64_t draw(void) {
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return state * 0x2545f4914f6cdd1dull;
}

static uint64_t below(uint64_t bound) { return (draw() >> 16) % bound; }
static bool coin(void) { return (draw() >> 40) & 1; }

/* Somewhere in [start, start + size), aligned. */
static uint64_t within(uint64_t start, uint64_t size, uint64_t alignment) {
  return start + below(size / alignment) * alignment;
}

/* An address that no secure call may write to: not RAM, secure, about to wrap, or of another use. */
static uint64_t bad_address(void) {
  switch (below(8)) {
    case 0:
      return within(RW_SECURE_RAM, RW_SECURE_RAM_SIZE, 8);
    case 1:
      return within(RW_SECURE_CARVE_OUT, RW_SECURE_CARVE_OUT_SIZE, 8);
    case 2:
      return within(RW_ROM, RW_ROM_SIZE, 8);
    case 3:
      return ~0ull - (below(4) * 8 + 7);
    case 4:
      return RW_SECURE_CARVE_OUT - 8;
    case 5:
      return within(RW_GICD, 0x02000000, 8);
    case 6:
      return (1ull << 63) | (draw() & ~7ull);
    default:
      return RW_VMM_IMAGE + below(0x4000) / 8 * 8; /* code */
  }
}

static struct call unknown_function(void) {
  static const uint32_t ids[] = {0xc3000100u, 0x83000000u, 0xc2000000u, 0xc5000001u, 0x80000000u, 0xbf00ff01u, 0};
  switch (below(4)) {
    case 0:
      return (struct call){{ids[below(sizeof ids / sizeof ids[0])], draw(), draw(), draw()}};
    case 1:
      return (struct call){{RW_SMC_STATUS + 1 + below(0xffff), draw(), draw(), draw()}};
    case 2:
      return (struct call){{(1 + below(0xffffffff)) << 32 | (RW_SMC_BASE + below(10)), draw(), draw(), draw()}};
    default:
      return (struct call){{0xd0000000u | (uint32_t)below(0x10000000), draw(), draw(), draw()}};
  }
}

/* No call that exists stops this machine or one of its CPUs: those are no malformed calls. */
static struct call bad_psci(void) {
  static const uint32_t ids[] = {0x84000001u, 0x84000005u, 0x84000006u, 0x84000007u, 0x8400000bu, 0xc4000012u};
  switch (below(4)) {
    case 0:
      return (struct call){{PSCI_CPU_ON, RW_MAX_CPUS + below(1ull << 40), draw(), draw()}};
    case 1:
      return (struct call){{PSCI_AFFINITY_INFO, draw() | 1ull << 40, draw(), 0}};
    case 2:
      return (struct call){{PSCI_FEATURES, draw(), draw(), draw()}};
    default:
      return (struct call){{ids[below(sizeof ids / sizeof ids[0])], draw(), draw(), draw()}};
  }
}

static struct call no_such_register(void) {
  if (coin()) return (struct call){{RW_SMC_EL2_WRITE, RW_EL2_REGISTERS + (draw() >> 1), draw(), draw()}};
  return (struct call){{RW_SMC_TRAPPED_WRITE, RW_EL1_REGISTERS + (draw() >> 1), draw(), draw()}};
}

static struct call denied_value(void) {
  const uint64_t which = below(RW_EL2_REGISTERS);
  uint64_t value = draw() | 1ull << 62;
  if (which == RW_EL2_HCR) value = read_sysreg(HCR_EL2) ^ (coin() ? HCR_VM : RW_BIT(27)); /* VM off, or TGE on */
  if (which == RW_EL2_VTTBR) value = guest_vttbr + (1 + below(0x100)) * RW_PAGE_SIZE;
  return (struct call){{RW_SMC_EL2_WRITE, which, value, draw()}};
}

static struct call denied_root(void) {
  return (struct call){{RW_SMC_TRAPPED_WRITE, RW_EL1_TTBR0, RW_GUEST_IPA_RAM + RW_GUEST_RAM_SIZE + (draw() >> 24) * 16, draw()}};
}

static struct call bad_entry(void) {
  const uint64_t function = coin() ? RW_SMC_STAGE1_STORE : RW_SMC_STAGE2_STORE;
  const uint64_t root = function == RW_SMC_STAGE1_STORE ? stage1_root : stage2_root;
  const uint64_t other = function == RW_SMC_STAGE1_STORE ? stage2_root : stage1_root;
  switch (below(4)) {
    case 0:
      return (struct call){{function, root + below(512) * 8 + 1 + below(7), draw(), draw()}};
    case 1:
      return (struct call){{function, other + below(512) * 8, draw(), draw()}};
    default:
      return (struct call){{function, bad_address(), draw(), draw()}};
  }
}

/* A gigabyte at once, which is no guest's. */
static struct call foreign_block(void) {
  const uint64_t entry = stage2_root + (2 + below(510)) * 8;
  return (struct call){{RW_SMC_STAGE2_STORE, entry, (draw() & ~3ull) | 1, draw()}};
}

static struct call bad_create(void) {
  if (coin()) return (struct call){{RW_SMC_STAGE2_CREATE, draw(), coin() ? 0 : 256 + below(1 << 20), draw()}};
  return (struct call){{RW_SMC_STAGE2_CREATE, coin() ? stage2_root : bad_address() | 8, 1 + below(255), draw()}};
}

static struct call bad_share(void) {
  /* Memory that is no guest's, so that nobody can consent. */
  const uint64_t frame = within(RW_VMM_MODULES, RW_VMM_MODULES_SIZE, RW_PAGE_SIZE);
  if (coin()) return (struct call){{RW_SMC_STAGE2_SHARE, frame, coin() ? 0 : 256 + below(1 << 20), draw()}};
  return (struct call){{RW_SMC_STAGE2_SHARE, frame, 1 + below(255), draw()}};
}

static struct call bad_module(void) {
  const uint64_t base = RW_VMM_MODULES + RW_VMM_MODULES_SIZE / 2;
  switch (below(5)) {
    case 0:
      return (struct call){{RW_SMC_MODULE_LOAD, base + 1 + below(RW_PAGE_SIZE - 1), RW_PAGE_SIZE, RW_PAGE_SIZE}};
    case 1:
      return (struct call){{RW_SMC_MODULE_LOAD, base, 2 * RW_PAGE_SIZE, RW_PAGE_SIZE}};
    case 2:
      return (struct call){{RW_SMC_MODULE_LOAD, base, RW_PAGE_SIZE, RW_VMM_MODULES_SIZE + (draw() >> 1)}};
    case 3:
      return (struct call){{RW_SMC_MODULE_LOAD, base, RW_PAGE_SIZE, RW_PAGE_SIZE}}; /* not mapped */
    default:
      return (struct call){{RW_SMC_MODULE_LOAD, bad_address() & ~(uint64_t)(RW_PAGE_SIZE - 1), RW_PAGE_SIZE, RW_PAGE_SIZE}};
  }
}

static struct call bad_status(void) {
  switch (below(4)) {
    case 0:
      return (struct call){{RW_SMC_STATUS, within(RW_VMM_MODULES, RW_VMM_MODULES_SIZE, 8) | 4, sizeof(struct rw_tvmi_status), draw()}};
    case 1:
      return (struct call){{RW_SMC_STATUS, bad_address(), sizeof(struct rw_tvmi_status) + 1 + (draw() >> 1), draw()}};
    default:
      return (struct call){{RW_SMC_STATUS, bad_address(), sizeof(struct rw_tvmi_status), draw()}};
  }
}

static struct call false_fault(void) { return (struct call){{RW_SMC_EL2_FAULT, draw(), draw(), draw()}}; }

static struct call (*const makers[])(void) = {unknown_function, bad_psci,    no_such_register, denied_value,
                                              denied_root,      bad_entry,   foreign_block,    bad_create,
                                              bad_share,        bad_module,  bad_status,       false_fault};

/* SMC with x0-x3 from `in`, x4-x17 as given; x0-x17 as they come back. */
static void smc(const struct call *in, uint64_t registers[REGISTERS]) {
  for (unsigned i = 0; i < REGISTERS; i++) registers[i] = i < 4 ? in->x[i] : CANARY + i;
  register uint64_t *at __asm__("x19") = registers;
  __asm__ volatile(
      "ldp x0, x1, [%0]\n ldp x2, x3, [%0, #16]\n ldp x4, x5, [%0, #32]\n ldp x6, x7, [%0, #48]\n"
      "ldp x8, x9, [%0, #64]\n ldp x10, x11, [%0, #80]\n ldp x12, x13, [%0, #96]\n ldp x14, x15, [%0, #112]\n"
      "ldp x16, x17, [%0, #128]\n smc #0\n"
      "stp x0, x1, [%0]\n stp x2, x3, [%0, #16]\n stp x4, x5, [%0, #32]\n stp x6, x7, [%0, #48]\n"
      "stp x8, x9, [%0, #64]\n stp x10, x11, [%0, #80]\n stp x12, x13, [%0, #96]\n stp x14, x15, [%0, #112]\n"
      "stp x16, x17, [%0, #128]\n"
      :
      : "r"(at)
      : "memory", "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
        "x16", "x17");
}

static void keep(uint64_t value) {
  if (learnt_words < LEARNT_WORDS) learnt[learnt_words++] = value;
}

static void look_at(const struct call *call, const uint64_t registers[REGISTERS]) {
  const int64_t status = (int64_t)registers[0];
  if (status > RW_TVMI_ABI || status < PSCI_ON_PENDING) keep(registers[0]);
  for (unsigned i = 1; i < FIRST_KEPT; i++) {
    if (registers[i] != call->x[i]) keep(registers[i]);
  }
  for (unsigned i = FIRST_KEPT; i < REGISTERS; i++) {
    if (registers[i] != CANARY + i) keep(registers[i]);
  }
}

RW_MODULE_ENTRY int module_entry(const struct rw_vmm_api *api) {
  const uint64_t calls = api->config->attack_rounds != 0 ? api->config->attack_rounds : CALLS_BY_DEFAULT;
  if (calls * sizeof(uint64_t[5]) > LOG_SIZE) return 1;
  if (api->map(LOG_WINDOW, LOG, (calls * sizeof(uint64_t[5]) + RW_PAGE_SIZE) & ~(uint64_t)(RW_PAGE_SIZE - 1), RW_VMM_MAP_WRITE) != 0) return 2;
  uint64_t *log = (uint64_t *)LOG_WINDOW;
  state = ((uint64_t)api->config->seed_hi << 32 | api->config->seed_lo) * 2 + 1;
  stage1_root = read_sysreg(TTBR0_EL2);
  stage2_root = api->guests[1].stage2_root;
  guest_vttbr = *api->guests[1].vttbr;
  for (uint64_t i = 0; i < calls; i++) {
    const struct call call = makers[below(sizeof makers / sizeof makers[0])]();
    uint64_t registers[REGISTERS];
    smc(&call, registers);
    look_at(&call, registers);
    for (unsigned word = 0; word < 4; word++) *log++ = call.x[word];
    *log++ = registers[0];
  }
  return 0;
}
