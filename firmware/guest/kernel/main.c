/* The kernel from its first instruction with the MMU on to the first process. */
#include <guest/kernel.h>
#include <rw/console.h>

const volatile struct rw_guest_boot *boot_info;

/* Called by start.S. */
_Noreturn void kernel_main(const struct rw_guest_boot *boot) {
  boot_info = boot;
  memory_init();
  char line[32];
  rw_format_buffer(line, sizeof line, "g%u: kernel up\n", boot->guest);
  uart_print(line);
  if (boot->magic != RW_GUEST_BOOT_MAGIC || user_image.magic != USER_MAGIC) kernel_panic("wrong images");
  kernel_print("fifo %s, exchange %s\n", fifo_try() ? "ok" : "failed", exchange_try() ? "ok" : "failed");
  tasks_init();
  if (task_create("init", user_image.init, 0) == NULL) kernel_panic("no first process");
  interrupts_init();
  scheduler_start();
}
