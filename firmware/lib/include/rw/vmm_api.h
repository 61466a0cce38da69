/*
 * What a module of the VMM gets. A module is a flat image linked at its slot (RW_VMM_MODULES), its
 * entry point first; it runs at EL2 on the VMM's stack, with interrupts masked, when the VMM's tick
 * counter reaches the configured attack_tick. An abort that it takes ends it and nothing else.
 */
#ifndef RW_VMM_API_H
#define RW_VMM_API_H

#include <rw/config.h>
#include <rw/layout.h>

#include <stddef.h>
#include <stdint.h>

#define RW_VMM_API_VERSION 1

/* One guest as the VMM holds it. */
struct rw_vmm_guest {
  uint64_t ram;      /* physical address of its RAM */
  uint64_t ram_size; /* bytes */
  uint64_t stage2_root;
  /* What the VMM writes to VTTBR_EL2 whenever it switches to this guest. */
  uint64_t *vttbr;
};

/* Kinds of memory for `map`. */
enum rw_vmm_map { RW_VMM_MAP_READ, RW_VMM_MAP_WRITE, RW_VMM_MAP_EXECUTE, RW_VMM_MAP_DEVICE };

/* Reads guest memory for the VMM's own, conventional introspection: 0, or -1 where nothing is mapped. */
typedef int (*rw_vmi_read_service)(unsigned guest, uint64_t va, void *to, size_t size);

struct rw_vmm_api {
  uint32_t version;
  uint32_t guest_count;
  const struct rw_config *config;
  const struct rw_vmm_guest *guests;
  /* Console output; begin lines with "vmm: ". */
  void (*print)(const char *format, ...) __attribute__((format(printf, 1, 2)));
  /* Maps whole pages of physical memory into EL2's address space, with TLB maintenance. Under tvmi the
   * monitor decides. 0, or negative where it is refused or part of it is mapped by a larger block. */
  int (*map)(uint64_t va, uint64_t pa, uint64_t size, enum rw_vmm_map kind);
  /* The conventional introspection: where its code stands, and the pointer by which it reads a guest. */
  uint64_t check_start;
  uint64_t check_end;
  rw_vmi_read_service *vmi_read;
};

/* Stands before the definition of the entry point, which must be called module_entry. 0 = it went well. */
#define RW_MODULE_ENTRY __attribute__((section(".text.entry"), used))
RW_MODULE_ENTRY int module_entry(const struct rw_vmm_api *api);

#endif
