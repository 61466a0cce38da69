/* Doubly linked rings with a head of their own. */
#include <guest/kernel.h>

void ring_init(struct rw_guest_node *head) { head->next = head->prev = head; }

void ring_append(struct rw_guest_node *head, struct rw_guest_node *node) {
  node->next = head;
  node->prev = head->prev;
  head->prev->next = node;
  head->prev = node;
}

void ring_remove(struct rw_guest_node *node) {
  node->prev->next = node->next;
  node->next->prev = node->prev;
  node->next = node->prev = node;
}
