/* What a monitor makes of a guest's memory: its tasks, who is ready, who runs, its modules. */
#ifndef VMI_VIEW_H
#define VMI_VIEW_H

#include <vmi/kernel.h>
#include <vmi/memory.h>

#define VMI_MAX_TASKS 64
#define VMI_MAX_MODULES 16
/* A ring of more elements than this is taken for endless. */
#define VMI_MAX_RING 256
#define VMI_NAME 16

struct vmi_task {
  uint64_t address;
  uint64_t ttbr0;
  uint32_t pid;
  char name[VMI_NAME];
};

struct vmi_module {
  uint64_t base;
  uint64_t size;
};

struct vmi_view {
  uint32_t tasks;
  uint32_t modules;
  struct vmi_task task[VMI_MAX_TASKS];
  struct vmi_module module[VMI_MAX_MODULES];
};

/* Called for each element of a ring; false ends the walk. */
typedef bool (*vmi_visitor)(void *context, uint64_t element);

/* Follows a ring from its head, `node` bytes into each element. True where it came back to its head;
 * `steps` says how many elements were followed. */
bool vmi_follow(struct vmi_memory *memory, uint64_t head, uint32_t node, vmi_visitor visit, void *context,
                uint32_t *steps);

/* Read the task list, or that of the modules. False where it is broken; `view` holds what was read so far. */
bool vmi_read_tasks(struct vmi_view *view, struct vmi_memory *memory, const struct vmi_kernel *kernel, uint32_t *steps);
bool vmi_read_modules(struct vmi_view *view, struct vmi_memory *memory, const struct vmi_kernel *kernel,
                      uint32_t *steps);

/* The task at that address, or NULL where the list does not hold it. */
const struct vmi_task *vmi_task_at(const struct vmi_view *view, uint64_t address);
/* Whether some task of the list owns that TTBR0_EL1 (the ASID does not count). */
bool vmi_owns_table(const struct vmi_view *view, uint64_t ttbr0);

#endif
