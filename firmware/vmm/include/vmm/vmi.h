/* The VMM's conventional introspection, in its own memory: what tvmi is the answer to. */
#ifndef VMM_VMI_H
#define VMM_VMI_H

#include <rw/vmm_api.h>

/* Under tvmi nothing relies on it, and the pointer is a constant like any other. */
#ifdef RW_SMC_REWRITE
#define VMI_POINTER const
#else
#define VMI_POINTER
#endif

/* The service by which the check reads a guest. */
extern VMI_POINTER rw_vmi_read_service rw_vmi_read;
/* The check's code (vmm.ld). */
extern const uint8_t rw_check_start[], rw_check_end[];

#endif
