/*
 * Overwrites the code that introspects, so that it finds nothing any more: under tvmi the agent in
 * the secure carve-out, whose entry then answers "done" without looking; else the VMM's own
 * conventional check, which then answers "sound". Runs at EL2.
 */
#include <rw/layout.h>
#include <rw/sysreg.h>
#include <rw/vmm_api.h>

#include <stdbool.h>

/* A virtual address that the VMM does not use. */
#define WINDOW 0x60000000ull

#define OPCODE_BL 0x94000000u
#define OPCODE_BL_MASK 0xfc000000u
#define OPCODE_MOV_W0_0 0x52800000u
#define OPCODE_MOV_W0_1 0x52800020u
#define OPCODE_RET 0xd65f03c0u
/* The agent's only call near its entry is that of its commands. */
#define ENTRY_WORDS 64

/* Makes written code visible to instruction fetch, through the window and at its own address. */
static void synchronise(const volatile uint32_t *word) {
  __asm__ volatile("dc cvau, %0\n dsb ish\n ic ialluis\n dsb ish\n isb" : : "r"(word) : "memory");
}

static int patch_agent(void) {
  volatile uint32_t *code = (volatile uint32_t *)WINDOW;
  for (unsigned i = 0; i < ENTRY_WORDS; i++) {
    if ((code[i] & OPCODE_BL_MASK) != OPCODE_BL) continue;
    code[i] = OPCODE_MOV_W0_0;
    synchronise(&code[i]);
    return 0;
  }
  return 2;
}

static int patch_check(uint64_t check) {
  volatile uint32_t *code = (volatile uint32_t *)(WINDOW + (check & (RW_PAGE_SIZE - 1)));
  code[0] = OPCODE_MOV_W0_1;
  code[1] = OPCODE_RET;
  synchronise(code);
  return 0;
}

RW_MODULE_ENTRY int module_entry(const struct rw_vmm_api *api) {
  const bool monitored = api->config->monitor == RW_MONITOR_TVMI;
  const uint64_t target = monitored ? RW_SECURE_CARVE_OUT : api->check_start;
  /* Two pages: the check may begin at the end of one. */
  if (api->map(WINDOW, target & ~(uint64_t)(RW_PAGE_SIZE - 1), 2 * RW_PAGE_SIZE, RW_VMM_MAP_WRITE) != 0) return 1;
  return monitored ? patch_agent() : patch_check(target);
}
