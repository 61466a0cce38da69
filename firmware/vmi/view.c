#include <vmi/view.h>

#include <rw/string.h>

/* TTBRn_EL1 without ASID and CnP */
#define TABLE_ADDRESS 0x0000fffffffffffeull

bool vmi_follow(struct vmi_memory *memory, uint64_t head, uint32_t node, vmi_visitor visit, void *context,
                uint32_t *steps) {
  uint64_t at;
  *steps = 0;
  if (!vmi_read64(memory, head, &at)) return false;
  while (at != head) {
    if (*steps == VMI_MAX_RING) return false;
    ++*steps;
    if (!visit(context, at - node) || !vmi_read64(memory, at, &at)) return false;
  }
  return true;
}

struct reader {
  struct vmi_view *view;
  struct vmi_memory *memory;
  const struct rw_guest_layout *layout;
};

static void read_name(struct vmi_memory *memory, uint64_t va, char name[VMI_NAME]) {
  char bytes[VMI_NAME];
  memset(name, 0, VMI_NAME);
  if (!vmi_read(memory, va, bytes, sizeof bytes)) return;
  for (size_t i = 0; i + 1 < VMI_NAME && bytes[i] >= ' ' && bytes[i] <= '~'; i++) name[i] = bytes[i];
}

static bool read_task(void *context, uint64_t element) {
  const struct reader *reader = context;
  const struct rw_guest_layout *layout = reader->layout;
  struct vmi_view *view = reader->view;
  if (view->tasks == VMI_MAX_TASKS) return false;
  struct vmi_task *task = &view->task[view->tasks];
  task->address = element;
  if (!vmi_read32(reader->memory, element + layout->task_pid, &task->pid)) return false;
  if (!vmi_read64(reader->memory, element + layout->task_ttbr0, &task->ttbr0)) return false;
  read_name(reader->memory, element + layout->task_name, task->name);
  view->tasks++;
  return true;
}

bool vmi_read_tasks(struct vmi_view *view, struct vmi_memory *memory, const struct vmi_kernel *kernel,
                    uint32_t *steps) {
  struct reader reader = {view, memory, &kernel->layout};
  view->tasks = 0;
  return vmi_follow(memory, kernel->layout.task_list, kernel->layout.task_list_node, read_task, &reader, steps);
}

static bool read_module(void *context, uint64_t element) {
  const struct reader *reader = context;
  struct vmi_view *view = reader->view;
  if (view->modules == VMI_MAX_MODULES) return false;
  struct vmi_module *module = &view->module[view->modules];
  if (!vmi_read64(reader->memory, element + reader->layout->module_base, &module->base)) return false;
  if (!vmi_read64(reader->memory, element + reader->layout->module_bytes, &module->size)) return false;
  view->modules++;
  return true;
}

bool vmi_read_modules(struct vmi_view *view, struct vmi_memory *memory, const struct vmi_kernel *kernel,
                      uint32_t *steps) {
  struct reader reader = {view, memory, &kernel->layout};
  view->modules = 0;
  return vmi_follow(memory, kernel->layout.module_list, kernel->layout.module_node, read_module, &reader, steps);
}

const struct vmi_task *vmi_task_at(const struct vmi_view *view, uint64_t address) {
  for (uint32_t i = 0; i < view->tasks; i++) {
    if (view->task[i].address == address) return &view->task[i];
  }
  return NULL;
}

bool vmi_owns_table(const struct vmi_view *view, uint64_t ttbr0) {
  for (uint32_t i = 0; i < view->tasks; i++) {
    if (((view->task[i].ttbr0 ^ ttbr0) & TABLE_ADDRESS) == 0) return true;
  }
  return false;
}
