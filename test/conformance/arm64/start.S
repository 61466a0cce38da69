// Entry from the ROM, the vectors of all levels, and the way into and out of a probe.
//
// A probe is a few instructions that run at some level. `enter` goes there by ERET; the first exception that is taken
// to any level is observed (kept in `observation`), and control comes back to the caller of `enter` at EL3.

#include "observation.h"

    .section .text.start, "ax"
    .global _start
// In: nothing. Runs at the reset address at EL3, MMU off; copies the image to where it is linked.
_start:
    mrs     x0, mpidr_el1
    tst     x0, #0xff
    b.ne    wait_for_work
    adr     x0, _start
    ldr     x1, =image_start
    ldr     x2, =image_end
1:  ldp     x3, x4, [x0], #16
    stp     x3, x4, [x1], #16
    cmp     x1, x2
    b.lo    1b
    ldr     x2, =bss_end
2:  stp     xzr, xzr, [x1], #16
    cmp     x1, x2
    b.lo    2b
    dsb     sy
    ic      iallu
    dsb     sy
    isb
    msr     spsel, #1
    ldr     x0, =stack_top
    mov     sp, x0
    ldr     x0, =conformance_main
    br      x0

// Another CPU than the first, still in the ROM: waits for the first one to write an entry into secure RAM.
wait_for_work:
    ldr     x1, =SECONDARY_ENTRY
1:  wfe
    ldr     x0, [x1]
    cbz     x0, 1b
    br      x0
    .ltorg

// void secondary_start(void): the second CPU, at EL3, MMU off.
    .global secondary_start
secondary_start:
    msr     spsel, #1
    ldr     x0, =secondary_stack_top
    mov     sp, x0
    bl      secondary_main
    b       .
    .ltorg

    .text
// void enter(uint64_t pc, uint64_t spsr, const uint64_t x[31])
// In: x0 = address, x1 = saved program status, x2 = general registers to enter with.
// Out: returns once an exception was observed. Keeps the callee-saved registers.
    .global enter
enter:
    ldr     x3, =resume_state
    stp     x19, x20, [x3, #0]
    stp     x21, x22, [x3, #16]
    stp     x23, x24, [x3, #32]
    stp     x25, x26, [x3, #48]
    stp     x27, x28, [x3, #64]
    stp     x29, x30, [x3, #80]
    mov     x4, sp
    str     x4, [x3, #96]
    ldr     x3, =observation
    str     xzr, [x3, #OBS_TAKEN]
    msr     elr_el3, x0
    msr     spsr_el3, x1
    mov     x30, x2
    ldp     x0, x1, [x30, #0]
    ldp     x2, x3, [x30, #16]
    ldp     x4, x5, [x30, #32]
    ldp     x6, x7, [x30, #48]
    ldp     x8, x9, [x30, #64]
    ldp     x10, x11, [x30, #80]
    ldp     x12, x13, [x30, #96]
    ldp     x14, x15, [x30, #112]
    ldp     x16, x17, [x30, #128]
    ldp     x18, x19, [x30, #144]
    ldp     x20, x21, [x30, #160]
    ldp     x22, x23, [x30, #176]
    ldp     x24, x25, [x30, #192]
    ldp     x26, x27, [x30, #208]
    ldp     x28, x29, [x30, #224]
    ldr     x30, [x30, #240]
    dsb     sy
    isb
    eret

// The way back: at EL3, any registers, any stack. An exception outside a probe stops here.
resume:
    msr     daifset, #15
    msr     spsel, #1
    ldr     x3, =resume_state
    ldr     x4, [x3, #96]
    cbz     x4, .
    str     xzr, [x3, #96]
    mov     sp, x4
    ldp     x19, x20, [x3, #0]
    ldp     x21, x22, [x3, #16]
    ldp     x23, x24, [x3, #32]
    ldp     x25, x26, [x3, #48]
    ldp     x27, x28, [x3, #64]
    ldp     x29, x30, [x3, #80]
    ret
    .ltorg

// One vector entry. x29 and x30 are kept in thread registers that no probe looks at.
    .macro entry level, offset
    .balign 128
    msr     tpidr_el\level, x30
    mov     x30, #\offset
    b       observe_el\level
    .endm

// Takes down what the exception left, and leaves for EL3 by `leave`.
// In: x30 = vector offset; x29 and x30 of the probe in tpidrro_el0 and tpidr_el\level.
    .macro observer level
observe_el\level:
    msr     tpidrro_el0, x29
    ldr     x29, =observation
    str     x28, [x29, #OBS_SCRATCH]
    ldr     x28, [x29, #OBS_TAKEN]
    cbnz    x28, leave_el\level
    ldr     x28, [x29, #OBS_SCRATCH]
    stp     x0, x1, [x29, #OBS_X + 0]
    stp     x2, x3, [x29, #OBS_X + 16]
    stp     x4, x5, [x29, #OBS_X + 32]
    stp     x6, x7, [x29, #OBS_X + 48]
    stp     x8, x9, [x29, #OBS_X + 64]
    stp     x10, x11, [x29, #OBS_X + 80]
    stp     x12, x13, [x29, #OBS_X + 96]
    stp     x14, x15, [x29, #OBS_X + 112]
    stp     x16, x17, [x29, #OBS_X + 128]
    stp     x18, x19, [x29, #OBS_X + 144]
    stp     x20, x21, [x29, #OBS_X + 160]
    stp     x22, x23, [x29, #OBS_X + 176]
    stp     x24, x25, [x29, #OBS_X + 192]
    stp     x26, x27, [x29, #OBS_X + 208]
    mrs     x0, tpidrro_el0
    stp     x28, x0, [x29, #OBS_X + 224]
    mrs     x0, tpidr_el\level
    str     x0, [x29, #OBS_X + 240]
    str     x30, [x29, #OBS_VECTOR]
    mov     x0, #\level
    str     x0, [x29, #OBS_EL]
    mrs     x0, esr_el\level
    str     x0, [x29, #OBS_ESR]
    mrs     x0, far_el\level
    str     x0, [x29, #OBS_FAR]
    mrs     x0, elr_el\level
    str     x0, [x29, #OBS_ELR]
    mrs     x0, spsr_el\level
    str     x0, [x29, #OBS_SPSR]
    .if \level == 2
    mrs     x0, hpfar_el2
    str     x0, [x29, #OBS_HPFAR]
    .endif
    mrs     x0, daif
    str     x0, [x29, #OBS_DAIF]
    mov     x0, #1
    str     x0, [x29, #OBS_TAKEN]
    b       leave_el\level
    .ltorg
    .endm

    .macro vectors level
    .balign 2048
    .global vectors_el\level
vectors_el\level:
    .set    at, 0
    .rept   16
    entry   \level, at
    .set    at, at + 128
    .endr
    .balign 128
    observer \level
    .endm

    vectors 1
    vectors 2
    vectors 3

// Back to EL3 by SMC. It may trap to EL2 (HCR_EL2.TSC), whose vector then comes here as well; where SMC is disabled
// altogether (SCR_EL3.SMD) the check sets OBS_LEAVE and CPTR_EL3.TCPAC catches an access of CPACR_EL1 or CPTR_EL2.
leave_el1:
    ldr     x29, =observation
    ldr     x28, [x29, #OBS_LEAVE]
    cbnz    x28, 1f
    smc     #LEAVE
1:  mrs     x28, cpacr_el1
    b       .
leave_el2:
    ldr     x29, =observation
    ldr     x28, [x29, #OBS_LEAVE]
    cbnz    x28, 1f
    smc     #LEAVE
1:  mrs     x28, cptr_el2
    b       .
leave_el3:
    b       resume
    .ltorg

    .bss
    .balign 16
resume_state:
    .skip   128
    .global observation
observation:
    .skip   OBS_BYTES
    .balign 16
    .skip   16384
stack_top:
    .skip   8192
secondary_stack_top:
