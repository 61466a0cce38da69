/*
 * Hooks a system call of guest 0: its entry in the table leads to this module, which counts the calls
 * and goes on to the kernel's own handler. Runs at EL1 in the guest's kernel.
 */
#include <rw/guest_api.h>

#define HOOKED_CALL 0

uint64_t hook_calls;
uint64_t hook_original;

/*
 * In: whatever the handler takes. Out: whatever the handler gives. Clobbers x16, x17 (the
 * intra-procedure-call registers of AAPCS64, free at every call).
 */
__attribute__((naked, used)) static void hook(void) {
  __asm__("adr x16, hook_calls\n"
          "ldr x17, [x16]\n"
          "add x17, x17, #1\n"
          "str x17, [x16]\n"
          "adr x16, hook_original\n"
          "ldr x17, [x16]\n"
          "br x17\n");
}

RW_MODULE_ENTRY int module_entry(const struct rw_guest_api *api) {
  uint64_t *table = (uint64_t *)api->layout->syscall_table;
  if (table[HOOKED_CALL] == (uint64_t)hook) {
    return 0;
  }
  hook_original = table[HOOKED_CALL];
  table[HOOKED_CALL] = (uint64_t)hook;
  return 0;
}
