import type { Device } from './device.ts';

/** Register offsets, Virtual I/O Device (VIRTIO) 1.2, 4.2.2. */
export const VirtioMmio = { MagicValue: 0x000, Version: 0x004, DeviceID: 0x008, VendorID: 0x00c } as const;

const MAGIC = 0x7472_6976;
/** The reference machine's transports speak the legacy interface (4.2.4). */
const LEGACY_VERSION = 1;

/** The reference machine's vendor number. */
const VENDOR = 0x554d_4551;
const VALUES: Readonly<Record<number, number>> = {
  [VirtioMmio.MagicValue]: MAGIC,
  [VirtioMmio.Version]: LEGACY_VERSION,
  [VirtioMmio.VendorID]: VENDOR,
};

/**
 * A virtio transport over MMIO with nothing behind it. DeviceID 0 tells the driver to ignore it (4.2.2.2), and all
 * other registers read as 0.
 */
export class VirtioMmioEmpty implements Device {
  readonly name: string;
  readonly size = 0x200;

  constructor(name: string) {
    this.name = name;
  }

  read(offset: number, size: number): number {
    const value = VALUES[offset & ~3] ?? 0;
    return size === 4 ? value : (value >>> ((offset & 3) * 8)) & (size === 1 ? 0xff : 0xffff);
  }

  write(): void {
    // No driver writes to a transport with DeviceID 0; nothing is there to take it (4.2.2.2).
  }

  reset(): void {}

  save(): unknown {
    return null;
  }

  restore(): void {}
}
