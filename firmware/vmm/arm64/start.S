/* The way into the VMM, at EL2 with the MMU off. */
#include <rw/asm.h>
#include <rw/layout.h>
#include <rw/sysreg.h>

#define STACK_SHIFT 14

/*
 * In, on CPU 0, from EL3: x0 = device tree, x1 = directory. In, on another CPU, from CPU_ON:
 * x0 = its number (not 0). Does not return.
 */
  .section .text.entry, "ax"
  .globl vmm_entry
vmm_entry:
  mov x19, x0
  mov x20, x1
  address_of x0, vmm_bss_start
  address_of x1, vmm_bss_end
1:
  cmp x0, x1
  b.hs 2f
  stp xzr, xzr, [x0], #16
  b 1b
2:
  address_of x0, vmm_stacks
  add x0, x0, #(1 << STACK_SHIFT)
  mov sp, x0
  mov x0, x19
  mov x1, x20
  bl vmm_main

/* In: x0 = number of this CPU. Does not return. */
  .globl vmm_secondary_entry
vmm_secondary_entry:
  address_of x1, vmm_stacks
  add x2, x0, #1
  add x1, x1, x2, lsl #STACK_SHIFT
  mov sp, x1
  bl vmm_secondary_main

/*
 * _Noreturn void arch_enter(const struct vmm_frame *frame)
 * In: x0 = the guest's registers. The stack of this CPU is left empty.
 */
function arch_enter
  ldp x1, x2, [x0, #248]
  msr ELR_EL2, x1
  msr SPSR_EL2, x2
  mrs x3, MPIDR_EL1
  and x3, x3, #0xff
  address_of x2, vmm_stacks
  add x3, x3, #1
  add x2, x2, x3, lsl #STACK_SHIFT
  mov sp, x2
  mov x2, xzr
  mov x3, xzr
  ldp x0, x1, [x0]
  eret
end_function arch_enter

  .section .bss.stacks, "aw", %nobits
  .balign 16
  .globl vmm_stacks
vmm_stacks:
  .skip RW_MAX_CPUS << STACK_SHIFT
