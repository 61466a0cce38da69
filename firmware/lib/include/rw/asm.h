/* Macros for assembly files. Every routine opens with its register contract. */
#ifndef RW_ASM_H
#define RW_ASM_H

.macro function name
  .section .text.\name, "ax"
  .balign 4
  .globl \name
  .type \name, %function
\name:
.endm

.macro end_function name
  .size \name, . - \name
.endm

/* One of the 16 entries of a vector table (Arm ARM D1.10.2): 128 bytes each. */
.macro vector_entry
  .balign 0x80
.endm

/* Puts x0-x29 into the 240 bytes at sp: how every saved frame begins. Changes no register. */
.macro save_x0_x29
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
.endm

/* Takes x0-x29 back from the 240 bytes at sp. */
.macro restore_x0_x29
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
.endm

/* Bytes that the registers of a call take which the callee must keep. */
#define CALLEE_SAVED_SIZE 96

/* Pushes x19-x30. Changes sp alone. */
.macro push_callee_saved
  sub sp, sp, #CALLEE_SAVED_SIZE
  stp x19, x20, [sp, #0]
  stp x21, x22, [sp, #16]
  stp x23, x24, [sp, #32]
  stp x25, x26, [sp, #48]
  stp x27, x28, [sp, #64]
  stp x29, x30, [sp, #80]
.endm

/* Pops x19-x30. */
.macro pop_callee_saved
  ldp x19, x20, [sp, #0]
  ldp x21, x22, [sp, #16]
  ldp x23, x24, [sp, #32]
  ldp x25, x26, [sp, #48]
  ldp x27, x28, [sp, #64]
  ldp x29, x30, [sp, #80]
  add sp, sp, #CALLEE_SAVED_SIZE
.endm

/* dst = address of symbol. Clobbers nothing else. Position independent. */
.macro address_of dst, symbol
  adrp \dst, \symbol
  add \dst, \dst, :lo12:\symbol
.endm

#endif
