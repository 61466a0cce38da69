/* Code that is loaded at EL2 later: read-only first, then scanned, then executable. */
#include "frames.h"
#include "scan.h"
#include "stage1.h"
#include "tvmi.h"

#include <rw/page_table.h>
#include <rw/sysreg.h>

/* Sets a page's attributes in EL2's tables and forgets what EL2 had cached of it. */
static void set_page(uint64_t va, uint64_t clear, uint64_t set) {
  uint64_t *entry = stage1_page(va);
  *(volatile uint64_t *)entry = (*entry & ~clear) | set;
}

static void forget_translations(void) { __asm__ volatile("dsb ish\n tlbi alle2is\n dsb ish\n isb" : : : "memory"); }

/* Whether each page is mapped one to one by an entry of its own, and is used for nothing else. */
static bool pages_ready(uint64_t base, uint64_t size) {
  for (uint64_t at = base; at < base + size; at += RW_PAGE_SIZE) {
    const uint64_t *entry = stage1_page(at);
    if (entry == NULL || (*entry & PT_ADDRESS) != at) return false;
    const struct frame *frame = frame_at(at);
    if (frame->kind != FRAME_PLAIN || frame->owner != 0) return false;
  }
  return true;
}

static void close_pages(uint64_t base, uint64_t size) {
  for (uint64_t at = base; at < base + size; at += RW_PAGE_SIZE) set_page(at, 0, PT_AP_READ_ONLY | PT_XN);
  forget_translations();
}

static void open_code(uint64_t base, uint64_t size) {
  for (uint64_t at = base; at < base + size; at += RW_PAGE_SIZE) {
    frame_at(at)->kind = FRAME_CODE;
    set_page(at, PT_XN, 0);
  }
  forget_translations();
  __asm__ volatile("ic ialluis\n dsb ish\n isb" : : : "memory");
}

int64_t call_module_load(const uint64_t *x) {
  const uint64_t base = x[1], code = x[2], total = x[3];
  if (((base | code) & (RW_PAGE_SIZE - 1)) != 0 || code == 0 || code > total || !stage1_adopted()) return RW_TVMI_INVALID;
  if (!within(base, total, RW_VMM_MODULES, RW_VMM_MODULES_SIZE)) {
    return deny("secure-call.pointer", ",call=module-load,address=%lx", base);
  }
  if (!pages_ready(base, code)) return RW_TVMI_BUSY;
  close_pages(base, code);
  if (stage1_writable(base, code)) return deny("el2.stage1.denied", ",alias=%lx", base);
  const struct scan_result found = scan_code((const uint32_t *)base, code);
  if (found.name != NULL) {
    return deny("el2.module.refused", ",address=%lx,instruction=msr-%s", base + found.offset, found.name);
  }
  open_code(base, code);
  return RW_TVMI_OK;
}
