/*
 * One console for all: the VMM's lines go out at once, the guests' in the order of their numbers. A
 * guest's text is kept until the guests before it have shut down, so the order of lines does not
 * depend on how the guests' time slices fall.
 */
#include <rw/console.h>
#include <rw/string.h>
#include <vmm/vmm.h>

void vmm_print(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  rw_vformat(pl011_sink, (void *)RW_UART0, format, arguments);
  va_end(arguments);
}

/* True where every guest before this one is done. */
static bool has_turn(const struct vmm_guest *guest) {
  for (unsigned number = 0; number < guest->number; number++) {
    if (vmm_guests[number].running) return false;
  }
  return true;
}

static void flush(struct vmm_guest *guest) {
  for (uint32_t i = 0; i < guest->console.length; i++) pl011_put(RW_UART0, guest->console.text[i]);
  guest->console.length = 0;
}

void console_write(struct vmm_guest *guest, const char *text, uint32_t length) {
  struct vmm_console *console = &guest->console;
  for (uint32_t i = 0; i < length && console->length < VMM_CONSOLE_BYTES; i++) console->text[console->length++] = text[i];
  if (has_turn(guest)) flush(guest);
}

void console_put(struct vmm_guest *guest, char character) {
  struct vmm_console *console = &guest->console;
  console->line[console->line_length++] = character;
  if (character != '\n' && console->line_length < sizeof console->line) return;
  console_write(guest, console->line, console->line_length);
  console->line_length = 0;
}

/* A guest is done, or the run ends: what can go out now does. */
void console_release(void) {
  for (unsigned number = 0; number < RW_GUESTS; number++) {
    if (has_turn(&vmm_guests[number])) flush(&vmm_guests[number]);
  }
}
