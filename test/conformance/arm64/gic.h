// The GICv2 of the board: registers by name (IHI 0048), and a plain state.
#ifndef GIC_H
#define GIC_H

#include <stdint.h>

#define GICD UINT64_C(0x08000000)
#define GICC UINT64_C(0x08010000)
#define GICH UINT64_C(0x08030000)
#define GICV UINT64_C(0x08040000)

#define GICD_CTLR 0x000
#define GICD_TYPER 0x004
#define GICD_IGROUPR 0x080
#define GICD_ISENABLER 0x100
#define GICD_ICENABLER 0x180
#define GICD_ISPENDR 0x200
#define GICD_ICPENDR 0x280
#define GICD_ISACTIVER 0x300
#define GICD_ICACTIVER 0x380
#define GICD_IPRIORITYR 0x400
#define GICD_ITARGETSR 0x800
#define GICD_ICFGR 0xc00
#define GICD_SGIR 0xf00
#define GICD_CPENDSGIR 0xf10
#define GICD_SPENDSGIR 0xf20

#define GICC_CTLR 0x00
#define GICC_PMR 0x04
#define GICC_BPR 0x08
#define GICC_IAR 0x0c
#define GICC_EOIR 0x10
#define GICC_RPR 0x14
#define GICC_HPPIR 0x18
#define GICC_ABPR 0x1c
#define GICC_APR(n) (0xd0 + 4 * (n))
#define GICC_NSAPR(n) (0xe0 + 4 * (n))
#define GICC_DIR 0x1000

#define GICC_CTLR_GRP0 1
#define GICC_CTLR_GRP1 2
#define GICC_CTLR_ACKCTL 4
#define GICC_CTLR_FIQEN 8
#define GICC_CTLR_CBPR 16
#define GICC_CTLR_EOIMODE_S 512

#define GICH_HCR 0x000
#define GICH_VTR 0x004
#define GICH_VMCR 0x008
#define GICH_MISR 0x010
#define GICH_EISR0 0x020
#define GICH_ELRSR0 0x030
#define GICH_APR 0x0f0
#define GICH_LR(n) (0x100 + 4 * (n))

#define LR_PENDING (1u << 28)
#define LR_ACTIVE (2u << 28)
#define LR_GROUP1 (1u << 30)
#define LR_HW (1u << 31)
#define LR_EOI (1u << 19)
#define LR_PRIORITY(p) ((uint32_t)(p) >> 3 << 23)
#define LR_PHYSICAL(n) ((uint32_t)(n) << 10)

/** Private interrupts of the board. */
enum { PPI_MAINTENANCE = 25, PPI_HYPERVISOR = 26, PPI_VIRTUAL = 27, PPI_SECURE = 29, PPI_PHYSICAL = 30 };

uint32_t gic_read(uint64_t base, uint32_t offset);
void gic_write(uint64_t base, uint32_t offset, uint32_t value);

/** Everything off, nothing pending or active, all interrupts in group 0 with priority 0xa0, no priority masked. */
void gic_reset(void);
/** Makes an interrupt group 1 (or 0), with a priority, and enables it. */
void gic_enable(int interrupt, int group, uint8_t priority);
/** Switches distributor and CPU interface on for both groups; `control` is added to GICC_CTLR. */
void gic_on(uint32_t control);
/** Sends an SGI to this CPU. */
void gic_sgi(int interrupt);
/** 1 if an interrupt is pending in the distributor. */
int gic_pending(int interrupt);

#endif
