/* EL2's exception vectors (Arm ARM D1.10.2). */
#include <rw/asm.h>

#define FRAME_SIZE 272

/*
 * Saves x0-x30, ELR_EL2 and SPSR_EL2 as struct vmm_frame on the stack.
 * Out: x0 = the frame. Clobbers x1 and x2 after saving them.
 */
.macro save_frame
  sub sp, sp, #FRAME_SIZE
  save_x0_x29
  mrs x1, ELR_EL2
  stp x30, x1, [sp, #240]
  mrs x2, SPSR_EL2
  str x2, [sp, #256]
  mov x0, sp
.endm

/* In: sp = a struct vmm_frame. Leaves EL2 (or this exception of EL2) by it. */
  .section .text.restore, "ax"
  .globl restore_frame
restore_frame:
  ldr x2, [sp, #256]
  msr SPSR_EL2, x2
  ldp x30, x1, [sp, #240]
  msr ELR_EL2, x1
  restore_x0_x29
  add sp, sp, #FRAME_SIZE
  eret

/* void handler(struct vmm_frame *frame): one C function per kind of exception. */
.macro handled_entry handler
  vector_entry
  b 1f
  .pushsection .text.entries, "ax"
1:
  save_frame
  bl \handler
  b restore_frame
  .popsection
.endm

  .section .text.vectors, "ax"
  .balign 0x800
  .globl rw_vectors
rw_vectors:
  /* EL2 with SP_EL0: our software never runs so */
  handled_entry exception_unexpected
  handled_entry exception_unexpected
  handled_entry exception_unexpected
  handled_entry exception_unexpected
  /* EL2 */
  handled_entry exception_same_synchronous
  handled_entry exception_same_irq
  handled_entry exception_unexpected
  handled_entry exception_unexpected
  /* A guest, AArch64 */
  handled_entry exception_lower_synchronous
  handled_entry exception_lower_irq
  handled_entry exception_unexpected
  handled_entry exception_unexpected
  /* A guest, AArch32: HCR_EL2.RW excludes it */
  handled_entry exception_unexpected
  handled_entry exception_unexpected
  handled_entry exception_unexpected
  handled_entry exception_unexpected

/*
 * int arch_guarded_call(uint64_t entry, const void *argument)
 * Calls `entry(argument)`; returns its result, or ARCH_ABORTED where guarded_return was taken.
 * In: x0, x1. Out: x0. Kept: x19-x30, sp.
 */
function arch_guarded_call
  push_callee_saved
  mrs x2, TPIDR_EL2
  mov x3, sp
  str x3, [x2, #24]
  mov x2, x0
  mov x0, x1
  blr x2
guarded_leave:
  mrs x2, TPIDR_EL2
  str xzr, [x2, #24]
  pop_callee_saved
  ret
end_function arch_guarded_call

/* The exception handler returns here after an abort in a guarded call. In: nothing. */
function guarded_return
  mrs x2, TPIDR_EL2
  ldr x3, [x2, #24]
  mov sp, x3
  mov w0, #0x40000000
  b guarded_leave
end_function guarded_return
