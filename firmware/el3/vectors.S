/* EL3's exception vectors (Arm ARM D1.10.2). */
#include <rw/asm.h>
#include <rw/sysreg.h>

#define CONTEXT_SIZE 272

/*
 * Saves the interrupted level's x0-x30, ELR, SPSR and SCR as struct el3_context on the stack.
 * Out: x0 = the context. Clobbers x1-x3 after saving them.
 */
.macro save_context
  sub sp, sp, #CONTEXT_SIZE
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
  mrs x1, ELR_EL3
  stp x30, x1, [sp, #240]
  mrs x2, SPSR_EL3
  mrs x3, SCR_EL3
  stp x2, x3, [sp, #256]
  mov x0, sp
.endm

/* In: sp = a struct el3_context. Leaves EL3 by it. */
  .section .text.restore, "ax"
restore_context:
  ldp x2, x3, [sp, #256]
  msr SPSR_EL3, x2
  msr SCR_EL3, x3
  ldp x30, x1, [sp, #240]
  msr ELR_EL3, x1
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
  add sp, sp, #CONTEXT_SIZE
  eret

/* A synchronous exception from a lower level. */
lower_synchronous:
  save_context
  mrs x1, ESR_EL3
  bl el3_lower_synchronous
  b restore_context

/* An FIQ from a lower level. */
lower_fiq:
  save_context
  bl el3_lower_fiq
  b restore_context

/* An exception that has no business at EL3. In: x0 = number of the vector. Does not return. */
unexpected:
  mrs x1, ESR_EL3
  mrs x2, ELR_EL3
  mrs x3, FAR_EL3
  b el3_unexpected

.macro unexpected_entry number
  vector_entry
  mov x0, #\number
  b unexpected
.endm

  .section .text.vectors, "ax"
  .balign 0x800
  .globl el3_vectors
el3_vectors:
  /* Current level, SP_EL0 */
  unexpected_entry 0
  unexpected_entry 1
  unexpected_entry 2
  unexpected_entry 3
  /* Current level, SP_EL3 */
  unexpected_entry 4
  unexpected_entry 5
  unexpected_entry 6
  unexpected_entry 7
  /* Lower level, AArch64 */
  vector_entry
  b lower_synchronous
  unexpected_entry 9
  vector_entry
  b lower_fiq
  unexpected_entry 11
  /* Lower level, AArch32 */
  unexpected_entry 12
  unexpected_entry 13
  unexpected_entry 14
  unexpected_entry 15
