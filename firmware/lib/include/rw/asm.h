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

/* dst = address of symbol. Clobbers nothing else. Position independent. */
.macro address_of dst, symbol
  adrp \dst, \symbol
  add \dst, \dst, :lo12:\symbol
.endm

#endif
