#include <rw/console.h>
#include <rw/gicv2.h>

#define UARTDR 0x00
#define UARTFR 0x18
#define UARTFR_TXFF (1u << 5)
#define UARTIBRD 0x24
#define UARTFBRD 0x28
#define UARTLCR_H 0x2c
#define UARTLCR_H_WLEN_8 (3u << 5)
#define UARTLCR_H_FEN (1u << 4)
#define UARTCR 0x30
#define UARTCR_UARTEN (1u << 0)
#define UARTCR_TXE (1u << 8)
#define UARTIMSC 0x38

void pl011_init(uintptr_t base) {
  mmio_write32(base + UARTCR, 0);
  mmio_write32(base + UARTIMSC, 0);
  /* 115,200 baud from the board's 24 MHz clock: 24e6 / (16 * 115200) = 13 + 1/64. */
  mmio_write32(base + UARTIBRD, 13);
  mmio_write32(base + UARTFBRD, 1);
  mmio_write32(base + UARTLCR_H, UARTLCR_H_WLEN_8 | UARTLCR_H_FEN);
  mmio_write32(base + UARTCR, UARTCR_UARTEN | UARTCR_TXE);
}

void pl011_put(uintptr_t base, char character) {
  if (character == '\n') pl011_put(base, '\r');
  while ((mmio_read32(base + UARTFR) & UARTFR_TXFF) != 0) {
  }
  mmio_write32(base + UARTDR, (uint8_t)character);
}

void pl011_puts(uintptr_t base, const char *text) {
  while (*text != 0) pl011_put(base, *text++);
}

void pl011_sink(void *context, char character) { pl011_put((uintptr_t)context, character); }
