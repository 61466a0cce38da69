/* The user image's header (struct user_image of guest/abi.h), and where every process starts. */
#include <guest/abi.h>
#include <rw/asm.h>

  .section .text.header, "ax"
  .globl user_header
user_header:
  .quad USER_MAGIC
  .quad user_entry
  .quad user_init
  .quad user_data
  .quad user_data_end
  .quad user_bss_end

/* In: x0 = function, x1 = its argument. Exits with what it returns. */
function user_entry
  mov x2, x0
  mov x0, x1
  blr x2
  mov x8, #SYS_EXIT
  svc #0
end_function user_entry
