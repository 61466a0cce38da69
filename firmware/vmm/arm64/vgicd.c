/* The distributor as a guest sees it: enable bits of its two interrupts; all else reads as zero and ignores writes. */
#include "vgic.h"

#include <rw/gicv2.h>

/* Register word and bit of each interrupt. */
static const struct {
  uint32_t word;
  uint32_t bit;
} place[ARCH_VIRQS] = {
    [ARCH_VIRQ_TIMER] = {RW_VIRQ_TIMER / 32, 1u << RW_VIRQ_TIMER % 32},
    [ARCH_VIRQ_EVENT] = {RW_VIRQ_EVENT / 32, 1u << RW_VIRQ_EVENT % 32},
};

/* TYPER: one CPU, 64 interrupts. */
#define TYPER_VALUE 1u

static uint32_t enabled_word(const struct vmm_guest *guest, uint32_t word) {
  uint32_t bits = 0;
  for (unsigned virq = 0; virq < ARCH_VIRQS; virq++) {
    if (place[virq].word == word && (guest->arch.virq_enabled >> virq & 1) != 0) bits |= place[virq].bit;
  }
  return bits;
}

static void change_enabled(struct vmm_guest *guest, uint32_t word, uint32_t bits, bool enable) {
  for (unsigned virq = 0; virq < ARCH_VIRQS; virq++) {
    if (place[virq].word != word || (bits & place[virq].bit) == 0) continue;
    if (enable) {
      guest->arch.virq_enabled |= 1u << virq;
    } else {
      guest->arch.virq_enabled &= ~(1u << virq);
    }
  }
}

void arch_interrupt_controller_access(struct vmm_guest *guest, struct vmm_mmio *access) {
  const bool set = access->offset >= GICD_ISENABLER && access->offset < GICD_ICENABLER;
  const bool clear = access->offset >= GICD_ICENABLER && access->offset < GICD_ISPENDR;
  const uint32_t word = (uint32_t)(access->offset & 0x7f) / 4;
  if (set || clear) {
    if (access->write) {
      change_enabled(guest, word, (uint32_t)access->value, set);
    } else {
      access->value = enabled_word(guest, word);
    }
  } else if (!access->write) {
    access->value = access->offset == GICD_TYPER ? TYPER_VALUE : 0;
  }
}
