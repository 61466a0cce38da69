#include <rw/console.h>

#include <stdbool.h>

struct conversion {
  bool zero;
  bool wide;
  unsigned width;
};

static void put_number(rw_sink sink, void *context, uint64_t value, unsigned base, const struct conversion *how) {
  char digits[20];
  unsigned count = 0;
  do {
    digits[count++] = "0123456789abcdef"[value % base];
    value /= base;
  } while (value > 0);
  for (unsigned i = count; i < how->width; i++) sink(context, how->zero ? '0' : ' ');
  while (count > 0) sink(context, digits[--count]);
}

static void put_text(rw_sink sink, void *context, const char *text) {
  while (*text != 0) sink(context, *text++);
}

void rw_vformat(rw_sink sink, void *context, const char *format, va_list arguments) {
  for (; *format != 0; format++) {
    if (*format != '%') {
      sink(context, *format);
      continue;
    }
    struct conversion how = {0};
    format++;
    if (*format == '0') how.zero = true;
    for (; *format >= '0' && *format <= '9'; format++) how.width = how.width * 10 + (unsigned)(*format - '0');
    for (; *format == 'l'; format++) how.wide = true;
    switch (*format) {
      case 's':
        put_text(sink, context, va_arg(arguments, const char *));
        break;
      case 'c':
        sink(context, (char)va_arg(arguments, int));
        break;
      case 'd': {
        const int64_t value = how.wide ? va_arg(arguments, int64_t) : va_arg(arguments, int);
        if (value < 0) sink(context, '-');
        put_number(sink, context, value < 0 ? -(uint64_t)value : (uint64_t)value, 10, &how);
        break;
      }
      case 'u':
      case 'x': {
        const uint64_t value = how.wide ? va_arg(arguments, uint64_t) : va_arg(arguments, uint32_t);
        put_number(sink, context, value, *format == 'u' ? 10 : 16, &how);
        break;
      }
      case 'p':
        put_text(sink, context, "0x");
        put_number(sink, context, (uintptr_t)va_arg(arguments, void *), 16, &how);
        break;
      case 0:
        return;
      default:
        sink(context, *format);
    }
  }
}

void rw_format(rw_sink sink, void *context, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  rw_vformat(sink, context, format, arguments);
  va_end(arguments);
}

struct buffer {
  char *at;
  size_t left;
};

static void buffer_sink(void *context, char character) {
  struct buffer *buffer = context;
  if (buffer->left <= 1) return;
  *buffer->at++ = character;
  buffer->left--;
}

size_t rw_format_buffer(char *buffer, size_t size, const char *format, ...) {
  struct buffer to = {buffer, size};
  va_list arguments;
  va_start(arguments, format);
  rw_vformat(buffer_sink, &to, format, arguments);
  va_end(arguments);
  if (size > 0) *to.at = 0;
  return (size_t)(to.at - buffer);
}
