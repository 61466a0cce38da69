#include <rw/asm.h>
#include <tvmi/exchange.h>

/*
 * Entered by EL3, at S-EL1, for every command. In: x0 = enum agent_command. With AGENT_START the MMU
 * is off and nothing was set up; later EL3 has brought back SP_EL1, VBAR_EL1 and the translation
 * registers as they were when the agent came back last. Out: by SMC. Keeps nothing.
 */
function agent_entry
  cbnz x0, 1f
  address_of x1, __agent_stack_end
  mov sp, x1
  address_of x1, agent_vectors
  msr vbar_el1, x1
  address_of x1, __agent_bss_start
  address_of x2, __agent_bss_end
0:
  cmp x1, x2
  b.hs 1f
  stp xzr, xzr, [x1], #16
  b 0b
1:
  bl agent_main
agent_done:
  mov x1, x0
  ldr w0, =TVMI_SMC_AGENT_DONE
  smc #0
  b .
end_function agent_entry

/* The agent expects no exception: its own fault ends the command. The stack is taken anew, since
 * the fault may be the stack's. */
function agent_fault
  address_of x1, __agent_stack_end
  mov sp, x1
  mov x0, #1 /* AGENT_FAULT */
  b agent_done
end_function agent_fault

  .section .text.agent_vectors, "ax"
  .balign 0x800
agent_vectors:
  .rept 16
  vector_entry
  b agent_fault
  .endr

  .section .bss.agent_stack, "aw", %nobits
  .balign 16
  .space 0x4000
__agent_stack_end:
