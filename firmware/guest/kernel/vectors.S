/* EL1's exception vectors (Arm ARM D1.10.2), the way back, and the switch between tasks in the kernel. */
#include <rw/asm.h>

#define FRAME_SIZE 272

/*
 * Saves the interrupted x0-x30, SP_EL0, ELR_EL1, SPSR_EL1 as struct frame on the kernel stack.
 * Out: x0 = the frame. Clobbers x1-x3 after saving them.
 */
.macro save_frame
  sub sp, sp, #FRAME_SIZE
  stp x0, x1, [sp, #0]
  stp x2, x3, [sp, #16]
  stp x4, x5, [sp, #32]
  stp x6, x7, [sp, #48]
  stp x8, x9, [sp, #64]
  stp x10, x11, [sp, #80]
  stp x12, x13, [sp, #96]
  stp x14, x15, [sp, #112]
  stp x16, x17, [sp, #128]
  stp x18, x19, [sp, #144]
  stp x20, x21, [sp, #160]
  stp x22, x23, [sp, #176]
  stp x24, x25, [sp, #192]
  stp x26, x27, [sp, #208]
  stp x28, x29, [sp, #224]
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
  ldp x28, x29, [sp, #224]
  ldp x26, x27, [sp, #208]
  ldp x24, x25, [sp, #192]
  ldp x22, x23, [sp, #176]
  ldp x20, x21, [sp, #160]
  ldp x18, x19, [sp, #144]
  ldp x16, x17, [sp, #128]
  ldp x14, x15, [sp, #112]
  ldp x12, x13, [sp, #96]
  ldp x10, x11, [sp, #80]
  ldp x8, x9, [sp, #64]
  ldp x6, x7, [sp, #48]
  ldp x4, x5, [sp, #32]
  ldp x2, x3, [sp, #16]
  ldp x0, x1, [sp, #0]
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
  sub sp, sp, #96
  stp x19, x20, [sp, #0]
  stp x21, x22, [sp, #16]
  stp x23, x24, [sp, #32]
  stp x25, x26, [sp, #48]
  stp x27, x28, [sp, #64]
  stp x29, x30, [sp, #80]
  mov x2, sp
  str x2, [x0]
  mov sp, x1
  ldp x19, x20, [sp, #0]
  ldp x21, x22, [sp, #16]
  ldp x23, x24, [sp, #32]
  ldp x25, x26, [sp, #48]
  ldp x27, x28, [sp, #64]
  ldp x29, x30, [sp, #80]
  add sp, sp, #96
  ret
end_function switch_context

/* Where a new task's first switch_context returns to: its struct frame is on top of the stack. */
function task_first_return
  b restore_frame
end_function task_first_return
