/* The guest kernel's entry, EL1 with the MMU off. */
#include <rw/asm.h>
#include <rw/layout.h>
#include <rw/page_table.h>
#include <rw/sysreg.h>

#define BOOT_STACK_SIZE 4096
/* TCR_EL1: 39-bit halves, write-back inner shareable walks, 40-bit output, 8-bit ASIDs. */
#define TCR_EL1_VALUE \
  ((2 << 32) | (PT_T0SZ << 16) | PT_T0SZ | (5 << 8) | (3 << 12) | (5 << 24) | (3 << 28) | (2 << 30))
#define SCTLR_EL1_VALUE (SCTLR_EL1_RES1 | SCTLR_M | SCTLR_C | SCTLR_I | SCTLR_SA | SCTLR_EL1_SA0 | SCTLR_WXN)

/* In: x0 = IPA of the boot page. Does not return. */
  .section .text.entry, "ax"
  .globl kernel_entry
kernel_entry:
  mov x19, x0
  address_of x0, kernel_bss_start
  address_of x1, kernel_bss_end
1:
  cmp x0, x1
  b.hs 2f
  stp xzr, xzr, [x0], #16
  b 1b
2:
  address_of x20, boot_stack
  add x20, x20, #BOOT_STACK_SIZE
  mov sp, x20
  /* x0 = root for TTBR1, x1 = root of a one-to-one map of this code for TTBR0 */
  bl early_tables
  ldr x2, =PT_MAIR
  msr MAIR_EL1, x2
  ldr x2, =TCR_EL1_VALUE
  msr TCR_EL1, x2
  msr TTBR0_EL1, x1
  msr TTBR1_EL1, x0
  isb
  tlbi vmalle1
  dsb nsh
  isb
  ldr x2, =SCTLR_EL1_VALUE
  msr SCTLR_EL1, x2
  isb
  ldr x2, =RW_GUEST_LINEAR_VA
  add x20, x20, x2
  mov sp, x20
  ldr x3, =kernel_vectors
  msr VBAR_EL1, x3
  add x0, x19, x2
  ldr x3, =kernel_main
  br x3

  .section .bss.boot_stack, "aw", %nobits
  .balign 16
boot_stack:
  .skip BOOT_STACK_SIZE

  .section .user_image, "a"
  .balign 4096
  .globl user_image
  .globl user_image_end
user_image:
  .incbin "guest-user.bin"
  .balign 4096
user_image_end:
  .globl module_image
  .globl module_image_end
module_image:
  .incbin "guest-module.bin"
module_image_end:
  .balign 4096
