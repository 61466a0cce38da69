/* Reset and the way into C, at EL3 in the ROM. */
#include <rw/asm.h>
#include <rw/layout.h>
#include <rw/sysreg.h>

#define STACK_SHIFT 14

/*
 * Reset vector, at physical address 0. Every CPU comes here: MMU off, interrupts masked.
 * In: nothing. Does not return.
 */
  .section .text.reset, "ax"
  .globl el3_reset_entry
el3_reset_entry:
  address_of x0, el3_vectors
  msr VBAR_EL3, x0
  ldr x0, =SCTLR_EL3_RES1
  msr SCTLR_EL3, x0
  mov x0, #(SCR_RES1 | SCR_RW)
  msr SCR_EL3, x0
  msr CPTR_EL3, xzr
  msr MDCR_EL3, xzr
  ldr x0, =RW_COUNTER_HZ
  msr CNTFRQ_EL0, x0
  isb
  mrs x19, MPIDR_EL1
  ldr x0, =MPIDR_AFFINITY
  and x19, x19, x0
  cmp x19, #RW_MAX_CPUS
  b.hs park

  /* Stack of this CPU: el3_stacks + (cpu + 1) << STACK_SHIFT */
  address_of x0, el3_stacks
  add x1, x19, #1
  add x0, x0, x1, lsl #STACK_SHIFT
  mov sp, x0
  cbnz x19, secondary

  /* .data from the ROM, .bss to zero; both 16-byte aligned. */
  address_of x0, el3_data_start
  address_of x1, el3_data_end
  address_of x2, el3_data_load
1:
  cmp x0, x1
  b.hs 2f
  ldp x3, x4, [x2], #16
  stp x3, x4, [x0], #16
  b 1b
2:
  address_of x0, el3_bss_start
  address_of x1, el3_bss_end
3:
  cmp x0, x1
  b.hs 4f
  stp xzr, xzr, [x0], #16
  b 3b
4:
  bl el3_main
  b park

secondary:
  bl el3_secondary_main

/* No way on for this CPU. */
park:
  wfi
  b park

/*
 * _Noreturn void el3_enter_el2(uint64_t entry, uint64_t x0, uint64_t x1, uint64_t scr)
 * In: x0 entry, x1 and x2 = x0 and x1 of the entered code, x3 = SCR_EL3.
 */
function el3_enter_el2
  msr ELR_EL3, x0
  mov x4, #(SPSR_DAIF | SPSR_M_EL2H)
  msr SPSR_EL3, x4
  msr SCR_EL3, x3
  mov x0, x1
  mov x1, x2
  mov x2, xzr
  mov x3, xzr
  mrs x5, MPIDR_EL1
  and x5, x5, #0xff
  address_of x4, el3_stacks
  add x5, x5, #1
  add x4, x4, x5, lsl #STACK_SHIFT
  mov sp, x4
  mov x4, xzr
  mov x5, xzr
  isb
  eret
end_function el3_enter_el2

  .section .bss.stacks, "aw", %nobits
  .balign 16
  .globl el3_stacks
el3_stacks:
  .skip RW_MAX_CPUS << STACK_SHIFT
