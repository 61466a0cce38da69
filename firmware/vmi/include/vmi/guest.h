/* One guest's virtual CPU as a monitor sees it: its registers, and how far they can be believed. */
#ifndef VMI_GUEST_H
#define VMI_GUEST_H

#include <stdint.h>

enum vmi_presence {
  VMI_UNKNOWN,   /* never seen */
  VMI_ELSEWHERE, /* another CPU runs it, and is the one to look: seen from here, its lists may be half done */
  VMI_AWAY,      /* it does not run now: its registers are those seen last */
  VMI_IN_KERNEL, /* interrupted at EL1 */
  VMI_IN_PROCESS /* interrupted at EL0 */
};

struct vmi_guest {
  uint32_t vmid;
  uint32_t presence; /* enum vmi_presence */
  uint64_t sctlr;
  uint64_t ttbr0;
  uint64_t ttbr1;
  uint64_t tcr;
  uint64_t mair;
  uint64_t vbar;
  /* What its boot code chose, where the monitor saw it; chosen = 0: not known. */
  uint64_t chosen;
  uint64_t chosen_ttbr1;
  uint64_t chosen_tcr;
  uint64_t chosen_mair;
};

#endif
