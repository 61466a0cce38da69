/* The kernel's lines, by hypercall, a line at a time. */
#include <guest/kernel.h>
#include <rw/console.h>
#include <rw/string.h>

static char line[RW_HVC_TEXT_MAX];

void console_text(const char *text, size_t size) {
  const size_t prefix = rw_format_buffer(line, sizeof line, "g%u: ", boot_info->guest);
  if (size > sizeof line - prefix) size = sizeof line - prefix;
  memcpy(line + prefix, text, size);
  rw_hypercall(RW_HVC_CONSOLE_WRITE, TO_PHYSICAL(line), prefix + size, 0);
}

struct buffer {
  char text[RW_HVC_TEXT_MAX];
  size_t used;
};

static void put(void *context, char character) {
  struct buffer *buffer = context;
  if (buffer->used < sizeof buffer->text) buffer->text[buffer->used++] = character;
}

void kernel_print(const char *format, ...) {
  struct buffer buffer = {.used = 0};
  va_list arguments;
  va_start(arguments, format);
  rw_vformat(put, &buffer, format, arguments);
  va_end(arguments);
  console_text(buffer.text, buffer.used);
}

_Noreturn void kernel_panic(const char *why) {
  kernel_print("panic: %s\n", why);
  for (;;) rw_hypercall(RW_HVC_SHUTDOWN, 1, 0, 0);
}
