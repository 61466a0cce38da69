/* The guests' stage 2. */
#include "privileged.h"
#include "tables.h"

#define RAM_ATTRIBUTES (PT_S2_NORMAL | PT_S2_READ | PT_S2_WRITE)
#define DEVICE_ATTRIBUTES (PT_S2_DEVICE | PT_S2_READ | PT_S2_WRITE | PT_S2_XN)
#define SHARED_ATTRIBUTES (RAM_ATTRIBUTES | PT_S2_XN)
#define VTTBR_VMID(vmid) ((uint64_t)(vmid) << 48)
#define HCR_GUEST (HCR_VM | HCR_FMO | HCR_IMO | HCR_AMO | HCR_TWI | HCR_TSC | HCR_RW)

/* VMID 0 is left to software that sets none. */
static uint64_t vmid_of(const struct vmm_guest *guest) { return guest->number + 1; }

static int store(void *context, uint64_t slot, uint64_t descriptor) {
  (void)context;
  return privileged_stage2_store(slot, descriptor);
}

static int map(struct vmm_guest *guest, uint64_t ipa, uint64_t pa, uint64_t size, uint64_t attributes) {
  return page_table_map(&guest->arch.stage2, ipa, pa, size, attributes, true);
}

int arch_stage2_map(struct vmm_guest *guest, uint64_t ipa, uint64_t pa, uint64_t size) {
  return map(guest, ipa, pa, size, RAM_ATTRIBUTES);
}

void arch_stage2_init(struct vmm_guest *guest) {
  struct page_table *table = &guest->arch.stage2;
  table->allocate = table_frame;
  table->store = store;
  table->root = table_frame(NULL);
  privileged_stage2_create(table->root, vmid_of(guest));
  guest->arch.vttbr = table->root | VTTBR_VMID(vmid_of(guest));
  const uint64_t mapped = RW_GUEST_IPA_DEMAND - RW_GUEST_IPA_RAM;
  int error = map(guest, RW_GUEST_IPA_RAM, guest->ram, mapped, RAM_ATTRIBUTES);
  if (error == 0) error = map(guest, RW_GUEST_IPA_GICC, RW_GICV, 2 * RW_PAGE_SIZE, DEVICE_ATTRIBUTES);
  if (error != 0) vmm_stop("stage 2 tables");
}

/* After a valid entry changed (D5.10.1): stage 2, then stage 1 entries that were made of it. */
static void flush(const struct vmm_guest *guest, uint64_t ipa) {
  const uint64_t current = read_sysreg(VTTBR_EL2);
  dsb_ish();
  if (current != guest->arch.vttbr) privileged_write(VTTBR, guest->arch.vttbr);
  isb();
  __asm__ volatile("tlbi ipas2e1is, %0\n dsb ish\n tlbi vmalle1is\n dsb ish" : : "r"(ipa >> 12) : "memory");
  if (current != guest->arch.vttbr) privileged_write(VTTBR, current);
  isb();
}

int arch_stage2_replace(struct vmm_guest *guest, uint64_t ipa, uint64_t pa) {
  unsigned level;
  uint64_t *slot = page_table_slot(&guest->arch.stage2, ipa, &level);
  int error = privileged_stage2_store((uint64_t)slot, 0);
  if (error != 0) return error;
  flush(guest, ipa);
  return map(guest, ipa, pa, RW_PAGE_SIZE, RAM_ATTRIBUTES);
}

int arch_stage2_share(struct vmm_guest *guest, uint64_t ipa, struct vmm_guest *peer, uint64_t peer_ipa) {
  const uint64_t pa = page_table_translate(&guest->arch.stage2, ipa);
  const int error = privileged_stage2_share(pa, vmid_of(peer));
  return error != 0 ? error : map(peer, peer_ipa, pa, RW_PAGE_SIZE, SHARED_ATTRIBUTES);
}

uint64_t arch_stage2_translate(const struct vmm_guest *guest, uint64_t ipa) {
  return page_table_translate(&guest->arch.stage2, ipa);
}

void arch_stage2_on(void) {
  uint64_t hcr = HCR_GUEST;
#ifdef RW_SMC_REWRITE
  if ((vmm_config->ablations & RW_ABLATION_NO_TVM) == 0) hcr |= HCR_TVM;
#endif
  privileged_write(VTCR, PT_VTCR);
  __asm__ volatile("dsb sy\n tlbi alle1\n dsb sy\n isb" : : : "memory");
  privileged_write(HCR, hcr);
  isb();
}
