/* Where vectors.S enters C: one handler for each exception class, all with one signature. */
#include "exceptions.h"
#include "privileged.h"
#include "vgic.h"

#include <rw/gicv2.h>

static void handle_unknown(struct vmm_frame *frame, uint64_t esr) {
  vmm_print("vmm: guest %u: exception class %lx that nothing handles\n", arch_cpu()->current->number, ESR_EC(esr));
  guest_shutdown(frame, "failed", ESR_EC(esr));
}

/* A trapped WFI gives the CPU away, unless there is an interrupt to take. */
static void handle_wfx(struct vmm_frame *frame, uint64_t esr) {
  (void)esr;
  exception_skip(frame);
  if (!arch_interrupt_waits(arch_cpu()->current)) scheduler_wait(frame);
}

static void handle_hvc(struct vmm_frame *frame, uint64_t esr) {
  (void)esr;
  hypercall(frame);
}

/* A guest's SMC is none of EL3's business: unknown function. */
static void handle_smc(struct vmm_frame *frame, uint64_t esr) {
  (void)esr;
  frame->x[0] = (uint64_t)RW_HVC_UNKNOWN;
  exception_skip(frame);
}

typedef void (*exception_handler)(struct vmm_frame *frame, uint64_t esr);

/* By exception class of a guest. */
static const exception_handler handlers[EC_COUNT] = {
    [EC_WFX] = handle_wfx,
    [EC_HVC64] = handle_hvc,
    [EC_SMC64] = handle_smc,
    [EC_SYSREG] = trapped_register,
    [EC_INSTRUCTION_ABORT_LOWER] = stage2_abort,
    [EC_DATA_ABORT_LOWER] = stage2_abort,
};

/* The trapped instruction is done. All A64 instructions have 4 bytes. */
void exception_skip(struct vmm_frame *frame) { frame->elr += 4; }

void exception_lower_synchronous(struct vmm_frame *frame) {
  const uint64_t esr = read_sysreg(ESR_EL2);
  exception_handler handler = handlers[ESR_EC(esr)];
  if (handler == NULL) handler = handle_unknown;
  vmm_lock();
  handler(frame, esr);
  vgic_deliver(arch_cpu()->current);
  vmm_unlock();
}

/* `frame` is a guest's, or NULL where EL2 itself was interrupted. */
static void interrupt(struct vmm_frame *frame) {
  const uint32_t acknowledged = gicv2_acknowledge(&vmm_gic);
  const uint32_t number = GICC_INTERRUPT(acknowledged);
  if (number >= GIC_PENDING_GROUP1) return;
  struct vmm_cpu *cpu = arch_cpu();
  if (number == RW_IRQ_VIRTUAL_TIMER) {
    /* Masked until the guest arms it again: its line would stay up. */
    write_sysreg(CNTV_CTL_EL0, read_sysreg(CNTV_CTL_EL0) | CNT_CTL_IMASK);
    isb();
    if (cpu->current != NULL) arch_raise(cpu->current, ARCH_VIRQ_TIMER);
  }
  if (number == RW_IRQ_HYP_TIMER) arch_timer_rearm();
  gicv2_end(&vmm_gic, acknowledged);
  if (number == RW_IRQ_HYP_TIMER) scheduler_tick(frame);
}

void exception_lower_irq(struct vmm_frame *frame) {
  vmm_lock();
  interrupt(frame);
  vgic_deliver(arch_cpu()->current);
  vmm_unlock();
}

/* Only arch_idle_forever runs EL2 with interrupts unmasked. */
void exception_same_irq(struct vmm_frame *frame) {
  (void)frame;
  vmm_lock();
  interrupt(NULL);
  vmm_unlock();
}

/* An abort of EL2 itself: ends the module that runs, or the VMM. */
void exception_same_synchronous(struct vmm_frame *frame) {
  extern uint8_t guarded_return[];
  const uint64_t esr = read_sysreg(ESR_EL2);
  const uint64_t far = read_sysreg(FAR_EL2);
#ifdef RW_SMC_REWRITE
  rw_smc(RW_SMC_EL2_FAULT, esr, far, 0);
#endif
  if (arch_cpu()->recovery == 0) {
    vmm_print("vmm: abort at EL2: ESR %lx ELR %lx FAR %lx\n", esr, frame->elr, far);
    vmm_stop("abort at EL2");
  }
  frame->elr = (uint64_t)guarded_return;
}

void exception_unexpected(struct vmm_frame *frame) {
  vmm_print("vmm: unexpected exception: ESR %lx ELR %lx\n", read_sysreg(ESR_EL2), frame->elr);
  vmm_stop("unexpected exception");
}
