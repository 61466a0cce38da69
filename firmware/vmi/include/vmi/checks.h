/* What a guest must not have changed, compared with what was built. */
#ifndef VMI_CHECKS_H
#define VMI_CHECKS_H

#include <vmi/findings.h>
#include <vmi/guest.h>
#include <vmi/kernel.h>
#include <vmi/memory.h>
#include <vmi/view.h>

/* What a monitor remembers of a guest between two rounds. All zero to begin with. */
struct vmi_past {
  bool up; /* its kernel has come up: from now on nothing below may change */
  uint64_t ttbr1;
  uint64_t tcr;
  uint64_t mair;
};

/* One guest in one round. */
struct vmi_check {
  const struct vmi_guest *guest;
  const struct vmi_kernel *kernel;
  struct vmi_memory *memory;
  struct vmi_past *past;
  struct vmi_view *view;
  struct vmi_findings *findings;
};

/* Compares everything that can be seen of the guest now. */
void vmi_check_guest(const struct vmi_check *check);
/* The guest's kernel is about to use `ttbr0`: a task of its list must own it. */
void vmi_check_switch(const struct vmi_check *check, uint64_t ttbr0);

/* --- Between the files of the checks --- */

/* Whether the kernel runs its first task or did. Before, its own boot code may still change everything. */
bool vmi_is_up(const struct vmi_check *check);
void vmi_add(const struct vmi_check *check, enum vmi_finding_kind kind, uint64_t a, uint64_t b);
void vmi_check_processes(const struct vmi_check *check);
/* After vmi_check_processes, whose view it uses. */
void vmi_check_process_text(const struct vmi_check *check);
void vmi_check_modules(const struct vmi_check *check);

#endif
