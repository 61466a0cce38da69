/*
 * Starves a process by data alone: it is taken from the run queue as one that sleeps is, and its sleep is
 * long. Every list is whole, every state is one that the kernel itself makes. Runs at EL1 in the guest's
 * kernel.
 */
#include <rw/guest_api.h>

#include <stdbool.h>

/* Timer ticks. */
#define SLEEP 60
/* A process that computes and never asks to sleep. */
#define VICTIM "compute"

static bool is_victim(const char *name) {
  const char *wanted = VICTIM;
  while (*wanted != 0 && *name == *wanted) name++, wanted++;
  return *wanted == 0;
}

RW_MODULE_ENTRY int module_entry(const struct rw_guest_api *api) {
  const struct rw_guest_layout *layout = api->layout;
  struct rw_guest_node *head = (struct rw_guest_node *)layout->run_queue;
  for (struct rw_guest_node *node = head->next; node != head; node = node->next) {
    const uint64_t task = (uint64_t)node - layout->task_run_node;
    if (!is_victim((const char *)(task + layout->task_name))) continue;
    node->prev->next = node->next;
    node->next->prev = node->prev;
    node->next = node->prev = node;
    *(uint64_t *)(task + layout->task_sleep) = SLEEP;
    *(volatile uint32_t *)(task + layout->task_state) = layout->task_waiting;
    return 0;
  }
  return 1;
}
