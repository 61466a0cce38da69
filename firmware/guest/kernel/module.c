/* Loadable modules: the VMM hands one out, a process asks for it to be loaded. */
#include <guest/kernel.h>
#include <rw/string.h>
#include <rw/sysreg.h>

#define MODULES 4

struct rw_guest_node module_list = {&module_list, &module_list};
static struct module modules[MODULES];
static unsigned used;
extern const struct rw_guest_layout rw_layout;

int64_t module_poll(void) { return rw_hypercall(RW_HVC_MODULE_POLL, 0, 0, 0); }

static int64_t forward_hypercall(uint64_t function, uint64_t a, uint64_t b, uint64_t c) {
  return rw_hypercall(function, a, b, c);
}

int64_t module_load(uint64_t handle) {
  if (used == MODULES || handle < RW_GUEST_IPA_MODULES || handle >= RW_GUEST_IPA_DEMAND) return ERROR_ARGUMENT;
  const uint64_t base = RW_GUEST_LINEAR_VA + handle;
  const uint64_t data = RW_MODULE_DATA_OFFSET;
  int error = kernel_map(base, handle, data, kernel_code_attributes);
  if (error == 0) error = kernel_map(base + data, handle + data, RW_MODULE_SLOT_SIZE - data, kernel_data_attributes);
  if (error != 0) return ERROR_RESOURCE;
  __asm__ volatile("ic iallu\n dsb nsh\n isb" : : : "memory");
  struct module *module = &modules[used++];
  rw_copy_name(module->name, "module", TASK_NAME);
  module->base = base;
  module->size = RW_MODULE_SLOT_SIZE;
  ring_append(&module_list, &module->node);
  static struct rw_guest_api api;
  api = (struct rw_guest_api){RW_GUEST_API_VERSION, boot_info->guest, &rw_layout, kernel_print, forward_hypercall};
  return ((int (*)(const struct rw_guest_api *))base)(&api);
}
