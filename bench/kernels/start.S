/*
 * Entry of the benchmark image. Runs at EL1, EL2 or EL3 alike: builds nothing, takes the page tables below,
 * turns the MMU on for its own level and calls the kernel that the control block names.
 *
 * Register contract: none on entry; x19 holds the control block throughout.
 */
#define CONTROL 0x40100000

    .section .text.start, "ax"
    .globl _start
_start:
    ldr     x1, =stack_top
    mov     sp, x1
    /* CPACR_EL1.FPEN: the kernel of floating point runs at EL1 and EL0. CPTR_EL2 and CPTR_EL3 are reset so that nothing traps. */
    mov     x1, #(3 << 20)
    msr     cpacr_el1, x1
    isb
    ldr     x19, =CONTROL
    ldr     x0, =level1
    /* MAIR: attribute 0 normal write-back. TCR: T0SZ = 25 (39 bits), inner and outer write-back, 40-bit PA. */
    mov     x1, #0xff
    ldr     x2, =(25 | (1 << 8) | (1 << 10) | (3 << 12))
    mrs     x3, CurrentEL
    cmp     x3, #(1 << 2)
    b.eq    1f
    cmp     x3, #(2 << 2)
    b.eq    2f
    msr     ttbr0_el3, x0
    msr     mair_el3, x1
    orr     x2, x2, #(2 << 16)
    msr     tcr_el3, x2
    isb
    mrs     x4, sctlr_el3
    orr     x4, x4, #1
    msr     sctlr_el3, x4
    b       3f
2:  msr     ttbr0_el2, x0
    msr     mair_el2, x1
    orr     x2, x2, #(2 << 16)
    msr     tcr_el2, x2
    isb
    mrs     x4, sctlr_el2
    orr     x4, x4, #1
    msr     sctlr_el2, x4
    b       3f
1:  msr     ttbr0_el1, x0
    msr     mair_el1, x1
    /* EPD1, IPS = 40 bits */
    orr     x2, x2, #(1 << 23)
    mov     x5, #2
    orr     x2, x2, x5, lsl #32
    msr     tcr_el1, x2
    isb
    mrs     x4, sctlr_el1
    orr     x4, x4, #1
    msr     sctlr_el1, x4
3:  isb
    ldp     x0, x1, [x19]
    bl      run_kernel
    .globl kernel_done
kernel_done:
    /* Semihosting SYS_EXIT: x1 -> { ADP_Stopped_ApplicationExit, the low six bits of the result } */
    ldr     x1, =exit_block
    and     x0, x0, #0x3f
    str     x0, [x1, #8]
    mov     w0, #0x18
    hlt     #0xf000
    b       .

    .section .data
    .balign 8
    .globl exit_block
exit_block:
    .quad   0x20026
    .quad   0

    /* Identity map of the first 2 GiB at level 1 (39-bit addresses start there): blocks of 1 GiB. */
    .section .tables, "aw"
    .balign 4096
    .globl level1
level1:
    .quad   0x0000000000000000 + 0x701   /* devices region, also normal: nothing is accessed there */
    .quad   0x0000000040000000 + 0x701
    .fill   510, 8, 0

    .section .bss
    .balign 16
    .skip   65536
stack_top:
