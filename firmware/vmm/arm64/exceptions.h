/* Exceptions that a guest's code takes to EL2. */
#ifndef VMM_ARM64_EXCEPTIONS_H
#define VMM_ARM64_EXCEPTIONS_H

#include <vmm/vmm.h>

/* Goes on behind the trapped instruction. */
void exception_skip(struct vmm_frame *frame);
/* EC 0x18: a trapped MSR or MRS (sysreg_trap.c). */
void trapped_register(struct vmm_frame *frame, uint64_t esr);
/* EC 0x20 and 0x24: a stage 2 fault (abort.c). */
void stage2_abort(struct vmm_frame *frame, uint64_t esr);

#endif
