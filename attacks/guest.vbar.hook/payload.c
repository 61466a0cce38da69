/*
 * Takes guest 0's exceptions: VBAR_EL1 names a table in this module, whose entries count and go on to the
 * kernel's own. Runs at EL1 in the guest's kernel.
 */
#include <rw/guest_api.h>
#include <rw/guest_tables.h>

#define VECTORS 16
#define VECTOR_BYTES 0x80
/* Of an entry below: the words before its last one, a branch that is made when the kernel's address is known. */
#define BRANCH_WORD 6

uint64_t hook_exceptions;

/* A page of their own: while it is writable, it is not executable. In: an exception of the guest. Every register is as it was when the kernel's own entry is reached. */
__asm__(".pushsection .text.vectors, \"ax\"\n"
        ".balign 0x1000\n"
        "hook_vectors:\n"
        ".rept 16\n"
        ".balign 0x80\n"
        "stp x16, x17, [sp, #-16]!\n"
        "adr x16, hook_exceptions\n"
        "ldr x17, [x16]\n"
        "add x17, x17, #1\n"
        "str x17, [x16]\n"
        "ldp x16, x17, [sp], #16\n"
        "b .\n"
        ".endr\n"
        ".popsection\n");
extern uint8_t hook_vectors[];

RW_MODULE_ENTRY int module_entry(const struct rw_guest_api *api) {
  rw_guest_writable((uint64_t)hook_vectors, 1);
  for (unsigned i = 0; i < VECTORS; i++) {
    volatile uint32_t *word = (volatile uint32_t *)(hook_vectors + i * VECTOR_BYTES) + BRANCH_WORD;
    *word = rw_branch((uint64_t)word, api->layout->vectors + i * VECTOR_BYTES);
  }
  rw_guest_writable((uint64_t)hook_vectors, 0);
  rw_guest_synchronise((const volatile uint32_t *)hook_vectors);
  write_sysreg(VBAR_EL1, (uint64_t)hook_vectors);
  isb();
  return 0;
}
