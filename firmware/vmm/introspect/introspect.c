/*
 * Conventional introspection, as a VMM without a protected monitor does it: from time to time the
 * VMM compares a page of guest 0's kernel text with what it hashed at the start. It trusts its own
 * code, its own read service and its own notes; an attacker at EL2 owns all three.
 */
#include <rw/guest_layout.h>
#include <rw/string.h>
#include <vmm/vmi.h>
#include <vmm/vmm.h>

#define TICKS_PER_CHECK 8
#define MAX_TEXT_PAGES 64
#define FNV_OFFSET 0xcbf29ce484222325ull
#define FNV_PRIME 0x100000001b3ull
#define WATCHED_GUEST 0
#define CHECK __attribute__((noinline, section(".check")))

static const struct rw_guest_layout *layout;
static uint64_t expected[MAX_TEXT_PAGES];
static unsigned page_count;
static unsigned next_page;
static bool sound = true;

/* The kernel's linear map is known: a virtual address less its base is an IPA. */
static int read_guest(unsigned guest, uint64_t va, void *to, size_t size) {
  uint64_t pa;
  if (!guest_ram_range(&vmm_guests[guest], va - RW_GUEST_LINEAR_VA, size, &pa)) return -1;
  memcpy(to, (const void *)pa, size);
  return 0;
}

VMI_POINTER rw_vmi_read_service rw_vmi_read = read_guest;

CHECK static uint64_t hash_page(uint64_t va) {
  uint64_t words[64];
  uint64_t hash = FNV_OFFSET;
  for (uint64_t at = va; at < va + RW_PAGE_SIZE; at += sizeof words) {
    if (rw_vmi_read(WATCHED_GUEST, at, words, sizeof words) != 0) return 0;
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) hash = (hash ^ words[i]) * FNV_PRIME;
  }
  return hash;
}

/* The decision: is this page of the kernel what it was? */
CHECK static bool page_sound(unsigned page) {
  return hash_page(layout->text_start + (uint64_t)page * RW_PAGE_SIZE) == expected[page];
}

void introspect_init(void) {
  const uint64_t image = vmm_guests[WATCHED_GUEST].ram + (RW_GUEST_IPA_IMAGE - RW_GUEST_IPA_RAM);
  for (uint64_t at = image; at < image + 0x40000 && layout == NULL; at += sizeof(uint64_t)) {
    if (*(const uint64_t *)at == RW_GUEST_LAYOUT_MAGIC) layout = (const struct rw_guest_layout *)at;
  }
  if (layout == NULL) return;
  page_count = (unsigned)((layout->text_end - layout->text_start) / RW_PAGE_SIZE);
  if (page_count > MAX_TEXT_PAGES) page_count = MAX_TEXT_PAGES;
  for (unsigned page = 0; page < page_count; page++) {
    expected[page] = hash_page(layout->text_start + (uint64_t)page * RW_PAGE_SIZE);
  }
}

/* On each timer tick of CPU 0, every so often: one page in turn. */
void introspect_tick(const struct vmm_frame *frame) {
  (void)frame;
  if (arch_cpu()->number != 0 || page_count == 0 || rw_vmm_ticks % TICKS_PER_CHECK != 0) return;
  sound &= page_sound(next_page);
  next_page = (next_page + 1) % page_count;
}

void introspect_report(void) {
  if (layout == NULL) return;
  vmm_print("vmm: check: kernel text of guest %u %s\n", WATCHED_GUEST, sound ? "is sound" : "was changed");
}
