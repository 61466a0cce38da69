/* World switch: one guest's EL1 state out, another's in. */
#include "privileged.h"
#include "vgic.h"

#include <rw/string.h>

/* EL1 and EL0 state that belongs to a guest. */
#define EL1_REGISTERS(X)                                                                                         \
  X(SCTLR_EL1) X(CPACR_EL1) X(TTBR0_EL1) X(TTBR1_EL1) X(TCR_EL1) X(MAIR_EL1) X(AMAIR_EL1) X(VBAR_EL1)              \
  X(ESR_EL1) X(FAR_EL1) X(AFSR0_EL1) X(AFSR1_EL1) X(CONTEXTIDR_EL1) X(ELR_EL1) X(SPSR_EL1) X(SP_EL0) X(SP_EL1)     \
  X(TPIDR_EL0) X(TPIDRRO_EL0) X(TPIDR_EL1) X(PAR_EL1) X(CNTKCTL_EL1) X(CSSELR_EL1)

#define COUNT(name) +1
_Static_assert((0 EL1_REGISTERS(COUNT)) == ARCH_EL1_REGISTERS, "arch.h knows the number of registers");

/* Where a register stands in `el1`. */
#define INDEX(name) INDEX_##name,
enum { EL1_REGISTERS(INDEX) };

static void save_el1(uint64_t *to) {
#define SAVE(name) *to++ = read_sysreg(name);
  EL1_REGISTERS(SAVE)
}

static void load_el1(const uint64_t *from) {
#define LOAD(name) write_sysreg(name, *from++);
  EL1_REGISTERS(LOAD)
}

/* The virtual timer: its compare value counts the guest's own time, so only CNTVOFF_EL2 moves. */
static void save_timer(struct arch_guest *arch) {
  arch->timer_control = read_sysreg(CNTV_CTL_EL0);
  arch->timer_compare = read_sysreg(CNTV_CVAL_EL0);
  write_sysreg(CNTV_CTL_EL0, 0);
  isb();
  arch->virtual_count = read_sysreg(CNTVCT_EL0);
}

static void load_timer(const struct arch_guest *arch) {
  write_sysreg(CNTVOFF_EL2, read_sysreg(CNTPCT_EL0) - arch->virtual_count);
  write_sysreg(CNTV_CVAL_EL0, arch->timer_compare);
  write_sysreg(CNTV_CTL_EL0, arch->timer_control);
}

static void load(struct vmm_guest *next) {
  load_el1(next->arch.el1);
  load_timer(&next->arch);
  vgic_load(&next->arch);
  privileged_write(VTTBR, next->arch.vttbr);
  isb();
  arch_cpu()->current = next;
}

void arch_switch(struct vmm_frame *frame, struct vmm_guest *next) {
  struct vmm_guest *current = arch_cpu()->current;
  if (current == next) return;
  if (current != NULL) {
    current->frame = *frame;
    save_el1(current->arch.el1);
    save_timer(&current->arch);
    vgic_save(&current->arch);
  }
  load(next);
  *frame = next->frame;
}

void arch_guest_translation(const struct vmm_guest *guest, struct arch_translation *registers) {
  const bool live = arch_cpu()->current == guest;
#define VALUE(name) (live ? read_sysreg(name) : guest->arch.el1[INDEX_##name])
  *registers = (struct arch_translation){
      .sctlr = VALUE(SCTLR_EL1),
      .ttbr0 = VALUE(TTBR0_EL1),
      .ttbr1 = VALUE(TTBR1_EL1),
      .tcr = VALUE(TCR_EL1),
      .mair = VALUE(MAIR_EL1),
      .vbar = VALUE(VBAR_EL1),
  };
}

void arch_guest_leave(void) {
  write_sysreg(CNTV_CTL_EL0, 0);
  isb();
  arch_cpu()->current = NULL;
}

/* Reset state of a guest's CPU: EL1h, MMU off, interrupts masked, x0 = its boot page. */
void arch_guest_init(struct vmm_guest *guest) {
  memset(&guest->frame, 0, sizeof guest->frame);
  memset(guest->arch.el1, 0, sizeof guest->arch.el1);
  guest->arch.el1[INDEX_SCTLR_EL1] = SCTLR_EL1_RES1;
  guest->frame.x[0] = RW_GUEST_IPA_BOOT;
  guest->frame.elr = RW_GUEST_IPA_IMAGE;
  guest->frame.spsr = SPSR_DAIF | SPSR_M_EL1H;
}

/*
 * A guest runs in AArch64, at EL0 or EL1, and single-steps nothing. Built with RW_BUG_PSTATE, nobody looks:
 * the guest chooses the level to which the VMM returns (the class of CVE-2018-18021).
 */
bool arch_guest_may_enter(uint64_t pstate) {
#ifdef RW_BUG_PSTATE
  (void)pstate;
  return true;
#else
  const uint64_t mode = pstate & SPSR_M_MASK;
  if ((pstate & ~(SPSR_NZCV | SPSR_DAIF | SPSR_M_MASK)) != 0) return false;
  return mode == SPSR_M_EL0T || mode == SPSR_M_EL1T || mode == SPSR_M_EL1H;
#endif
}
