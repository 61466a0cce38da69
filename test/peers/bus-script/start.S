// Performs a script of bus accesses, each on the CPU and in the world that it names, and prints for each what was read
// and which interrupts were pending then: 8 hexadecimal digits of the value (an abort: dead00 and the fault status),
// one digit (bit 0 FIQ, bit 1 IRQ: ISR_EL1), end of line.
//
// The script: u32 count, then entries of 16 bytes: u8 kind (0 read, 1 write; 2 read, and remember an interrupt's
// number; 3 write the number remembered last, and forget it), u8 world (0 secure: EL3, 1 normal: EL2), u8 size, u8 CPU,
// u32 address, u32 value, u32 0.
//
// Registers: x19 CPU, x20 next entry, x21 entries left, x22 index of the entry, x23 the token (index of the entry whose
// turn it is), x24 remembered numbers: a stack that grows upwards. x0 address, x1 value, x2 size, x3 kind, x4 pending
// interrupts.

#define SCRIPT 0x2000
#define TOKEN 0x0e000000
#define COPIED 0x0e000008
#define REMEMBERED 0x0e001000
#define REMEMBERED_BYTES 0x1000
#define SPURIOUS 1023
#define FIRST_SPECIAL 1020
#define NORMAL_CODE 0x40200000
#define UART_DR 0x09000000
#define GPIO 0x090b0000
#define SCR_NS_RW_HCE 0x501
#define HCR_RW 0x80000000
#define SPSR_EL2H 0x3c9
#define EC_SMC64 0x17

  .section .text.start, "ax"
  .global _start
_start:
  ldr x9, =vectors
  msr vbar_el3, x9
  ldr x9, =SCR_NS_RW_HCE
  msr scr_el3, x9
  ldr x9, =HCR_RW
  msr hcr_el2, x9
  ldr x9, =NORMAL_CODE
  msr vbar_el2, x9
  isb
  mrs x19, mpidr_el1
  and x19, x19, #0xff
  cbnz x19, 2f
  // The first CPU copies the normal world's code to where that may fetch it.
  ldr x10, =normal_begin
  ldr x11, =normal_end
1:
  ldr w12, [x10], #4
  str w12, [x9], #4
  cmp x10, x11
  b.lo 1b
  dsb sy
  mov w12, #1
  ldr x10, =COPIED
  stlr w12, [x10]
2:
  ldr x10, =COPIED
  ldar w12, [x10]
  cbz w12, 2b
  ic iallu
  isb
  ldr x20, =SCRIPT
  ldr w21, [x20], #4
  mov x22, #0
  ldr x23, =TOKEN
  ldr x24, =REMEMBERED
  mov x9, #REMEMBERED_BYTES
  madd x24, x19, x9, x24
  mov w9, #SPURIOUS
  str w9, [x24], #4

next:
  cbz w21, finish
  // Wait for the turn of this entry.
1:
  ldar w9, [x23]
  cmp w9, w22
  b.lo 1b
  ldrb w9, [x20, #3]
  cmp w9, w19
  b.ne skip
  ldrb w3, [x20]
  ldrb w2, [x20, #2]
  ldr w0, [x20, #4]
  ldr w1, [x20, #8]
  cmp w3, #3
  b.ne 1f
  // The bottom of the stack stays: 1023 ends nothing.
  ldr w1, [x24, #-4]
  mov w9, #SPURIOUS
  cmp w1, w9
  b.eq 1f
  sub x24, x24, #4
1:
  ldrb w9, [x20, #1]
  cbnz w9, normal
  bl access
  mrs x4, isr_el1
  b report

normal:
  ldr x9, =NORMAL_CODE + (normal_access - normal_begin)
  msr elr_el3, x9
  mov x9, #SPSR_EL2H
  msr spsr_el3, x9
  eret

report:
  cmp w3, #2
  b.ne 1f
  and w9, w1, #0x3ff
  cmp w9, #FIRST_SPECIAL
  b.hs 1f
  str w1, [x24], #4
1:
  ldr x10, =UART_DR
  mov w11, #32
1:
  sub w11, w11, #4
  lsr w12, w1, w11
  bl digit
  cbnz w11, 1b
  ubfx w12, w4, #6, #2
  bl digit
  mov w12, #10
  str w12, [x10]
  dsb sy
  add w9, w22, #1
  stlr w9, [x23]

skip:
  add x20, x20, #16
  add w22, w22, #1
  sub w21, w21, #1
  b next

// The low digit of w12, to the UART at x10. Changes w12, w13.
digit:
  and w12, w12, #15
  add w13, w12, #'0'
  add w12, w12, #'a' - 10
  cmp w13, #'9'
  csel w12, w13, w12, ls
  str w12, [x10]
  ret

finish:
  // The last entry may be another CPU's.
  ldar w9, [x23]
  cmp w9, w22
  b.lo finish
  ldr x10, =GPIO
  mov w9, #1
  str w9, [x10, #0x400]
  str w9, [x10, #4]
1:
  wfi
  b 1b

  .balign 0x800
vectors:
  .org vectors + 0x200
  mrs x9, esr_el3
  and w9, w9, #0x3f
  ldr w1, =0xdead0000
  orr w1, w1, w9
  mrs x4, isr_el1
  b report
  .org vectors + 0x400
  // From EL2: the access is done, or it was aborted.
  mrs x9, esr_el3
  lsr w9, w9, #26
  cmp w9, #EC_SMC64
  b.eq report
1:
  b 1b
  .ltorg

// What the normal world runs; it is copied to RAM. Its vectors come first.
  .balign 0x800
normal_begin:
  .org normal_begin + 0x200
  mrs x9, esr_el2
  and w9, w9, #0x3f
  movz w1, #0xdead, lsl #16
  orr w1, w1, w9
  mrs x4, isr_el1
  smc #0
  .org normal_begin + 0x280
normal_access:
  bl access
  mrs x4, isr_el1
  smc #0

// Reads or writes x0; a read's value comes in w1, a write leaves 0 there.
access:
  tbnz w3, #0, store
  tbnz w2, #0, 1f
  tbnz w2, #1, 2f
  ldr w1, [x0]
  dsb sy
  ret
1:
  ldrb w1, [x0]
  dsb sy
  ret
2:
  ldrh w1, [x0]
  dsb sy
  ret
store:
  tbnz w2, #0, 1f
  tbnz w2, #1, 2f
  str w1, [x0]
  b 3f
1:
  strb w1, [x0]
  b 3f
2:
  strh w1, [x0]
3:
  dsb sy
  mov w1, #0
  ret
  .balign 4
normal_end:
