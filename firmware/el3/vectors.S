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
  save_x0_x29
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
  restore_x0_x29
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
