/* EL2's exception vectors (Arm ARM D1.10.2). */
#include <rw/asm.h>

#define FRAME_SIZE 272

/*
 * Saves x0-x30, ELR_EL2 and SPSR_EL2 as struct vmm_frame on the stack.
 * Out: x0 = the frame. Clobbers x1 and x2 after saving them.
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
  mrs x1, ELR_EL2
  stp x30, x1, [sp, #240]
  mrs x2, SPSR_EL2
  str x2, [sp, #256]
  mov x0, sp
.endm

/* In: sp = a struct vmm_frame. Leaves EL2 (or this exception of EL2) by it. */
  .section .text.restore, "ax"
restore_frame:
  ldr x2, [sp, #256]
  msr SPSR_EL2, x2
  ldp x30, x1, [sp, #240]
  msr ELR_EL2, x1
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
  sub sp, sp, #96
  stp x19, x20, [sp, #0]
  stp x21, x22, [sp, #16]
  stp x23, x24, [sp, #32]
  stp x25, x26, [sp, #48]
  stp x27, x28, [sp, #64]
  stp x29, x30, [sp, #80]
  mrs x2, TPIDR_EL2
  mov x3, sp
  str x3, [x2, #24]
  mov x2, x0
  mov x0, x1
  blr x2
guarded_leave:
  mrs x2, TPIDR_EL2
  str xzr, [x2, #24]
  ldp x19, x20, [sp, #0]
  ldp x21, x22, [sp, #16]
  ldp x23, x24, [sp, #32]
  ldp x25, x26, [sp, #48]
  ldp x27, x28, [sp, #64]
  ldp x29, x30, [sp, #80]
  add sp, sp, #96
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
