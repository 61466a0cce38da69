/* EL1's exception vectors (Arm ARM D1.10.2), the way back, and the switch between tasks in the kernel. */
#include <rw/asm.h>

#define FRAME_SIZE 272

/*
 * Saves the interrupted x0-x30, SP_EL0, ELR_EL1, SPSR_EL1 as struct frame on the kernel stack.
 * Out: x0 = the frame. Clobbers x1-x3 after saving them.
 */
.macro save_frame
  sub sp, sp, #FRAME_SIZE
  save_x0_x29
  mrs x1, SP_EL0
  stp x30, x1, [sp, #240]
  mrs x2, ELR_EL1
  mrs x3, SPSR_EL1
  stp x2, x3, [sp, #256]
  mov x0, sp
.endm

/* In: sp = a struct frame. Returns from the exception by it. */
  .section .text.restore, "ax"
restore_frame:
  ldp x2, x3, [sp, #256]
  msr ELR_EL1, x2
  msr SPSR_EL1, x3
  ldp x30, x1, [sp, #240]
  msr SP_EL0, x1
  restore_x0_x29
  add sp, sp, #FRAME_SIZE
  eret

/* void handler(struct frame *frame): one C function per kind of exception. */
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
  .globl kernel_vectors
kernel_vectors:
  /* EL1 with SP_EL0: never */
  handled_entry exception_unexpected
  handled_entry exception_unexpected
  handled_entry exception_unexpected
  handled_entry exception_unexpected
  /* The kernel itself: a fault on a process's memory, an interrupt while nothing runs */
  handled_entry exception_kernel_synchronous
  handled_entry exception_kernel_irq
  handled_entry exception_unexpected
  handled_entry exception_unexpected
  /* A process, AArch64 */
  handled_entry exception_user_synchronous
  handled_entry exception_user_irq
  handled_entry exception_unexpected
  handled_entry exception_unexpected
  /* AArch32: never */
  handled_entry exception_unexpected
  handled_entry exception_unexpected
  handled_entry exception_unexpected
  handled_entry exception_unexpected

/*
 * void switch_context(uint64_t *save_sp, uint64_t load_sp)
 * In: x0 = where this task's stack pointer goes, x1 = the next one's. Kept across the pair of
 * calls: x19-x30.
 */
function switch_context
  push_callee_saved
  mov x2, sp
  str x2, [x0]
  mov sp, x1
  pop_callee_saved
  ret
end_function switch_context

/* Where a new task's first switch_context returns to: its struct frame is on top of the stack. */
function task_first_return
  b restore_frame
end_function task_first_return
