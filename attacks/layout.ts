/** Physical places that the firmware agrees on (`firmware/lib/include/rw/layout.h`), as far as ground truth needs them. */
export const GUEST0_RAM = 0x4200_0000;
/** The carve-out that the address-space controller closes under tvmi. */
export const SECURE_CARVE_OUT = { start: 0x4600_0000, end: 0x4700_0000 };
