/* The kernel's address space and the pools of pages. */
#include <guest/kernel.h>
#include <rw/string.h>
#include <rw/sysreg.h>

#define IMAGE_AREA_END 0x40200000
#define KERNEL_POOL 0x40200000
#define KERNEL_POOL_END 0x40400000
#define EARLY_POOL_PAGES 12
#define SHARED_END (RW_GUEST_IPA_SHARED + RW_GUEST_IPA_SHARED_SIZE)

#define ATTRIBUTES_DATA (PT_NORMAL | PT_PXN | PT_UXN)
#define ATTRIBUTES_CONSTANT (ATTRIBUTES_DATA | PT_AP_READ_ONLY)
#define ATTRIBUTES_CODE (PT_NORMAL | PT_UXN | PT_AP_READ_ONLY)
#define ATTRIBUTES_DEVICE (PT_DEVICE | PT_PXN | PT_UXN)

extern uint8_t rw_text_start[], rw_text_end[], kernel_rodata_end[];
const uint64_t kernel_code_attributes = ATTRIBUTES_CODE;
const uint64_t kernel_data_attributes = ATTRIBUTES_DATA;

/* --- With the MMU off: this part runs at its physical address, and so are all the addresses it forms --- */

static uint8_t early_pages[EARLY_POOL_PAGES][RW_PAGE_SIZE] __attribute__((aligned(RW_PAGE_SIZE)));
static unsigned early_used;
static uint64_t kernel_root;

static uint64_t early_allocate(void *context) {
  (void)context;
  return early_used < EARLY_POOL_PAGES ? (uint64_t)early_pages[early_used++] : 0;
}

static void early_map(struct page_table *table, uint64_t start, uint64_t end, uint64_t attributes) {
  page_table_map(table, RW_GUEST_LINEAR_VA + start, start, end - start, attributes, true);
}

struct early_roots {
  uint64_t kernel;
  uint64_t identity;
};

/* Called by start.S. All tables of the kernel, and a one-to-one map of its code for the moment the MMU comes on. */
struct early_roots early_tables(void) {
  struct page_table kernel = {.root = early_allocate(NULL), .allocate = early_allocate};
  struct page_table identity = {.root = early_allocate(NULL), .allocate = early_allocate};
  const uint64_t text = (uint64_t)rw_text_start, text_end = (uint64_t)rw_text_end;
  const uint64_t constants_end = (uint64_t)kernel_rodata_end;
  early_map(&kernel, RW_GUEST_IPA_RAM, text, ATTRIBUTES_DATA);
  early_map(&kernel, text, text_end, ATTRIBUTES_CODE);
  early_map(&kernel, text_end, constants_end, ATTRIBUTES_CONSTANT);
  early_map(&kernel, constants_end, IMAGE_AREA_END, ATTRIBUTES_DATA);
  early_map(&kernel, KERNEL_POOL, RW_GUEST_IPA_MODULES, ATTRIBUTES_DATA);
  early_map(&kernel, RW_GUEST_IPA_DEMAND, SHARED_END, ATTRIBUTES_DATA);
  early_map(&kernel, RW_GUEST_IPA_GICD, RW_GUEST_IPA_GICD + RW_PAGE_SIZE, ATTRIBUTES_DEVICE);
  early_map(&kernel, RW_GUEST_IPA_GICC, RW_GUEST_IPA_GICC + 2 * RW_PAGE_SIZE, ATTRIBUTES_DEVICE);
  early_map(&kernel, RW_GUEST_IPA_UART, RW_GUEST_IPA_UART + RW_PAGE_SIZE, ATTRIBUTES_DEVICE);
  early_map(&kernel, RW_GUEST_IPA_FIFO, RW_GUEST_IPA_FIFO + RW_PAGE_SIZE, ATTRIBUTES_DEVICE);
  page_table_map(&identity, text, text, text_end - text, ATTRIBUTES_CODE, true);
  kernel_root = kernel.root;
  return (struct early_roots){kernel.root, identity.root};
}

/* --- From here on with the MMU on --- */

static uint64_t kernel_next = KERNEL_POOL;
static uint64_t user_next = RW_GUEST_IPA_DEMAND;
/* Pages that came back, each holding the address of the next. */
static void *user_free;

void *page_get_kernel(void) {
  if (kernel_next >= KERNEL_POOL_END) return NULL;
  void *page = TO_VIRTUAL(kernel_next);
  kernel_next += RW_PAGE_SIZE;
  return memset(page, 0, RW_PAGE_SIZE);
}

void *page_get_user(void) {
  void *page = user_free;
  if (page != NULL) {
    user_free = *(void **)page;
  } else {
    if (user_next >= RW_GUEST_IPA_DEMAND + RW_GUEST_IPA_DEMAND_SIZE) return NULL;
    page = TO_VIRTUAL(user_next);
    user_next += RW_PAGE_SIZE;
  }
  return memset(page, 0, RW_PAGE_SIZE);
}

void page_put_user(void *page) {
  *(void **)page = user_free;
  user_free = page;
}

static uint64_t allocate(void *context) {
  (void)context;
  void *page = page_get_kernel();
  return page == NULL ? 0 : TO_PHYSICAL(page);
}

static struct page_table kernel_table;

void memory_init(void) {
  kernel_table = (struct page_table){.root = kernel_root, .offset = RW_GUEST_LINEAR_VA, .allocate = allocate};
  /* The one-to-one map is done with: an empty table until the first process. */
  write_sysreg(TTBR0_EL1, TO_PHYSICAL(page_get_kernel()));
  __asm__ volatile("isb\n tlbi vmalle1\n dsb nsh\n isb" : : : "memory");
}

static void flush(uint64_t va, uint64_t size) {
  for (uint64_t at = va; at < va + size; at += RW_PAGE_SIZE) {
    __asm__ volatile("tlbi vaae1, %0" : : "r"(at >> 12 & 0xfffffffffffull) : "memory");
  }
  dsb_sy();
  isb();
}

int kernel_map(uint64_t va, uint64_t ipa, uint64_t size, uint64_t attributes) {
  const int error = page_table_map(&kernel_table, va, ipa, size, attributes, false);
  flush(va, size);
  return error;
}

void kernel_unmap(uint64_t va, uint64_t size) {
  for (uint64_t at = va; at < va + size; at += RW_PAGE_SIZE) {
    unsigned level;
    uint64_t *slot = page_table_slot(&kernel_table, at, &level);
    if (slot != NULL) *(volatile uint64_t *)slot = 0;
  }
  dsb_ish();
  flush(va, size);
}
