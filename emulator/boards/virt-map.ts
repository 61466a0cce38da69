/**
 * What stands where on the board `virt`: one table, from which come both the machine and its device tree. It follows
 * QEMU's `virt` with `secure=on,virtualization=on,gic-version=2`, but for what `ours` marks.
 */

/** A window of physical addresses. */
export interface Window {
  readonly base: number;
  readonly size: number;
}

export interface Peripheral extends Window {
  /** Number of its shared interrupt, 0 for interrupt 32. */
  readonly spi?: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

export const Virt = {
  /** Boot ROM: secure alone where the board has a secure world. */
  flash0: { base: 0x0000_0000, size: 64 * MIB },
  flash1: { base: 0x0400_0000, size: 64 * MIB },
  gicDistributor: { base: 0x0800_0000, size: 64 * KIB },
  gicCpu: { base: 0x0801_0000, size: 64 * KIB },
  gicVirtualControl: { base: 0x0803_0000, size: 64 * KIB },
  gicVirtualCpu: { base: 0x0804_0000, size: 64 * KIB },
  uart0: { base: 0x0900_0000, size: 4 * KIB, spi: 1 },
  rtc: { base: 0x0901_0000, size: 4 * KIB, spi: 2 },
  fwCfg: { base: 0x0902_0000, size: 0x18 },
  gpio: { base: 0x0903_0000, size: 4 * KIB, spi: 7 },
  uart1: { base: 0x0904_0000, size: 4 * KIB, spi: 8 },
  secureGpio: { base: 0x090b_0000, size: 4 * KIB, spi: 0 },
  virtio: { base: 0x0a00_0000, size: 0x200, spi: 16 },
  /** Ours. */
  tzc: { base: 0x0a80_0000, size: 4 * KIB, spi: 48 },
  /** Ours: the DMA engine, its SMMU-lite in the second page. */
  dma: { base: 0x0a90_0000, size: 8 * KIB, spi: 49 },
  secureRam: { base: 0x0e00_0000, size: 16 * MIB },
  ram: { base: 0x4000_0000, size: 128 * MIB },
} as const satisfies Record<string, Peripheral>;

export const VIRTIO_TRANSPORTS = 32;
/** 32 private interrupts and 256 shared ones. */
export const INTERRUPTS = 288;
export const MAXIMUM_CPUS = 8;
/** RAM ends before 255 GiB there; here linear memory is below 4 GiB. */
export const MAXIMUM_RAM = 2048 * MIB;
export const MINIMUM_RAM = 2 * MIB;

/** Private interrupts of each CPU. */
export const Ppi = {
  performance: 23,
  maintenance: 25,
  timerHypervisor: 26,
  timerVirtual: 27,
  timerSecure: 29,
  timerPhysical: 30,
} as const;

/** Lines of the secure GPIO. */
export const SecureGpioLine = { powerOff: 0, reset: 1 } as const;
/** Line of the normal GPIO at which the power key hangs. */
export const POWER_KEY_LINE = 3;
/** Frequency of the clock that UARTs, GPIOs and the RTC are given. */
export const APB_CLOCK = 24_000_000;

/** Windows of the reference machine that are empty here, and what they hold there. */
export const ABSENT: readonly (Window & { readonly what: string })[] = [
  { base: 0x0802_0000, size: 4 * KIB, what: 'GICv2m frame' },
  { base: 0x0905_0000, size: 128 * KIB, what: 'SMMUv3' },
  { base: 0x0908_0000, size: 64 * KIB, what: 'ACPI event device' },
  { base: 0x0909_0000, size: 64 * KIB, what: 'NVDIMM and vCPU hotplug registers' },
  { base: 0x0c00_0000, size: 32 * MIB, what: 'platform bus' },
  { base: 0x1000_0000, size: 0x3000_0000, what: 'PCIe windows' },
];
