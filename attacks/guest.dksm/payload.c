/*
 * Changes what a field of the kernel's structures means: from now on the field at which a task's name was
 * built holds another task's, and the true names stand in a table of this module's. The kernel's code,
 * lists and tables stay as they are. Runs at EL1 in the guest's kernel.
 */
#include <rw/guest_api.h>

#define NAME_BYTES 16
#define MAX_TASKS 24

static struct {
  uint64_t task;
  char name[NAME_BYTES];
} true_names[MAX_TASKS];
static unsigned known;

static void copy(char *to, const char *from) {
  for (unsigned i = 0; i < NAME_BYTES; i++) to[i] = from[i];
}

RW_MODULE_ENTRY int module_entry(const struct rw_guest_api *api) {
  const struct rw_guest_layout *layout = api->layout;
  const struct rw_guest_node *head = (const struct rw_guest_node *)layout->task_list;
  for (const struct rw_guest_node *node = head->next; node != head && known < MAX_TASKS; node = node->next) {
    true_names[known].task = (uint64_t)node - layout->task_list_node;
    copy(true_names[known].name, (const char *)(true_names[known].task + layout->task_name));
    known++;
  }
  for (unsigned i = 0; i < known; i++) {
    copy((char *)(true_names[i].task + layout->task_name), true_names[(i + 1) % known].name);
  }
  return 0;
}
