/* The list of modules against what the kernel can execute: code that no module of the list owns is hidden code. */
#include <vmi/checks.h>
#include <vmi/tables.h>

#include <rw/page_table.h>

struct search {
  const struct vmi_check *check;
  bool found;
};

static bool inside(uint64_t va, uint64_t size, uint64_t start, uint64_t length) {
  return va >= start && size <= length && va - start <= length - size;
}

static bool is_known(const struct vmi_check *check, uint64_t va, uint64_t size) {
  const struct rw_guest_layout *layout = &check->kernel->layout;
  if (inside(va, size, layout->text_start, layout->text_end - layout->text_start)) return true;
  for (uint32_t i = 0; i < check->view->modules; i++) {
    if (inside(va, size, check->view->module[i].base, check->view->module[i].size)) return true;
  }
  return false;
}

static void look_at(void *context, uint64_t va, uint64_t size, uint64_t descriptor) {
  struct search *search = context;
  (void)descriptor;
  if (search->found || is_known(search->check, va, size)) return;
  search->found = true;
  vmi_add(search->check, VMI_MODULE_HIDDEN, va, 0);
}

void vmi_check_modules(const struct vmi_check *check) {
  uint32_t steps;
  if (!vmi_read_modules(check->view, check->memory, check->kernel, &steps)) {
    vmi_add(check, VMI_STRUCTURE, VMI_LIST_MODULES, steps);
    return;
  }
  struct search search = {check, false};
  const struct vmi_space kernel = {check->guest->ttbr1, check->guest->tcr, true};
  if (!vmi_leaves(check->memory, &kernel, PT_PXN, look_at, &search, &steps)) {
    vmi_add(check, VMI_STRUCTURE, VMI_LIST_TABLES, steps);
  }
}
