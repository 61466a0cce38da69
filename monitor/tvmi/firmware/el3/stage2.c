/* Stage 2: which frame each guest may reach. A frame of guest memory has one owner and one mapping. */
#include "frames.h"
#include "tvmi.h"

#include <rw/page_table.h>
#include <rw/sysreg.h>

#define ROOT_LEVEL 1
#define LAST_LEVEL 3
#define MAX_VMID 255
/* The virtual CPU interface: two pages. */
#define GICV_SIZE 0x2000

static uint64_t leaf_size(unsigned level) { return 1ull << (12 + 9 * (LAST_LEVEL - level)); }
static uint64_t leaf_address(uint64_t descriptor, unsigned level) {
  return descriptor & PT_ADDRESS & ~(leaf_size(level) - 1);
}
static bool is_leaf(uint64_t descriptor, unsigned level) {
  return (descriptor & PT_VALID) != 0 && ((descriptor & PT_TABLE) != 0) == (level == LAST_LEVEL);
}
static bool is_table(uint64_t descriptor, unsigned level) {
  return level < LAST_LEVEL && (descriptor & (PT_VALID | PT_TABLE)) == (PT_VALID | PT_TABLE);
}

/* Memory that guests may have: theirs, and the frames that they exchange for their own. */
static bool is_guest_memory(uint64_t pa, uint64_t size) {
  return within(pa, size, RW_GUEST_RAM, (uint64_t)RW_GUESTS * RW_GUEST_RAM_SIZE) ||
         within(pa, size, RW_SPARE_FRAMES, RW_SPARE_FRAMES_SIZE);
}

int64_t call_stage2_create(const uint64_t *x) {
  struct frame *root = frame_for_table(x[1]);
  if (x[2] == 0 || x[2] > MAX_VMID) return RW_TVMI_INVALID;
  if (root == NULL) return RW_TVMI_BUSY;
  /* Last, since it takes a slot where the VM has none: a call that fails must not use them up. */
  if (vm_slot((uint32_t)x[2]) == NULL) return RW_TVMI_INVALID;
  frame_make_table(root, x[1], FRAME_STAGE2_TABLE, ROOT_LEVEL, (unsigned)x[2]);
  return RW_TVMI_OK;
}

static bool may_take(const struct frame *frame, unsigned vmid) {
  if (frame->kind != FRAME_PLAIN) return false;
  return frame->owner == 0 || (frame->share == vmid && !frame->share_mapped);
}

static void take(struct frame *frame, uint64_t pa, unsigned vmid) {
  if (frame->owner != 0) {
    frame->share_mapped = 1;
    return;
  }
  /* What one guest gave up, another must not read. */
  if (frame->last != 0 && frame->last != vmid) frame_clear(pa);
  frame->owner = frame->last = (uint8_t)vmid;
}

static bool may_release(const struct frame *frame, unsigned vmid) {
  return frame->owner != vmid || !frame->share_mapped;
}

static void release(struct frame *frame, unsigned vmid) {
  if (frame->owner == vmid) {
    frame->owner = frame->share = 0;
  } else {
    frame->share_mapped = 0;
  }
}

/* Checks or does the same thing for each frame of a leaf. */
static bool each_may(uint64_t pa, uint64_t size, unsigned vmid, bool (*may)(const struct frame *, unsigned)) {
  for (uint64_t at = pa; at < pa + size; at += RW_PAGE_SIZE) {
    if (!may(frame_at(at), vmid)) return false;
  }
  return true;
}

/* An old leaf gives its frames back, and the new one takes its own. False where either may not. */
static bool exchange_leaf(uint64_t old, uint64_t new, unsigned level, unsigned vmid) {
  const uint64_t size = leaf_size(level), old_pa = leaf_address(old, level), new_pa = leaf_address(new, level);
  const bool had = is_leaf(old, level) && is_guest_memory(old_pa, size);
  const bool device = is_leaf(new, level) && within(new_pa, size, RW_GICV, GICV_SIZE);
  const bool gets = is_leaf(new, level) && is_guest_memory(new_pa, size);
  if (is_leaf(new, level) && !gets && !device) return false;
  if (had && gets && old_pa == new_pa) return true; /* other permissions on the same memory */
  if (had && !each_may(old_pa, size, vmid, may_release)) return false;
  if (gets && !each_may(new_pa, size, vmid, may_take)) return false;
  for (uint64_t at = 0; had && at < size; at += RW_PAGE_SIZE) release(frame_at(old_pa + at), vmid);
  for (uint64_t at = 0; gets && at < size; at += RW_PAGE_SIZE) take(frame_at(new_pa + at), new_pa + at, vmid);
  return true;
}

static void store_entry(uint64_t at, uint64_t descriptor) {
  *(volatile uint64_t *)at = descriptor;
  dsb_ish();
}

int64_t call_stage2_store(const uint64_t *x) {
  const uint64_t at = x[1], descriptor = x[2];
  const struct frame *frame = frame_at(at);
  if ((at & 7) != 0 || frame == NULL || frame->kind != FRAME_STAGE2_TABLE) {
    if (ablated(RW_ABLATION_NO_ARGUMENT_CHECK)) {
      store_entry(at, descriptor);
      return RW_TVMI_OK;
    }
    return deny("secure-call.pointer", ",call=stage2-store,address=%lx", at);
  }
  const unsigned level = frame->level, vmid = frame->owner;
  const uint64_t old = *(volatile uint64_t *)at;
  if (old == descriptor) return RW_TVMI_OK;
  if (is_table(old, level)) return RW_TVMI_BUSY; /* tables are not unlinked */
  if (is_table(descriptor, level)) {
    const uint64_t pa = descriptor & PT_ADDRESS;
    struct frame *below = frame_for_table(pa);
    if (below == NULL || is_leaf(old, level)) return RW_TVMI_BUSY;
    frame_make_table(below, pa, FRAME_STAGE2_TABLE, level + 1, vmid);
  } else if (!exchange_leaf(old, descriptor, level, vmid)) {
    return deny("el2.stage2.denied", ",vm=%x,descriptor=%lx", vmid, descriptor);
  }
  store_entry(at, descriptor);
  return RW_TVMI_OK;
}

int64_t call_stage2_share(const uint64_t *x) {
  struct frame *frame = frame_at(x[1]);
  const struct agent_vm *caller = vm_live();
  if (frame == NULL || x[2] == 0 || x[2] > MAX_VMID) return RW_TVMI_INVALID;
  const bool consent = ESR_EC(read_sysreg(esr_el2)) == EC_HVC64 && caller != NULL && caller->guest.vmid == frame->owner;
  if (frame->owner == 0 || !consent || frame->share_mapped) {
    return deny("el2.stage2.denied", ",vm=%lx,shared=%lx", x[2], x[1]);
  }
  frame->share = (uint8_t)x[2];
  return RW_TVMI_OK;
}
