/* What the agent makes of a guest's memory: its tasks, who is ready, who runs, its modules. */
#ifndef AGENT_VIEW_H
#define AGENT_VIEW_H

#include "kernel.h"
#include "walk.h"

#define VIEW_MAX_TASKS 64
/* A ring of more elements than this is taken for endless. */
#define VIEW_MAX_RING 256
#define VIEW_NAME 16

struct view_task {
  uint64_t address;
  uint64_t ttbr0;
  uint32_t pid;
  char name[VIEW_NAME];
};

struct view {
  uint32_t vmid;
  uint32_t tasks;
  uint32_t modules;
  struct view_task task[VIEW_MAX_TASKS];
};

/* Called for each element of a ring; false ends the walk. */
typedef bool (*ring_visitor)(void *context, uint64_t element);

/* Follows a ring from its head, `node` bytes into each element. True where it came back to its head;
 * `steps` says how many elements were followed. */
bool ring_follow(struct guest_memory *memory, uint64_t head, uint32_t node, ring_visitor visit, void *context,
                 uint32_t *steps);

/* Reads the task list. False where it is broken; `view` holds what was read so far. */
bool view_tasks(struct view *view, struct guest_memory *memory, const struct kernel *kernel, uint32_t *steps);
/* Counts the modules. False where their list is broken. */
bool view_modules(struct view *view, struct guest_memory *memory, const struct kernel *kernel, uint32_t *steps);

/* The task at that address, or NULL where the list does not hold it. */
const struct view_task *view_task_at(const struct view *view, uint64_t address);
/* Whether some task of the list owns that TTBR0_EL1 (the ASID does not count). */
bool view_owns_table(const struct view *view, uint64_t ttbr0);

#endif
