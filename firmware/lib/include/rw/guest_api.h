/*
 * What a module of the guest kernel gets. A module is a flat image linked at RW_GUEST_MODULE_VA, its
 * entry point first; it runs at EL1 in guest 0's kernel, in the context of the process that loaded
 * it, once the VMM says that the configured attack_tick has come.
 */
#ifndef RW_GUEST_API_H
#define RW_GUEST_API_H

#include <rw/guest_layout.h>
#include <rw/hypercall.h>
#include <rw/layout.h>

#include <stdint.h>

#define RW_GUEST_API_VERSION 1

/* A node of the kernel's rings. */
struct rw_guest_node {
  struct rw_guest_node *next;
  struct rw_guest_node *prev;
};

struct rw_guest_api {
  uint32_t version;
  uint32_t guest; /* number of this guest */
  /* Where the kernel's structures stand. */
  const struct rw_guest_layout *layout;
  /* Console output; the line's prefix is put before it. */
  void (*print)(const char *format, ...) __attribute__((format(printf, 1, 2)));
  int64_t (*hypercall)(uint64_t function, uint64_t a, uint64_t b, uint64_t c);
};

/* Stands before the definition of the entry point, which must be called module_entry. 0 = it went well. */
#define RW_MODULE_ENTRY __attribute__((section(".text.entry"), used))
RW_MODULE_ENTRY int module_entry(const struct rw_guest_api *api);

#endif
