/*
 * Loadable modules: one that the VMM hands out, at the first slot; the kernel's own, which is embedded
 * in its image, at the second. A module is in the list before its code is executable, and leaves it
 * after it was executable last (rw/guest_layout.h).
 */
#include <guest/kernel.h>
#include <rw/string.h>
#include <rw/sysreg.h>

/* Smallest line of a data cache: CTR_EL0.DminLine is never less than four words. */
#define CACHE_LINE 16
enum { SLOT_HANDED, SLOT_OWN, SLOTS };

#define SLOT_IPA(slot) (RW_GUEST_IPA_MODULES + (uint64_t)(slot) * RW_MODULE_SLOT_SIZE)
#define CODE_SIZE RW_MODULE_DATA_OFFSET
#define DATA_SIZE (RW_MODULE_SLOT_SIZE - RW_MODULE_DATA_OFFSET)

struct rw_guest_node module_list = {&module_list, &module_list};
static struct module modules[SLOTS];
extern const struct rw_guest_layout rw_layout;
extern const uint8_t module_image[], module_image_end[];

int64_t module_poll(void) { return rw_hypercall(RW_HVC_MODULE_POLL, 0, 0, 0); }

static int64_t forward_hypercall(uint64_t function, uint64_t a, uint64_t b, uint64_t c) {
  return rw_hypercall(function, a, b, c);
}

static int64_t enter(const struct module *module) {
  static struct rw_guest_api api;
  api = (struct rw_guest_api){RW_GUEST_API_VERSION, boot_info->guest, &rw_layout, kernel_print, forward_hypercall};
  return ((int (*)(const struct rw_guest_api *))module->base)(&api);
}

static void unload(struct module *module) {
  kernel_unmap(module->base, RW_MODULE_SLOT_SIZE);
  ring_remove(&module->node);
  module->base = 0;
}

/* What stands in the slot's memory becomes a module: listed, mapped, entered. */
static int64_t load(unsigned slot, const char *name) {
  struct module *module = &modules[slot];
  rw_copy_name(module->name, name, TASK_NAME);
  module->base = RW_GUEST_LINEAR_VA + SLOT_IPA(slot);
  module->size = RW_MODULE_SLOT_SIZE;
  ring_append(&module_list, &module->node);
  int error = kernel_map(module->base, SLOT_IPA(slot), CODE_SIZE, kernel_code_attributes);
  if (error == 0) error = kernel_map(module->base + CODE_SIZE, SLOT_IPA(slot) + CODE_SIZE, DATA_SIZE, kernel_data_attributes);
  if (error != 0) {
    unload(module);
    return ERROR_RESOURCE;
  }
  __asm__ volatile("ic iallu\n dsb nsh\n isb" : : : "memory");
  return enter(module);
}

int64_t module_load(uint64_t handle) {
  if (handle != SLOT_IPA(SLOT_HANDED)) return ERROR_ARGUMENT;
  return modules[SLOT_HANDED].base != 0 ? ERROR_RESOURCE : load(SLOT_HANDED, "module");
}

int64_t module_install(void) {
  const uint64_t size = (uint64_t)(module_image_end - module_image);
  void *to = TO_VIRTUAL(SLOT_IPA(SLOT_OWN));
  if (modules[SLOT_OWN].base != 0 || size > CODE_SIZE) return ERROR_RESOURCE;
  if (kernel_map((uint64_t)to, SLOT_IPA(SLOT_OWN), CODE_SIZE, kernel_data_attributes) != 0) return ERROR_RESOURCE;
  memcpy(to, module_image, size);
  for (uint64_t line = 0; line < size; line += CACHE_LINE) {
    __asm__ volatile("dc cvau, %0" : : "r"((uint64_t)to + line) : "memory");
  }
  dsb_ish();
  return load(SLOT_OWN, "checksum");
}

int64_t module_remove(void) {
  if (modules[SLOT_OWN].base == 0) return ERROR_ARGUMENT;
  unload(&modules[SLOT_OWN]);
  return 0;
}
