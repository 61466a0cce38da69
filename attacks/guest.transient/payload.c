/*
 * Hides a task for a moment that is much shorter than the way from one poll to the next, and links it back
 * into the list. Runs in the guest's kernel, and uses nothing of the instruction set.
 */
#include <rw/guest_api.h>

/* Times around an empty loop. */
#define MOMENT 1000

static struct rw_guest_node *node_at(uint64_t address) {
  return (struct rw_guest_node *)address;
}

RW_MODULE_ENTRY int module_entry(const struct rw_guest_api *api) {
  const struct rw_guest_layout *layout = api->layout;
  struct rw_guest_node *queue = node_at(layout->run_queue);
  if (queue->next == queue) return 1;
  const uint64_t task = (uint64_t)queue->next - layout->task_run_node;
  struct rw_guest_node *node = node_at(task + layout->task_list_node);
  node->prev->next = node->next;
  node->next->prev = node->prev;
  /* The compiler must not see that what it stores here is stored again. */
  __asm__ volatile("" : : : "memory");
  for (volatile unsigned i = 0; i < MOMENT; i++) {
  }
  node->prev->next = node;
  node->next->prev = node;
  return 0;
}
