/*
 * Where things stand in the physical memory of board `virt` while our firmware runs.
 * Usable from C, assembly and linker-script expressions.
 */
#ifndef RW_LAYOUT_H
#define RW_LAYOUT_H

#define RW_PAGE_SIZE 0x1000
#define RW_MAX_CPUS 4

/* Devices of the board (the same places as on QEMU's `virt`). */
#define RW_GICD 0x08000000
#define RW_GICC 0x08010000
#define RW_GICH 0x08030000
#define RW_GICV 0x08040000
#define RW_UART0 0x09000000
#define RW_SECURE_UART 0x09040000
#define RW_SECURE_GPIO 0x090b0000
#define RW_TZC 0x0a800000
/* Ours, not on QEMU: the DMA engine, its SMMU-lite in the second page. */
#define RW_DMA 0x0a900000
#define RW_SMMU 0x0a901000

/* Interrupt numbers. */
#define RW_IRQ_GIC_MAINTENANCE 25
#define RW_IRQ_HYP_TIMER 26
#define RW_IRQ_VIRTUAL_TIMER 27
#define RW_IRQ_SECURE_TIMER 29
#define RW_IRQ_PHYSICAL_TIMER 30
#define RW_IRQ_UART0 33
#define RW_IRQ_SECURE_UART 40

/* Frequency of the generic counter, in Hz. */
#define RW_COUNTER_HZ 62500000

/* Secure ROM and RAM. */
#define RW_ROM 0x00000000
#define RW_ROM_SIZE 0x04000000
/* The trust anchor (rw/anchor.h), the last page of EL3's own part of the ROM; the bundle stands in flash. */
#define RW_ANCHOR 0x000ff000
#define RW_BUNDLE_OFFSET 0x00100000
#define RW_SECURE_RAM 0x0e000000
#define RW_SECURE_RAM_SIZE 0x01000000

/* Normal RAM. */
#define RW_RAM 0x40000000
#define RW_RAM_SIZE 0x08000000
#define RW_DEVICE_TREE RW_RAM
#define RW_DEVICE_TREE_SIZE 0x000f0000
/* EL3's copy of the bundle directory for the VMM, and of the run configuration. */
#define RW_DIRECTORY_COPY 0x400f0000
#define RW_CONFIG_COPY 0x400ff000
#define RW_VMM_IMAGE 0x40100000
#define RW_VMM_IMAGE_SIZE 0x00700000
#define RW_VMM_TABLES 0x40800000
#define RW_VMM_TABLES_SIZE 0x00800000
#define RW_VMM_MODULES 0x41000000
#define RW_VMM_MODULES_SIZE 0x01000000
#define RW_GUEST_RAM 0x42000000
#define RW_GUEST_RAM_SIZE 0x01000000
#define RW_GUESTS 2
/* Frames that memory exchange hands out. */
#define RW_SPARE_FRAMES 0x44000000
#define RW_SPARE_FRAMES_SIZE 0x00010000
#define RW_SECURE_CARVE_OUT 0x46000000
#define RW_SECURE_CARVE_OUT_SIZE 0x01000000

/* A module is a flat image at the start of its slot: code and constants, then from
 * RW_MODULE_DATA_OFFSET on data and .bss. Code is mapped read-only and executable, data writable. */
#define RW_MODULE_SLOT_SIZE 0x10000
#define RW_MODULE_DATA_OFFSET 0x8000

/* A guest's intermediate physical addresses. */
#define RW_GUEST_IPA_RAM 0x40000000
/* Page that the VMM fills for the guest (struct rw_guest_boot of rw/guest_boot.h). */
#define RW_GUEST_IPA_BOOT RW_GUEST_IPA_RAM
#define RW_GUEST_IPA_IMAGE 0x40080000
#define RW_GUEST_IPA_MODULES 0x40c00000
/* Mapped by the VMM page by page, on the first access. */
#define RW_GUEST_IPA_DEMAND 0x40e00000
#define RW_GUEST_IPA_DEMAND_SIZE 0x00200000
/* Pages that the other guest shares. */
#define RW_GUEST_IPA_SHARED 0x41000000
#define RW_GUEST_IPA_SHARED_SIZE 0x00200000
#define RW_GUEST_IPA_GICD 0x08000000
#define RW_GUEST_IPA_GICC 0x08010000
#define RW_GUEST_IPA_UART 0x09000000
#define RW_GUEST_IPA_FIFO 0x0b000000

/* The guest kernel maps all its RAM at this virtual address plus IPA. */
#define RW_GUEST_LINEAR_VA 0xffffff8000000000
#define RW_GUEST_MODULE_VA 0xffffff8040c00000

#endif
