/* Guests' memory: mapped on demand, shared, exchanged. */
#include <rw/string.h>
#include <vmm/vmm.h>

#define SPARES (RW_SPARE_FRAMES_SIZE / RW_PAGE_SIZE)
#define PAGE_MASK ((uint64_t)RW_PAGE_SIZE - 1)
#define SHARED_PAGES (RW_GUEST_IPA_SHARED_SIZE / RW_PAGE_SIZE)

/* Frames that exchange hands out; a frame that comes back takes its place. */
static uint64_t spares[SPARES];
static unsigned next_spare;

void memory_init(void) {
  for (unsigned i = 0; i < SPARES; i++) spares[i] = RW_SPARE_FRAMES + (uint64_t)i * RW_PAGE_SIZE;
}

static bool in_demand_area(uint64_t ipa) {
  return ipa >= RW_GUEST_IPA_DEMAND && ipa < RW_GUEST_IPA_DEMAND + RW_GUEST_IPA_DEMAND_SIZE;
}

/* True where [ipa, ipa + size) is RAM of the guest that is contiguous for the VMM: outside the demand area, or within
 * one of its mapped pages. `pa` is its first byte. */
bool guest_ram_range(const struct vmm_guest *guest, uint64_t ipa, uint64_t size, uint64_t *pa) {
  const uint64_t end = RW_GUEST_IPA_RAM + RW_GUEST_RAM_SIZE;
  if (ipa < RW_GUEST_IPA_RAM || ipa >= end || size > end - ipa) return false;
  if (ipa + size > RW_GUEST_IPA_DEMAND && (ipa & PAGE_MASK) + size > RW_PAGE_SIZE) return false;
  *pa = arch_stage2_translate(guest, ipa);
  return *pa != ~0ull;
}

/* A stage 2 fault of the demand area: maps the page. False where the address is elsewhere. */
bool memory_demand(struct vmm_guest *guest, uint64_t ipa) {
  if (!in_demand_area(ipa)) return false;
  return arch_stage2_map(guest, ipa, guest->ram + (ipa - RW_GUEST_IPA_RAM), RW_PAGE_SIZE) == 0;
}

int64_t memory_share(struct vmm_guest *guest, uint64_t ipa, uint64_t peer) {
  uint64_t pa;
  if (peer >= RW_GUESTS || peer == guest->number || (ipa & PAGE_MASK) != 0) return RW_HVC_INVALID;
  if (!guest_ram_range(guest, ipa, RW_PAGE_SIZE, &pa)) return RW_HVC_INVALID;
  struct vmm_guest *other = &vmm_guests[peer];
  if (other->shared_pages >= SHARED_PAGES) return RW_HVC_NO_MEMORY;
  const uint64_t at = RW_GUEST_IPA_SHARED + (uint64_t)other->shared_pages * RW_PAGE_SIZE;
  if (arch_stage2_share(guest, ipa, other, at) != 0) return RW_HVC_DENIED;
  other->shared_pages++;
  return (int64_t)at;
}

static int64_t exchange_page(struct vmm_guest *guest, uint64_t ipa) {
  uint64_t old;
  if ((ipa & PAGE_MASK) != 0 || !in_demand_area(ipa)) return RW_HVC_INVALID;
  if (!guest_ram_range(guest, ipa, RW_PAGE_SIZE, &old)) return RW_HVC_INVALID;
  const uint64_t fresh = spares[next_spare];
  memset((void *)fresh, 0, RW_PAGE_SIZE);
  if (arch_stage2_replace(guest, ipa, fresh) != 0) return RW_HVC_DENIED;
  spares[next_spare] = old;
  next_spare = (next_spare + 1) % SPARES;
  return 0;
}

int64_t memory_exchange(struct vmm_guest *guest, uint64_t list, uint64_t count) {
  uint64_t pages[RW_HVC_EXCHANGE_MAX];
  uint64_t pa;
  if (count > RW_HVC_EXCHANGE_MAX || !guest_ram_range(guest, list, count * sizeof pages[0], &pa)) return RW_HVC_INVALID;
  /* Copied first: the guest may change the list meanwhile. */
  memcpy(pages, (const void *)pa, count * sizeof pages[0]);
  for (uint64_t i = 0; i < count; i++) {
    const int64_t status = exchange_page(guest, pages[i]);
    if (status != 0) return i > 0 ? (int64_t)i : status;
  }
  return (int64_t)count;
}
