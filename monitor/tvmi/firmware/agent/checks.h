/* What a guest must not have changed, compared with what was measured. */
#ifndef AGENT_CHECKS_H
#define AGENT_CHECKS_H

#include "view.h"

/* What the agent remembers of a VM between commands. */
struct vm_memory {
  uint32_t vmid;
  bool up; /* its kernel has come up: from now on nothing below may change */
  uint64_t ttbr1;
  uint64_t tcr;
  struct view view;
};

/* Where findings go. */
struct findings {
  struct agent_exchange *exchange;
  struct vm_memory *vm;
};

/* Compares everything that can be seen of the VM now. */
void check_vm(struct findings *findings, struct guest_memory *memory, const struct kernel *kernel);
/* The guest's kernel is about to use `ttbr0`: a task of its list must own it. */
void check_switch(struct findings *findings, struct guest_memory *memory, const struct kernel *kernel, uint64_t ttbr0);

#endif
