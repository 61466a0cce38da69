/* A process's address space: text shared, data copied when written, heap and stack made when touched. */
#include <guest/kernel.h>
#include <rw/string.h>
#include <rw/sysreg.h>

#define PAGE_MASK ((uint64_t)RW_PAGE_SIZE - 1)
#define USER_COMMON (PT_NORMAL | PT_AP_EL0 | PT_NOT_GLOBAL | PT_PXN)
#define USER_CODE (USER_COMMON | PT_AP_READ_ONLY)
#define USER_CONSTANT (USER_COMMON | PT_AP_READ_ONLY | PT_UXN)
#define USER_DATA (USER_COMMON | PT_UXN)

struct area {
  uint64_t start;
  uint64_t end;
  bool writable;
  bool from_image;
};

enum { AREA_TEXT, AREA_DATA, AREA_HEAP, AREA_STACK, AREAS };

/* The user image says how long its own parts are. */
static struct area area_of(unsigned which) {
  switch (which) {
    case AREA_TEXT:
      return (struct area){USER_IMAGE, user_image.data, false, true};
    case AREA_DATA:
      return (struct area){user_image.data, user_image.bss_end, true, true};
    case AREA_HEAP:
      return (struct area){USER_HEAP, USER_HEAP + USER_HEAP_SIZE, true, false};
    default:
      return (struct area){USER_STACK_TOP - USER_STACK_SIZE, USER_STACK_TOP, true, false};
  }
}

static bool find_area(uint64_t address, struct area *found) {
  for (unsigned which = 0; which < AREAS; which++) {
    *found = area_of(which);
    if (address >= found->start && address < found->end) return true;
  }
  return false;
}

bool space_allows(uint64_t address, uint64_t size, bool write) {
  struct area area;
  return find_area(address, &area) && size <= area.end - address && (area.writable || !write);
}

static uint64_t allocate(void *context) {
  (void)context;
  void *page = page_get_kernel();
  return page == NULL ? 0 : TO_PHYSICAL(page);
}

int space_create(struct task *task) {
  task->space = (struct page_table){.offset = RW_GUEST_LINEAR_VA, .allocate = allocate};
  task->space.root = allocate(NULL);
  if (task->space.root == 0) return ERROR_RESOURCE;
  /* The pid is the ASID, so entries of different processes stand side by side in the TLB. */
  task->ttbr0 = task->space.root | (uint64_t)task->pid << 48;
  return 0;
}

static void flush(const struct task *task, uint64_t address) {
  const uint64_t operand = (uint64_t)task->pid << 48 | address >> 12;
  __asm__ volatile("dsb nshst\n tlbi vae1, %0\n dsb nsh\n isb" : : "r"(operand) : "memory");
}

/* Bytes of the page in the user image, or NULL where it is .bss alone. */
static const void *image_page(uint64_t page) {
  return page < user_image.data_end ? (const uint8_t *)&user_image + (page - USER_IMAGE) : NULL;
}

/* A page of the process's own, with the image's bytes where there are any. */
static bool map_own(struct task *task, uint64_t page, const void *contents) {
  void *fresh = page_get_user();
  if (fresh == NULL) return false;
  if (contents != NULL) memcpy(fresh, contents, RW_PAGE_SIZE);
  return page_table_map(&task->space, page, TO_PHYSICAL(fresh), RW_PAGE_SIZE, USER_DATA, false) == 0;
}

static bool map_shared(struct task *task, uint64_t page, const void *contents, uint64_t attributes) {
  return page_table_map(&task->space, page, TO_PHYSICAL(contents), RW_PAGE_SIZE, attributes, false) == 0;
}

bool space_fault(struct task *task, uint64_t address, bool write) {
  struct area area;
  if (!find_area(address, &area) || (write && !area.writable)) return false;
  const uint64_t page = address & ~PAGE_MASK;
  const void *contents = area.from_image ? image_page(page) : NULL;
  unsigned level;
  uint64_t *slot = page_table_slot(&task->space, page, &level);
  if (slot != NULL && (*slot & PT_VALID) != 0) {
    if (!write) return false;
    /* Copy on write: break before make (D5.10.1). */
    *slot = 0;
    flush(task, page);
    return map_own(task, page, contents);
  }
  if (!area.writable) return map_shared(task, page, contents, USER_CODE);
  if (contents != NULL && !write) return map_shared(task, page, contents, USER_CONSTANT);
  return map_own(task, page, contents);
}

static void release(struct task *task, uint64_t start, uint64_t end) {
  for (uint64_t page = start; page < end; page += RW_PAGE_SIZE) {
    unsigned level;
    uint64_t *slot = page_table_slot(&task->space, page, &level);
    if (slot == NULL || (*slot & PT_VALID) == 0) continue;
    page_put_user(TO_VIRTUAL(*slot & PT_ADDRESS));
    *slot = 0;
    flush(task, page);
  }
}

void space_release_heap(struct task *task) { release(task, USER_HEAP, USER_HEAP + USER_HEAP_SIZE); }
