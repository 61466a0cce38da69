#include <rw/asm.h>
#include <rw/sysreg.h>

/*
 * uint64_t world_enter(uint64_t argument, uint64_t entry, uint64_t scr, uint64_t *resume)
 * Leaves EL3 for `entry` at EL1 with x0 = argument under SCR_EL3 = scr, all exceptions masked.
 * *resume gets the stack pointer that world_leave needs. Returns what world_leave was given.
 * Keeps x19-x30.
 */
function world_enter
  stp x29, x30, [sp, #-96]!
  stp x19, x20, [sp, #16]
  stp x21, x22, [sp, #32]
  stp x23, x24, [sp, #48]
  stp x25, x26, [sp, #64]
  stp x27, x28, [sp, #80]
  mov x4, sp
  str x4, [x3]
  msr ELR_EL3, x1
  mov x4, #(SPSR_DAIF | SPSR_M_EL1H)
  msr SPSR_EL3, x4
  msr SCR_EL3, x2
  isb
  eret
end_function world_enter

/*
 * _Noreturn void world_leave(uint64_t result, uint64_t resume)
 * Drops everything above `resume` and returns `result` from world_enter.
 */
function world_leave
  mov sp, x1
  ldp x27, x28, [sp, #80]
  ldp x25, x26, [sp, #64]
  ldp x23, x24, [sp, #48]
  ldp x21, x22, [sp, #32]
  ldp x19, x20, [sp, #16]
  ldp x29, x30, [sp], #96
  ret
end_function world_leave
