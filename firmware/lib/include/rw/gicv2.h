/* GICv2 (Arm IHI 0048B): registers and what our firmware does with them. */
#ifndef RW_GICV2_H
#define RW_GICV2_H

#include <stdint.h>

/* Distributor */
#define GICD_CTLR 0x000
#define GICD_TYPER 0x004
#define GICD_IIDR 0x008
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
#define GICD_SGIR_TARGETS 16
#define GICD_CTLR_ENABLE_GROUP0 1u
#define GICD_CTLR_ENABLE_GROUP1 2u

/* CPU interface, and virtual CPU interface */
#define GICC_CTLR 0x00
#define GICC_PMR 0x04
#define GICC_BPR 0x08
#define GICC_IAR 0x0c
#define GICC_EOIR 0x10
#define GICC_RPR 0x14
#define GICC_HPPIR 0x18
#define GICC_AIAR 0x20
#define GICC_AEOIR 0x24
#define GICC_DIR 0x1000
#define GICC_CTLR_ENABLE_GROUP0 (1u << 0)
#define GICC_CTLR_ENABLE_GROUP1 (1u << 1)
#define GICC_CTLR_ACK_CTL (1u << 2)
#define GICC_CTLR_FIQ_EN (1u << 3)
#define GICC_INTERRUPT(iar) ((iar) & 0x3ff)
#define GIC_SPURIOUS 1023u
/* A group 1 interrupt is pending and was read by GICC_IAR without AckCtl. */
#define GIC_PENDING_GROUP1 1022u

/* Virtual interface control */
#define GICH_HCR 0x00
#define GICH_VTR 0x04
#define GICH_VMCR 0x08
#define GICH_MISR 0x10
#define GICH_EISR0 0x20
#define GICH_ELRSR0 0x30
#define GICH_APR 0xf0
#define GICH_LR 0x100
#define GICH_HCR_EN 1u
#define GICH_LR_COUNT(vtr) (((vtr) & 0x3f) + 1)
#define GICH_LR_VIRTUAL_ID(lr) ((lr) & 0x3ff)
#define GICH_LR_PRIORITY(priority) (((uint32_t)(priority) >> 3) << 23)
#define GICH_LR_PENDING (1u << 28)
#define GICH_LR_ACTIVE (1u << 29)
#define GICH_LR_GROUP1 (1u << 30)

/* Priorities: group 0 (secure) before group 1. The normal world sees its own as (value << 1). */
#define GIC_PRIORITY_SECURE 0x20
#define GIC_PRIORITY_NORMAL 0xa0
#define GIC_PRIORITY_MASK_ALL 0xff

static inline uint32_t mmio_read32(uintptr_t address) { return *(volatile uint32_t *)address; }
static inline void mmio_write32(uintptr_t address, uint32_t value) { *(volatile uint32_t *)address = value; }
static inline void mmio_write8(uintptr_t address, uint8_t value) { *(volatile uint8_t *)address = value; }

/* The base addresses that the caller sees. */
struct gicv2 {
  uintptr_t distributor;
  uintptr_t cpu;
};

/* From EL3, once: every interrupt to group 1, disabled; both groups forwarded. */
void gicv2_secure_init(const struct gicv2 *gic);
/* From EL3, on each CPU: its banked interrupts to group 1, its interface signalling group 0 as FIQ. */
void gicv2_secure_cpu_init(const struct gicv2 *gic);
/* From EL3: an interrupt into group 0 and enabled, aimed at CPU 0 where it is shared. */
void gicv2_enable_secure(const struct gicv2 *gic, unsigned interrupt);
/* From EL3: a software-generated interrupt of group 0 to the CPUs of a mask, one bit for each interface. */
void gicv2_send_secure(const struct gicv2 *gic, unsigned interrupt, uint32_t cpus);
/* From the normal world, on each CPU: its interface enabled, nothing masked. */
void gicv2_cpu_init(const struct gicv2 *gic);
void gicv2_enable(const struct gicv2 *gic, unsigned interrupt);
void gicv2_disable(const struct gicv2 *gic, unsigned interrupt);
/* Number of the interrupt taken, or GIC_SPURIOUS. The raw value goes back into gicv2_end. */
uint32_t gicv2_acknowledge(const struct gicv2 *gic);
void gicv2_end(const struct gicv2 *gic, uint32_t acknowledged);

#endif
