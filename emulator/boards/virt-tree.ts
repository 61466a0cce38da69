import { cells64, type FdtNode, type FdtValue } from '../boot/fdt.ts';
import { PsciFunction } from '../boot/psci.ts';
import {
  APB_CLOCK,
  type Peripheral,
  POWER_KEY_LINE,
  Ppi,
  SecureGpioLine,
  VIRTIO_TRANSPORTS,
  Virt,
} from './virt-map.ts';

/** What of the board the device tree depends on. */
export interface TreeOptions {
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly secure: boolean;
  readonly virtualization: boolean;
  /** How PSCI is called; left out where firmware brings its own. */
  readonly psci?: 'smc' | 'hvc' | undefined;
  readonly bootargs?: string | undefined;
  readonly initrd?: { readonly start: number; readonly end: number } | undefined;
}

/** Interrupt specifier of the GIC binding: kind, number, flags. */
const Gic = { SPI: 0, PPI: 1, EDGE: 1, LEVEL_HIGH: 4 } as const;
/** PPI specifiers count from interrupt 16. */
const PPI_BASE = 16;
/** Bits 15:8 of a PPI's flags: the CPUs that have it. */
const CPU_MASK_SHIFT = 8;
const SMC64 = 0x4000_0000;
const KEY_POWER = 116;

const Phandle = { clock: 0x8000, gic: 0x8001, gpio: 0x8002, secureGpio: 0x8003, firstCpu: 0x8010 } as const;

function reg(...windows: { readonly base: number; readonly size: number }[]): number[] {
  return windows.flatMap((w) => [...cells64(w.base), ...cells64(w.size)]);
}

function nodeName(kind: string, window: { readonly base: number }): string {
  return `${kind}@${window.base.toString(16)}`;
}

function spi(peripheral: Peripheral, flags: number = Gic.LEVEL_HIGH): number[] {
  return [Gic.SPI, peripheral.spi ?? 0, flags];
}

/** Properties of a node that the secure world alone may use. */
const SECURE_ONLY: Readonly<Record<string, FdtValue>> = { status: 'disabled', 'secure-status': 'okay' };

function primecell(
  kind: string,
  at: Peripheral,
  clockNames: readonly string[],
  more: Record<string, FdtValue> = {},
): FdtNode {
  return {
    name: nodeName(kind, at),
    properties: {
      compatible: [`arm,${kind}`, 'arm,primecell'],
      reg: reg(at),
      ...(at.spi === undefined ? {} : { interrupts: spi(at) }),
      clocks: clockNames.map(() => Phandle.clock),
      'clock-names': clockNames,
      ...more,
    },
  };
}

function cpuNodes(options: TreeOptions): FdtNode {
  return {
    name: 'cpus',
    properties: { '#address-cells': 1, '#size-cells': 0 },
    children: Array.from({ length: options.cpus }, (_, n) => ({
      name: `cpu@${n}`,
      properties: {
        device_type: 'cpu',
        compatible: 'arm,cortex-a57',
        reg: n,
        ...(options.psci ? { 'enable-method': 'psci' } : {}),
        phandle: Phandle.firstCpu + n,
      },
    })),
  };
}

function psciNode(method: string): FdtNode {
  return {
    name: 'psci',
    properties: {
      compatible: ['arm,psci-1.0', 'arm,psci-0.2', 'arm,psci'],
      method,
      cpu_suspend: PsciFunction.CPU_SUSPEND | SMC64,
      cpu_off: PsciFunction.CPU_OFF,
      cpu_on: PsciFunction.CPU_ON | SMC64,
      migrate: PsciFunction.MIGRATE | SMC64,
    },
  };
}

/** Private interrupts that every CPU has, level-sensitive. */
function privateInterrupts(options: TreeOptions, ...ids: number[]): number[] {
  const flags = Gic.LEVEL_HIGH | (((1 << options.cpus) - 1) << CPU_MASK_SHIFT);
  return ids.flatMap((id) => [Gic.PPI, id - PPI_BASE, flags]);
}

function timerNode(options: TreeOptions): FdtNode {
  return {
    name: 'timer',
    properties: {
      compatible: ['arm,armv8-timer', 'arm,armv7-timer'],
      'always-on': true,
      interrupts: privateInterrupts(options, Ppi.timerSecure, Ppi.timerPhysical, Ppi.timerVirtual, Ppi.timerHypervisor),
    },
  };
}

function pmuNode(options: TreeOptions): FdtNode {
  return {
    name: 'pmu',
    properties: { compatible: 'arm,armv8-pmuv3', interrupts: privateInterrupts(options, Ppi.performance) },
  };
}

function gicNode(options: TreeOptions): FdtNode {
  const frames = [Virt.gicDistributor, Virt.gicCpu];
  const virtual = [Virt.gicVirtualControl, Virt.gicVirtualCpu];
  return {
    name: nodeName('intc', Virt.gicDistributor),
    properties: {
      compatible: 'arm,cortex-a15-gic',
      '#interrupt-cells': 3,
      'interrupt-controller': true,
      '#address-cells': 2,
      '#size-cells': 2,
      ranges: true,
      reg: reg(...frames, ...(options.virtualization ? virtual : [])),
      ...(options.virtualization ? { interrupts: [Gic.PPI, Ppi.maintenance - PPI_BASE, Gic.LEVEL_HIGH] } : {}),
      phandle: Phandle.gic,
    },
  };
}

function flashNode(kind: string, more: Record<string, FdtValue>, ...banks: { base: number; size: number }[]): FdtNode {
  return {
    name: nodeName(kind, banks[0]),
    properties: { compatible: 'cfi-flash', 'bank-width': 4, reg: reg(...banks), ...more },
  };
}

/** What only a board with a secure world has. */
function secureNodes(): FdtNode[] {
  return [
    flashNode('secflash', SECURE_ONLY, Virt.flash0),
    flashNode('flash', {}, Virt.flash1),
    primecell('pl011', Virt.uart1, ['uartclk', 'apb_pclk'], SECURE_ONLY),
    primecell('pl061', Virt.secureGpio, ['apb_pclk'], {
      '#gpio-cells': 2,
      'gpio-controller': true,
      phandle: Phandle.secureGpio,
      ...SECURE_ONLY,
    }),
    gpioAction('gpio-poweroff', SecureGpioLine.powerOff),
    gpioAction('gpio-restart', SecureGpioLine.reset),
    {
      name: nodeName('secram', Virt.secureRam),
      properties: { device_type: 'memory', reg: reg(Virt.secureRam), ...SECURE_ONLY },
    },
    {
      name: nodeName('tzc', Virt.tzc),
      properties: { compatible: 'arm,tzc-400', reg: reg(Virt.tzc), interrupts: spi(Virt.tzc), ...SECURE_ONLY },
    },
    { name: 'secure-chosen', properties: { 'stdout-path': `/${nodeName('pl011', Virt.uart1)}` } },
  ];
}

function gpioAction(name: string, line: number): FdtNode {
  return { name, properties: { compatible: name, gpios: [Phandle.secureGpio, line, 0], ...SECURE_ONLY } };
}

function virtioNodes(): FdtNode[] {
  return Array.from({ length: VIRTIO_TRANSPORTS }, (_, n) => {
    const at = { ...Virt.virtio, base: Virt.virtio.base + n * Virt.virtio.size };
    return {
      name: nodeName('virtio_mmio', at),
      properties: {
        compatible: 'virtio,mmio',
        reg: reg(at),
        interrupts: [Gic.SPI, Virt.virtio.spi + n, Gic.EDGE],
        'dma-coherent': true,
      },
    };
  });
}

function chosen(options: TreeOptions): FdtNode {
  const { bootargs, initrd } = options;
  return {
    name: 'chosen',
    properties: {
      'stdout-path': `/${nodeName('pl011', Virt.uart0)}`,
      ...(bootargs === undefined ? {} : { bootargs }),
      ...(initrd ? { 'linux,initrd-start': cells64(initrd.start), 'linux,initrd-end': cells64(initrd.end) } : {}),
    },
  };
}

/** The device tree of the board. */
export function virtTree(options: TreeOptions): FdtNode {
  return {
    name: '',
    properties: {
      compatible: 'linux,dummy-virt',
      model: 'linux,dummy-virt',
      'interrupt-parent': Phandle.gic,
      '#address-cells': 2,
      '#size-cells': 2,
    },
    children: [
      ...(options.psci ? [psciNode(options.psci)] : []),
      {
        name: nodeName('memory', Virt.ram),
        properties: { device_type: 'memory', reg: reg({ base: Virt.ram.base, size: options.memoryBytes }) },
      },
      cpuNodes(options),
      timerNode(options),
      pmuNode(options),
      gicNode(options),
      {
        name: 'apb-pclk',
        properties: {
          compatible: 'fixed-clock',
          '#clock-cells': 0,
          'clock-frequency': APB_CLOCK,
          'clock-output-names': 'clk24mhz',
          phandle: Phandle.clock,
        },
      },
      primecell('pl011', Virt.uart0, ['uartclk', 'apb_pclk']),
      primecell('pl031', Virt.rtc, ['apb_pclk']),
      primecell('pl061', Virt.gpio, ['apb_pclk'], {
        '#gpio-cells': 2,
        'gpio-controller': true,
        phandle: Phandle.gpio,
      }),
      {
        name: 'gpio-keys',
        properties: { compatible: 'gpio-keys' },
        children: [
          {
            name: 'poweroff',
            properties: {
              label: 'GPIO Key Poweroff',
              'linux,code': KEY_POWER,
              gpios: [Phandle.gpio, POWER_KEY_LINE, 0],
            },
          },
        ],
      },
      {
        name: nodeName('fw-cfg', Virt.fwCfg),
        properties: { compatible: 'qemu,fw-cfg-mmio', reg: reg(Virt.fwCfg), 'dma-coherent': true },
      },
      ...virtioNodes(),
      {
        name: nodeName('dma', Virt.dma),
        properties: { compatible: 'ringwarden,dma', reg: reg(Virt.dma), interrupts: spi(Virt.dma) },
      },
      ...(options.secure ? secureNodes() : [flashNode('flash', {}, Virt.flash0, Virt.flash1)]),
      chosen(options),
    ],
  };
}
