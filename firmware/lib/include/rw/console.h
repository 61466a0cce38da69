/* Text output: a formatter over any sink, and the PL011 (Arm DDI 0183). */
#ifndef RW_CONSOLE_H
#define RW_CONSOLE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* Takes one character. */
typedef void (*rw_sink)(void *context, char character);

/* %s, %c, %d, %u, %x (32 bits), %lx and %lu (64 bits), %p, %%, with a width and zero padding (%08x). */
void rw_vformat(rw_sink sink, void *context, const char *format, va_list arguments);
void rw_format(rw_sink sink, void *context, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Formats into a buffer, always ended by a zero byte; returns the characters written without it. */
size_t rw_format_buffer(char *buffer, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Enables a PL011 for output. `base` is its address in the caller's address space. */
void pl011_init(uintptr_t base);
/* Sends a character, CR before LF; waits while the FIFO is full. */
void pl011_put(uintptr_t base, char character);
void pl011_puts(uintptr_t base, const char *text);
/* A sink for rw_format: `context` is the base address. */
void pl011_sink(void *context, char character);

#endif
