/* Where vectors.S enters C. */
#include <guest/kernel.h>
#include <rw/sysreg.h>

static bool is_abort(uint64_t esr) {
  const uint64_t class = ESR_EC(esr);
  return class == EC_DATA_ABORT_LOWER || class == EC_DATA_ABORT_SAME || class == EC_INSTRUCTION_ABORT_LOWER;
}

/* A fault of stage 1 that the process's address space can resolve. */
static bool resolve(uint64_t esr) {
  const uint64_t iss = ESR_ISS(esr);
  const uint64_t kind = DFSC_TYPE(ISS_DFSC(iss));
  if (!is_abort(esr) || (kind != DFSC_TRANSLATION && kind != DFSC_PERMISSION)) return false;
  const bool write = ESR_EC(esr) != EC_INSTRUCTION_ABORT_LOWER && (iss & ISS_WNR) != 0;
  return current_task != NULL && space_fault(current_task, read_sysreg(FAR_EL1), write);
}

void exception_user_synchronous(struct frame *frame) {
  const uint64_t esr = read_sysreg(ESR_EL1);
  if (ESR_EC(esr) == EC_SVC64) {
    syscall(frame);
  } else if (!resolve(esr)) {
    kernel_print("pid %u: exception class %lx, ended\n", current_task->pid, ESR_EC(esr));
    task_exit((uint64_t)ERROR_ADDRESS);
  }
}

void exception_user_irq(struct frame *frame) {
  (void)frame;
  interrupt();
  scheduler_preempt();
}

/* The kernel reads and writes a process's memory where the process itself might. */
void exception_kernel_synchronous(struct frame *frame) {
  const uint64_t esr = read_sysreg(ESR_EL1);
  if (resolve(esr)) return;
  kernel_print("exception in the kernel: ESR %lx ELR %lx FAR %lx\n", esr, frame->elr, read_sysreg(FAR_EL1));
  kernel_panic("exception in the kernel");
}

void exception_kernel_irq(struct frame *frame) {
  (void)frame;
  interrupt();
}

void exception_unexpected(struct frame *frame) {
  kernel_print("unexpected exception: ESR %lx ELR %lx\n", read_sysreg(ESR_EL1), frame->elr);
  kernel_panic("unexpected exception");
}
