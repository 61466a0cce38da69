/*
 * Loops and handlers of the kernels of exceptions, faults and translations. A loop runs at its own level; what it asks for is
 * answered by the handler of a level above, in registers alone.
 *
 * Register contract of loops and handlers: x0 rounds left, x1 is 1 when the loop has ended (the handler then passes
 * control up to EL3), x2 the result, x3-x7 the kernel's arguments, x8-x15 free.
 */
#include "system.h"

    /* Result: what the handler or the loop saw, folded in. */
    .macro fold value
    eor     x2, \value, x2, ror #59
    .endm

    /* Synchronous exceptions from this level and from a lower one go to the handler; no other comes. */
    .macro vectors name, handler
    .balign 2048
    .globl  \name
\name:
    .set place, 0
    .rept 16
    .balign 128
    .if place == 4 || place == 8
    b       \handler
    .else
    b       unexpected
    .endif
    .set place, place + 1
    .endr
    .endm

    .macro skip_instruction el
    mrs     x11, elr_\el
    add     x11, x11, #4
    msr     elr_\el, x11
    .endm

    .section .text.system, "ax"
    vectors vectors_el3, answer_el3
    vectors vectors_el2_call, answer_el2
    vectors vectors_el2_fault, skip_el2
    vectors vectors_el2_write, write_el2
    vectors vectors_el2_switch, switch_el2
    vectors vectors_el1_call, answer_el1
    vectors vectors_el1_fault, skip_el1

    /* SVC, HVC, SMC: the syndrome is folded in. */
answer_el1:
    tbnz    x1, #0, to_el3
    mrs     x9, esr_el1
    fold    x9
    eret
answer_el2:
    tbnz    x1, #0, to_el3
    mrs     x9, esr_el2
    fold    x9
    eret
answer_el3:
    tbnz    x1, #0, leave
    mrs     x9, esr_el3
    fold    x9
    eret

    /* Data aborts: syndrome and address are folded in, the access is skipped. */
skip_el1:
    tbnz    x1, #0, to_el3
    mrs     x9, esr_el1
    mrs     x10, far_el1
    eor     x9, x9, x10
    fold    x9
    skip_instruction el1
    eret
skip_el2:
    tbnz    x1, #0, to_el3
    mrs     x9, esr_el2
    mrs     x10, far_el2
    mrs     x12, hpfar_el2
    eor     x9, x9, x10
    eor     x9, x9, x12
    fold    x9
    skip_instruction el2
    eret

    /* HCR_EL2.TVM: does the write that was trapped; SCTLR_EL1 has CRn 1, TTBR0_EL1 has 2. */
write_el2:
    tbnz    x1, #0, to_el3
    mrs     x9, esr_el2
    fold    x9
    ubfx    x10, x9, #10, #4
    cmp     x10, #1
    b.ne    1f
    msr     sctlr_el1, x3
    b       2f
1:  msr     ttbr0_el1, x4
2:  skip_instruction el2
    eret

    /* The other of two guests' stage 2. */
switch_el2:
    tbnz    x1, #0, to_el3
    mov     x9, x4
    mov     x4, x5
    mov     x5, x9
    msr     vttbr_el2, x4
    isb
    eret

to_el3:
    smc     #0
unexpected:
    ldr     x1, =exit_block
    mov     x0, #UNEXPECTED
    str     x0, [x1, #8]
    mov     w0, #0x18
    hlt     #0xf000
    b       .

    /*
     * u64 enter(u64 spsr, void (*loop)(void), u64 rounds, const u64 arguments[5]): runs a loop below EL3 to its end.
     */
    .globl  enter
enter:
    stp     x29, x30, [sp, #-96]!
    stp     x19, x20, [sp, #16]
    stp     x21, x22, [sp, #32]
    stp     x23, x24, [sp, #48]
    stp     x25, x26, [sp, #64]
    stp     x27, x28, [sp, #80]
    msr     spsr_el3, x0
    msr     elr_el3, x1
    mov     x0, x2
    mov     x8, x3
    mov     x1, #0
    mov     x2, #0
    ldp     x3, x4, [x8]
    ldp     x5, x6, [x8, #16]
    ldr     x7, [x8, #32]
    eret
leave:
    mov     x0, x2
    ldp     x19, x20, [sp, #16]
    ldp     x21, x22, [sp, #32]
    ldp     x23, x24, [sp, #48]
    ldp     x25, x26, [sp, #64]
    ldp     x27, x28, [sp, #80]
    ldp     x29, x30, [sp], #96
    ret

    /* The same loop for HVC at EL1, and SMC at EL1 and EL2, with a function identifier in W0 as calling conventions have it. */
    .macro call_loop name, call
    .globl  \name
\name:
    mov     x8, x0
    mov     x0, #0x84000000
1:  \call   #5
    subs    x8, x8, #1
    b.ne    1b
    mov     x1, #1
    \call   #0
    .endm

    call_loop hvc_loop, hvc
    call_loop smc_loop, smc

    .globl  stage2_fault_loop
stage2_fault_loop:
1:  ldr     x9, [x3]
    subs    x0, x0, #1
    b.ne    1b
    mov     x1, #1
    hvc     #0

    .globl  trapped_write_loop
trapped_write_loop:
1:  msr     sctlr_el1, x3
    msr     ttbr0_el1, x4
    subs    x0, x0, #1
    b.ne    1b
    mov     x1, #1
    hvc     #0

    .globl  vttbr_loop
vttbr_loop:
1:  hvc     #5
    ldr     x9, [x3]
    fold    x9
    subs    x0, x0, #1
    b.ne    1b
    mov     x1, #1
    hvc     #0

    /* x3 descriptors, x4 virtual address of the first page, x5 what tells its two frames apart. */
    .macro remap
    and     x8, x0, #(REMAPPED_PAGES - 1)
    ldr     x9, [x3, x8, lsl #3]
    eor     x9, x9, x5
    str     x9, [x3, x8, lsl #3]
    dsb     ishst
    add     x10, x4, x8, lsl #12
    .endm

    .globl  tlbi_loop
tlbi_loop:
1:  remap
    lsr     x11, x10, #12
    tlbi    vae1, x11
    dsb     nsh
    isb
    ldr     x12, [x10]
    fold    x12
    subs    x0, x0, #1
    b.ne    1b
    mov     x1, #1
    smc     #0

    /* The same with everything invalidated, and three other pages touched. */
    .globl  tlbi_all_loop
tlbi_all_loop:
1:  remap
    tlbi    vmalle1
    dsb     nsh
    isb
    ldr     x12, [x10]
    fold    x12
    ldr     x12, [x4]
    fold    x12
    ldr     x12, [x4, #4096]
    fold    x12
    ldr     x12, [x4, #8192]
    fold    x12
    subs    x0, x0, #1
    b.ne    1b
    mov     x1, #1
    smc     #0

    /*
     * u64 self_modifying_loop(u64 rounds, u32 *code): rewrites `mov w0, #n` before its return, and calls it.
     */
    .globl  self_modifying_loop
self_modifying_loop:
    mov     x15, x30
    mov     x9, x0
    mov     x10, x1
    mov     x2, #0
    ldr     w11, =0xd65f03c0
    str     w11, [x10, #4]
    ldr     w11, =0x52800000
1:  and     w12, w9, #0xffff
    orr     w12, w11, w12, lsl #5
    str     w12, [x10]
    dc      cvau, x10
    dsb     ish
    ic      ivau, x10
    dsb     ish
    isb
    blr     x10
    fold    x0
    subs    x9, x9, #1
    b.ne    1b
    mov     x0, x2
    ret     x15

    /* In a page of its own, which EL0 may use and EL1 may not execute. */
    .section .user, "ax"
    .globl  svc_loop
svc_loop:
1:  svc     #5
    subs    x0, x0, #1
    b.ne    1b
    mov     x1, #1
    svc     #0

    .globl  stage1_fault_loop
stage1_fault_loop:
1:  ldr     x9, [x3]
    subs    x0, x0, #1
    b.ne    1b
    mov     x1, #1
    svc     #0
