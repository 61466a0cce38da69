/* Which emulated device stands at which IPA. None of these pages is mapped in stage 2. */
#include <vmm/vmm.h>

static const struct {
  uint64_t base;
  uint64_t size;
  void (*access)(struct vmm_guest *guest, struct vmm_mmio *access);
} devices[] = {
    {RW_GUEST_IPA_GICD, RW_PAGE_SIZE, arch_interrupt_controller_access},
    {RW_GUEST_IPA_UART, RW_PAGE_SIZE, uart_access},
    {RW_GUEST_IPA_FIFO, RW_PAGE_SIZE, fifo_access},
};

bool mmio_access(struct vmm_guest *guest, uint64_t ipa, struct vmm_mmio *access) {
  for (unsigned i = 0; i < sizeof devices / sizeof devices[0]; i++) {
    if (ipa < devices[i].base || ipa - devices[i].base >= devices[i].size) continue;
    access->offset = ipa - devices[i].base;
    devices[i].access(guest, access);
    return true;
  }
  return false;
}
