/** Physical places that the firmware agrees on (`firmware/lib/include/rw/layout.h`), as far as ground truth needs them. */
export const GUEST0_RAM = 0x4200_0000;
export const GUEST1_RAM = 0x4300_0000;
/** RAM of 128 MiB without the carve-out that belongs to the secure world. */
export const NORMAL_RAM = [
  { start: 0x4000_0000, end: 0x4600_0000 },
  { start: 0x4700_0000, end: 0x4800_0000 },
] as const;
/** Bytes of one guest's RAM. */
export const GUEST_RAM_BYTES = 0x0100_0000;
