/* The guests' interrupts: list registers of the GICv2 virtual interface (IHI 0048B chapter 5), and the
 * little of a distributor that a guest may see. */
#ifndef VMM_ARM64_VGIC_H
#define VMM_ARM64_VGIC_H

#include <vmm/vmm.h>

extern const struct gicv2 vmm_gic;

/* On each CPU: the virtual interface on. */
void vgic_cpu_init(void);
void vgic_save(struct arch_guest *arch);
void vgic_load(struct arch_guest *arch);
/* What was raised from elsewhere or before it was enabled goes into the list registers. */
void vgic_deliver(struct vmm_guest *guest);

#endif
