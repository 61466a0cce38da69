#include <vmi/checks.h>

void vmi_check_modules(const struct vmi_check *check) {
  uint32_t steps;
  if (!vmi_read_modules(check->view, check->memory, check->kernel, &steps)) {
    vmi_add(check, VMI_STRUCTURE, VMI_LIST_MODULES, steps);
  }
}
