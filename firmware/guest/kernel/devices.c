/* Devices that the VMM emulates by trapping: tried once at the start. */
#include <guest/kernel.h>
#include <rw/console.h>
#include <rw/gicv2.h>

#define FIFO (RW_GUEST_LINEAR_VA + RW_GUEST_IPA_FIFO)
#define UART (RW_GUEST_LINEAR_VA + RW_GUEST_IPA_UART)
#define CYLINDER 0x2a

void uart_print(const char *text) { pl011_puts(UART, text); }

static bool fifo_put(uint8_t byte) {
  if ((mmio_read32(FIFO + RW_FIFO_STATUS) & RW_FIFO_STATUS_READY) == 0) return false;
  mmio_write32(FIFO + RW_FIFO_DATA, byte);
  return true;
}

/* True where a SEEK is seen by SENSE, and open-ended parameters end where they must. */
bool fifo_try(void) {
  static const uint8_t bytes[] = {RW_FIFO_CMD_DRIVE_SPEC, 1, 0x80, RW_FIFO_CMD_SEEK, 0, CYLINDER, RW_FIFO_CMD_SENSE};
  for (unsigned i = 0; i < sizeof bytes; i++) {
    if (!fifo_put(bytes[i])) return false;
  }
  if ((mmio_read32(FIFO + RW_FIFO_STATUS) & RW_FIFO_STATUS_RESULT) == 0) return false;
  const uint32_t status = mmio_read32(FIFO + RW_FIFO_DATA);
  return status == 0 && mmio_read32(FIFO + RW_FIFO_DATA) == CYLINDER;
}

/* True where an exchanged page is empty and another one keeps its contents. */
bool exchange_try(void) {
  uint64_t *list = page_get_kernel(), *given = page_get_user(), *kept = page_get_user();
  if (list == NULL || given == NULL || kept == NULL) return false;
  *given = *kept = 1;
  list[0] = TO_PHYSICAL(given);
  const bool done = rw_hypercall(RW_HVC_MEMORY_EXCHANGE, TO_PHYSICAL(list), 1, 0) == 1;
  const bool as_told = *(volatile uint64_t *)given == 0 && *(volatile uint64_t *)kept == 1;
  page_put_user(given);
  page_put_user(kept);
  return done && as_told;
}
