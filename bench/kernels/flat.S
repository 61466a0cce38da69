/*
 * A flat profile: 20,000 instructions in 800 pieces of 25, executed one after another with no loop among them. Half of them stand in
 * line, half in 100 functions that are called from there. Shifts, constants, table places and branch conditions follow
 * from a piece's number, so that no two are alike. Branches depend on data, and most go one way 31 times in 32, as
 * branches do.
 *
 * u64 flat_round(u64 state, u64 table[2048]); leaves x11 and above but x30 alone.
 */
#define STRETCHES 100
#define PIECES 4
#define PIECE_BYTES (25 * 4)
/* The pieces of a function, and its return. */
#define FUNCTION_BYTES (PIECES * PIECE_BYTES)

    /* \last: `ret` in a function's last piece; in line, the call or another instruction. */
    .macro even n, last:vararg
    movz    x2, #((\n * 40503 + 7) & 0xffff)
    eor     x0, x0, x2
    add     x0, x0, x0, lsl #(\n % 13 + 3)
    ubfx    x3, x0, #(\n % 17), #11
    ldr     x4, [x1, x3, lsl #3]
    tst     x0, #(0x1f << (\n % 23))
    b.eq    1f
    add     x4, x4, x0
    eor     x0, x0, x4, ror #(\n % 31 + 1)
    b       2f
1:  sub     x4, x4, x2
    madd    x0, x4, x2, x0
2:  str     x4, [x1, x3, lsl #3]
    and     w5, w0, #0xff
    cmp     w5, #((\n * 37) & 7)
    b.lo    3f
    ldr     w6, [x1, #((\n * 8) & 0xff8)]
    add     x0, x0, x6
3:  csel    x7, x4, x0, lo
    lsr     x8, x0, #(\n % 29 + 7)
    eor     x0, x0, x8
    add     w9, w5, w7
    str     w9, [x1, #((\n * 12) & 0x1ffc)]
    orr     x0, x0, x2, lsl #(\n % 40 + 1)
    \last
    .endm

    .macro odd n, last:vararg
    ubfx    x2, x0, #(\n % 19 + 3), #10
    add     x3, x1, x2, lsl #4
    ldp     x4, x5, [x3]
    tst     x4, #(0x1f << (\n % 37))
    b.eq    1f
    eor     x0, x0, x4
    sub     x5, x5, x0, lsr #(\n % 21 + 2)
    ror     x0, x0, #(\n % 37 + 5)
1:  movz    w6, #((\n * 25717 + 3) & 0xffff)
    mul     x7, x5, x6
    ldrb    w8, [x1, #((\n * 5) & 0xfff)]
    tst     w8, #0xf8
    b.eq    2f
    add     x0, x0, x7
    cbz     w8, 3f
2:  sub     x0, x0, x8, lsl #(\n % 11 + 1)
3:  cmp     w7, w6
    ccmp    w5, w8, #(\n & 0xf), ne
    cinc    x4, x4, hi
    stp     x4, x5, [x3]
    strb    w7, [x1, #((\n * 11 + 1) & 0xfff)]
    extr    x9, x0, x7, #(\n % 43 + 9)
    add     x0, x9, x0, lsl #5
    eor     x0, x0, x6
    \last
    .endm

    .section .text.flat, "ax"
    .balign 64
flat_functions:
    .set number, 0
    .rept STRETCHES
    even    number, add x0, x0, x9
    odd     (number + 1), bic x7, x7, x4
    even    (number + 2), sub x0, x0, x6
    odd     (number + 3), ret
    .set number, number + 8
    .endr
    .if . - flat_functions != STRETCHES * FUNCTION_BYTES
    .error "a piece is not 25 instructions long"
    .endif

    .globl flat_round
flat_round:
    mov     x10, x30
    .set number, 4
    .rept STRETCHES
    odd     number, add x0, x0, x9
    even    (number + 1), bic x7, x7, x4
    odd     (number + 2), sub x0, x0, x5
    even    (number + 3), bl flat_functions + (number / 8) * FUNCTION_BYTES
    .set number, number + 8
    .endr
    ret     x10
