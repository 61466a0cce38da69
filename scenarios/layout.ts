/** Where the firmware expects what a run is made from (`firmware/lib/include/rw/layout.h`). */
export const LAYOUT = {
  vmm: 0x4010_0000n,
  /** First module slot of the VMM. */
  vmmModules: 0x4100_0000n,
  /** RAM of guest 0 and of guest 1. */
  guests: [0x4200_0000n, 0x4300_0000n],
  /** Within a guest's RAM: its kernel image, and the first module slot of its kernel. */
  guestImage: 0x0008_0000n,
  guestModules: 0x00c0_0000n,
  /** Virtual address of that module slot. */
  guestModuleVa: 0xffff_ff80_40c0_0000n,
  /** Bytes of a module slot; its code stands in the first half. */
  moduleSlot: 0x1_0000,
  moduleData: 0x8000,
  secureCarveOut: 0x4600_0000n,
} as const;
