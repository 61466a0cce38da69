import { Arm64Core, type CoreLines } from '../arm64/core.ts';
import { type CountsState, EventCounts } from '../cost/counts.ts';
import type { DeviceContext } from '../devices/context.ts';
import type { Device, InterruptLine } from '../devices/device.ts';
import { DmaEngine } from '../devices/dma.ts';
import { FwCfg } from '../devices/fw-cfg.ts';
import { Gicv2 } from '../devices/gicv2/index.ts';
import { Pl011 } from '../devices/pl011.ts';
import { Pl031 } from '../devices/pl031.ts';
import { Pl061 } from '../devices/pl061.ts';
import { SerialLog } from '../devices/serial-log.ts';
import { Tzc400 } from '../devices/tzc400.ts';
import { VirtioMmioEmpty } from '../devices/virtio-mmio.ts';
import { Machine, type MachineOptions, type MachineState } from '../engine/machine.ts';
import type { Tuning } from '../engine/tier1/regions.ts';
import { Slot } from '../ir/slots.ts';
import type { BoardIdentity, Snapshot } from './snapshot-file.ts';
import { type BoardShape, type BootPlan, planBoot, type VirtImages } from './virt-boot.ts';
import { firmwareConduit } from './virt-conduit.ts';
import { startCpu } from './virt-cpu.ts';
import {
  ABSENT,
  INTERRUPTS,
  MAXIMUM_CPUS,
  MAXIMUM_RAM,
  MINIMUM_RAM,
  type Peripheral,
  POWER_KEY_LINE,
  Ppi,
  SecureGpioLine,
  VIRTIO_TRANSPORTS,
  Virt,
} from './virt-map.ts';

export interface VirtOptions {
  readonly images: VirtImages;
  /** Bytes of RAM, a multiple of 1 MiB. Default 128 MiB. */
  readonly memoryBytes?: number;
  /** 1 to 8. Default 1. */
  readonly cpus?: number;
  /** Decides the CPUs' turns. Default 0. */
  readonly seed?: number;
  /** The board has EL3 and a secure world. Default true. */
  readonly secure?: boolean;
  /** The board has EL2. Default true. */
  readonly virtualization?: boolean;
  /** HLT #0xf000 is a semihosting call. Default false, as on QEMU without `-semihosting`. */
  readonly semihosting?: boolean;
  /** Compile hot code; changes nothing but the speed. Default true. */
  readonly tier1?: boolean | Tuning;
  /** What carries out the CPUs' instructions, as for {@link Machine}. */
  readonly createRunner?: MachineOptions<Arm64Core>['createRunner'];
  /** What the real-time clock shows at power-on, seconds since 1970. Default 0. */
  readonly epoch?: number;
  /** Files of fw_cfg. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

/** A board at one moment. */
export interface VirtState {
  readonly machine: MachineState;
  readonly devices: readonly unknown[];
  readonly counts: CountsState;
  /** Bytes of a character of which the rest is still to come, by UART. */
  readonly openCharacters: readonly (readonly number[])[];
}

/** A device and where it stands. */
interface Placed {
  readonly device: Device;
  readonly at: Peripheral;
  readonly secureOnly?: boolean;
}

const MIB = 1024 * 1024;

/** Checks what the caller wants of the board. @throws RangeError */
function shapeOf(options: VirtOptions): BoardShape {
  const { memoryBytes = Virt.ram.size, cpus = 1, secure = true, virtualization = true } = options;
  if (!Number.isInteger(cpus) || cpus < 1 || cpus > MAXIMUM_CPUS)
    throw new RangeError(`virt has 1 to ${MAXIMUM_CPUS} CPUs, not ${cpus}`);
  if (memoryBytes % MIB !== 0 || memoryBytes < MINIMUM_RAM || memoryBytes > MAXIMUM_RAM)
    throw new RangeError(`virt has 2 MiB to ${MAXIMUM_RAM / MIB} MiB of RAM in whole MiB, not ${memoryBytes} bytes`);
  return { memoryBytes, cpus, secure, virtualization };
}

/** The board `virt`: a machine with its devices, loaded and ready to run. */
export class VirtBoard {
  readonly machine: Machine<Arm64Core>;
  /** What the UARTs sent; semihosting output goes with UART 0's. */
  readonly console = new SerialLog();
  readonly secureConsole = new SerialLog();
  /** What happened so far, on all CPUs. */
  readonly counts = new EventCounts();
  readonly gic: Gicv2;
  readonly uart0: Pl011;
  readonly uart1: Pl011;
  readonly tzc: Tzc400;
  readonly dma: DmaEngine;
  private readonly gpio: Pl061;
  private readonly shape: BoardShape;
  private readonly placed: Placed[] = [];
  private readonly plan: BootPlan;
  private readonly semihosting: boolean;

  /** @throws ImageError for images that cannot be booted @throws RangeError for a board that cannot be built */
  constructor(options: VirtOptions) {
    const shape = shapeOf(options);
    this.shape = shape;
    this.plan = planBoot(options.images, shape);
    this.semihosting = options.semihosting ?? false;
    this.machine = new Machine<Arm64Core>({
      cpus: shape.cpus,
      ramBytes: Virt.flash0.size + Virt.flash1.size + Virt.secureRam.size + shape.memoryBytes,
      seed: options.seed ?? 0,
      tier1: options.tier1 ?? true,
      ...(options.createRunner ? { createRunner: options.createRunner } : {}),
      createCore: (parts) =>
        new Arm64Core({
          ...parts,
          lines: this.privateLines(parts.number),
          siblings: this.siblings,
          counts: this.counts,
        }),
    });
    const { machine } = this;
    this.siblings.push(...machine.cores);
    const context: DeviceContext = {
      timeline: machine.timeline,
      gap: (what, section) => machine.unimplemented.record({ kind: 'device', what, section, pc: this.pc() }),
    };
    this.gic = new Gicv2({
      context,
      cpus: machine.cores.map((core) => core.inputs),
      interrupts: INTERRUPTS,
      security: shape.secure,
    });
    this.uart0 = this.uart('uart0', context, Virt.uart0, this.console);
    this.uart1 = this.uart('uart1', context, Virt.uart1, this.secureConsole);
    this.gpio = new Pl061('gpio', context, this.spi(Virt.gpio));
    this.tzc = new Tzc400(context, this.spi(Virt.tzc), Virt.ram.base, () => machine.phys.filterChanged());
    this.dma = new DmaEngine(context, machine.phys, this.spi(Virt.dma));
    this.addMemory();
    this.addDevices(context, options);
    const conduit = firmwareConduit(machine, {
      psci: this.plan.psci,
      shape,
      entryLevel: this.plan.el,
      semihosting: this.semihosting,
      output: (byte) => this.console.put(byte, machine.timeline.now()),
    });
    for (const core of machine.cores) core.conduit = conduit;
    this.powerOn();
  }

  /** Filled when the machine has made all cores. */
  private readonly siblings: Arm64Core[] = [];

  /** Loads the images and puts every CPU and device into its state after power-on. */
  private powerOn(): void {
    const { machine, plan } = this;
    for (const { device } of this.placed) device.reset();
    if (this.shape.secure && plan.el < 3) this.gic.openToNormalWorld();
    for (const piece of plan.pieces) {
      machine.phys.poke(piece.address, piece.data);
      if (piece.size > piece.data.length)
        machine.phys.poke(piece.address + piece.data.length, new Uint8Array(piece.size - piece.data.length));
    }
    for (const core of machine.cores) {
      startCpu(core, { entry: BigInt(plan.entry), el: plan.el, secure: plan.el === 3 }, this.shape);
      core.off = plan.psci !== undefined && core.number > 0;
    }
    machine.cores[0].state.setBig(Slot.GENERAL, BigInt(plan.deviceTree));
  }

  /** Resets the machine and loads its images again; RAM that they do not cover keeps its content. */
  reset(): void {
    this.powerOn();
    this.machine.resume();
  }

  /** Presses or releases the power key. */
  setPowerKey(pressed: boolean): void {
    this.gpio.setInput(POWER_KEY_LINE, pressed);
  }

  /** State of all devices, in the order in which they stand on the board. */
  saveDevices(): unknown[] {
    return this.placed.map(({ device }) => device.save());
  }

  restoreDevices(states: readonly unknown[]): void {
    this.placed.forEach(({ device }, i) => {
      device.restore(states[i]);
    });
  }

  /** The whole board at this moment. Only between two calls of the machine's `run`. */
  save(): VirtState {
    return {
      machine: this.machine.save(),
      devices: this.saveDevices(),
      counts: this.counts.save(),
      openCharacters: this.logs.map((log) => log.openCharacter()),
    };
  }

  /** Goes back to a saved moment of this board, or of one built with the same options. What the UARTs sent stays sent. */
  restore(state: VirtState): void {
    this.machine.restore(state.machine, () => this.restoreDevices(state.devices));
    this.counts.restore(state.counts);
    this.logs.forEach((log, i) => {
      log.resume(state.openCharacters[i]);
    });
  }

  /** What this board was built with: a board like it can be built from it and go on from {@link save}'s state. */
  get identity(): BoardIdentity {
    const { shape, plan } = this;
    return { board: 'virt', ...shape, semihosting: this.semihosting, entryLevel: plan.el, psci: plan.psci };
  }

  private get logs(): readonly SerialLog[] {
    return [this.console, this.secureConsole];
  }

  private pc(): string {
    const running = this.machine.cores.find((core) => core.state.base === 0) ?? this.machine.cores[0];
    return `0x${running.state.big(Slot.PC).toString(16)}`;
  }

  /** One record for each absent device, or each MiB of nothing. */
  private recordHole(pa: number): void {
    const absent = ABSENT.find(({ base, size }) => pa >= base && pa < base + size);
    const what = absent?.what ?? `nothing stands at 0x${(pa - (pa % MIB)).toString(16)}`;
    this.machine.unimplemented.record({
      kind: 'device',
      what,
      section: 'the memory map of the board virt',
      pc: this.pc(),
    });
  }

  private uart(name: string, context: DeviceContext, at: Peripheral, log: SerialLog): Pl011 {
    return new Pl011({ name, context, line: this.spi(at), onOutput: log.put });
  }

  private spi(at: Peripheral): InterruptLine {
    return this.gic.spi(at.spi!);
  }

  /** Wires of one CPU's timers to the interrupt controller, which comes after the CPUs. */
  private privateLines(cpu: number): Partial<CoreLines> {
    const wire = (id: number): InterruptLine => ({ set: (level) => this.gic?.ppi(cpu, id).set(level) });
    return {
      timerPhysical: wire(Ppi.timerPhysical),
      timerVirtual: wire(Ppi.timerVirtual),
      timerHypervisor: wire(Ppi.timerHypervisor),
      timerSecure: wire(Ppi.timerSecure),
      performance: wire(Ppi.performance),
    };
  }

  private addMemory(): void {
    const { phys } = this.machine;
    const { secure } = this.shape;
    phys.onDeviceAccess = (device) => this.counts.mmio(device.name);
    phys.onHole = (pa) => this.recordHole(pa);
    phys.addRam('flash0', Virt.flash0.base, Virt.flash0.size, { readOnly: true, secureOnly: secure });
    phys.addRam('flash1', Virt.flash1.base, Virt.flash1.size, { readOnly: true });
    if (secure) phys.addRam('secure RAM', Virt.secureRam.base, Virt.secureRam.size, { secureOnly: true });
    phys.addRam('RAM', Virt.ram.base, this.shape.memoryBytes);
    if (secure) {
      phys.setFilter(this.tzc.filter);
      phys.onRefused = this.tzc.refused;
    }
  }

  private addDevices(context: DeviceContext, options: VirtOptions): void {
    const { machine, gic, shape } = this;
    this.placed.push(
      { device: gic.distributor, at: Virt.gicDistributor },
      { device: gic.cpuInterface, at: Virt.gicCpu },
      { device: this.uart0, at: Virt.uart0 },
      { device: new Pl031(context, this.spi(Virt.rtc), options.epoch ?? 0), at: Virt.rtc },
      { device: this.gpio, at: Virt.gpio },
      {
        device: new FwCfg({
          context,
          bus: machine.phys,
          cpus: shape.cpus,
          files: options.files ?? {},
        }),
        at: Virt.fwCfg,
      },
      { device: this.dma, at: Virt.dma },
    );
    if (shape.virtualization)
      this.placed.push(
        { device: gic.virtualControl, at: Virt.gicVirtualControl },
        { device: gic.virtualCpu, at: Virt.gicVirtualCpu },
      );
    for (let n = 0; n < VIRTIO_TRANSPORTS; n++)
      this.placed.push({
        device: new VirtioMmioEmpty(`virtio-mmio${n}`),
        at: { ...Virt.virtio, base: Virt.virtio.base + n * Virt.virtio.size },
      });
    if (shape.secure) this.addSecureDevices(context);
    for (const { device, at, secureOnly } of this.placed)
      machine.phys.addDevice(at.base, device, { secureOnly: secureOnly ?? false });
  }

  private addSecureDevices(context: DeviceContext): void {
    const { machine } = this;
    const outputs: InterruptLine[] = [];
    outputs[SecureGpioLine.powerOff] = {
      set: (level) => level && machine.stop({ kind: 'exit', code: 0, text: 'powered off through the secure GPIO' }),
    };
    outputs[SecureGpioLine.reset] = {
      set: (level) => level && machine.stop({ kind: 'reset', code: 0, text: 'reset through the secure GPIO' }),
    };
    const secureGpio = new Pl061('secure-gpio', context, this.spi(Virt.secureGpio), outputs);
    this.placed.push(
      { device: this.uart1, at: Virt.uart1, secureOnly: true },
      { device: secureGpio, at: Virt.secureGpio, secureOnly: true },
      { device: this.tzc, at: Virt.tzc, secureOnly: true },
    );
  }
}

/** Makes the board of a snapshot, at its moment. Several may come from one snapshot: they share nothing that changes. */
export function resumeVirt(
  { identity, state }: Pick<Snapshot, 'identity' | 'state'>,
  options: Pick<VirtOptions, 'tier1' | 'createRunner'> = {},
): VirtBoard {
  const { memoryBytes, cpus, secure, virtualization, semihosting, ...resume } = identity;
  const board = createVirt({ images: { resume }, memoryBytes, cpus, secure, virtualization, semihosting, ...options });
  board.restore(state);
  return board;
}

/** Makes the board, loaded and ready to run. @throws ImageError @throws RangeError */
export function createVirt(options: VirtOptions): VirtBoard {
  return new VirtBoard(options);
}
