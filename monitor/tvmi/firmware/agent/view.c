#include "view.h"

#include <rw/string.h>

/* TTBRn_EL1 without ASID and CnP */
#define TABLE_ADDRESS 0x0000fffffffffffeull

bool ring_follow(struct guest_memory *memory, uint64_t head, uint32_t node, ring_visitor visit, void *context,
                 uint32_t *steps) {
  uint64_t at;
  *steps = 0;
  if (!guest_read64(memory, head, &at)) return false;
  while (at != head) {
    if (*steps == VIEW_MAX_RING) return false;
    ++*steps;
    if (!visit(context, at - node) || !guest_read64(memory, at, &at)) return false;
  }
  return true;
}

struct task_reader {
  struct view *view;
  struct guest_memory *memory;
  const struct kernel *kernel;
};

static void read_name(struct guest_memory *memory, uint64_t va, char name[VIEW_NAME]) {
  memset(name, 0, VIEW_NAME);
  for (unsigned i = 0; i + 1 < VIEW_NAME; i++) {
    const uint8_t *byte = guest_page(memory, va + i);
    if (byte == NULL || *byte < ' ' || *byte > '~') return;
    name[i] = (char)*byte;
  }
}

static bool read_task(void *context, uint64_t element) {
  const struct task_reader *reader = context;
  const struct rw_guest_layout *layout = &reader->kernel->layout;
  struct view *view = reader->view;
  if (view->tasks == VIEW_MAX_TASKS) return false;
  struct view_task *task = &view->task[view->tasks];
  task->address = element;
  if (!guest_read32(reader->memory, element + layout->task_pid, &task->pid)) return false;
  if (!guest_read64(reader->memory, element + layout->task_ttbr0, &task->ttbr0)) return false;
  read_name(reader->memory, element + layout->task_name, task->name);
  view->tasks++;
  return true;
}

bool view_tasks(struct view *view, struct guest_memory *memory, const struct kernel *kernel, uint32_t *steps) {
  struct task_reader reader = {view, memory, kernel};
  view->tasks = 0;
  return ring_follow(memory, kernel->layout.task_list, kernel->layout.task_list_node, read_task, &reader, steps);
}

static bool count_module(void *context, uint64_t element) {
  (void)element;
  ++*(uint32_t *)context;
  return true;
}

bool view_modules(struct view *view, struct guest_memory *memory, const struct kernel *kernel, uint32_t *steps) {
  view->modules = 0;
  return ring_follow(memory, kernel->layout.module_list, kernel->layout.module_node, count_module, &view->modules,
                     steps);
}

const struct view_task *view_task_at(const struct view *view, uint64_t address) {
  for (uint32_t i = 0; i < view->tasks; i++) {
    if (view->task[i].address == address) return &view->task[i];
  }
  return NULL;
}

bool view_owns_table(const struct view *view, uint64_t ttbr0) {
  for (uint32_t i = 0; i < view->tasks; i++) {
    if (((view->task[i].ttbr0 ^ ttbr0) & TABLE_ADDRESS) == 0) return true;
  }
  return false;
}
