/* A PL011 as far as a guest needs it to print: data goes to the guest's console, the transmitter is always ready. */
#include <vmm/vmm.h>

#define UARTDR 0x00
#define UARTFR 0x18
#define UARTFR_TXFE (1u << 7)
#define UARTFR_RXFE (1u << 4)

void uart_access(struct vmm_guest *guest, struct vmm_mmio *access) {
  if (access->write) {
    if (access->offset == UARTDR && (char)access->value != '\r') console_put(guest, (char)access->value);
  } else {
    access->value = access->offset == UARTFR ? UARTFR_TXFE | UARTFR_RXFE : 0;
  }
}
