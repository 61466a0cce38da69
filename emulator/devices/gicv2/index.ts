import type { DeviceContext } from '../context.ts';
import { type Device, ExternalAbort, type Initiator, type InterruptLine } from '../device.ts';
import { CpuInterface } from './cpu-interface.ts';
import { Distributor } from './distributor.ts';
import { InterruptState } from './interrupts.ts';
import { MAINTENANCE_PPI, PRIVATE_INTERRUPTS } from './registers.ts';
import { VirtualInterface } from './virtual-interface.ts';

/** The four interrupt inputs of a CPU. */
export interface CpuInterruptLines {
  readonly irq: InterruptLine;
  readonly fiq: InterruptLine;
  readonly virq: InterruptLine;
  readonly vfiq: InterruptLine;
}

export interface Gicv2Options {
  readonly context: DeviceContext;
  /** One entry for each CPU, at most 8. */
  readonly cpus: readonly CpuInterruptLines[];
  /** Interrupts that a CPU sees, its own 32 included; a multiple of 32. */
  readonly interrupts: number;
  /** The security extensions are present. */
  readonly security: boolean;
}

interface GicSnapshot {
  readonly state: ReturnType<InterruptState['save']>;
  readonly interfaces: unknown[];
  readonly virtual: unknown[];
}

/**
 * Arm Generic Interrupt Controller, architecture version 2 (IHI 0048B.b), with security and virtualisation extensions.
 * It is four memory-mapped frames over one state; `distributor` carries the state of all in a snapshot.
 */
export class Gicv2 {
  readonly distributor: Device;
  readonly cpuInterface: Device;
  readonly virtualControl: Device;
  readonly virtualCpu: Device;
  private readonly state: InterruptState;
  private readonly interfaces: CpuInterface[];
  private readonly virtual: VirtualInterface[];
  private readonly context: DeviceContext;

  constructor(options: Gicv2Options) {
    const { context, cpus, security } = options;
    this.context = context;
    this.state = new InterruptState(cpus.length, options.interrupts);
    this.interfaces = cpus.map((lines, cpu) => new CpuInterface(cpu, this.state, security, context, lines));
    this.virtual = cpus.map(
      (lines, cpu) =>
        new VirtualInterface(
          context,
          { ...lines, maintenance: { set: (level) => this.state.setLevel(cpu, MAINTENANCE_PPI, level) } },
          (id) => this.deactivateFromGuest(cpu, id),
        ),
    );
    this.distributor = this.wholeState(new Distributor(this.state, security, context, () => this.update()));
    this.cpuInterface = this.frame('gicc', 0x2000, {
      read: (cpu, offset, secure) => this.interfaces[cpu].read(offset, secure),
      write: (cpu, offset, value, secure) => this.interfaces[cpu].write(offset, value, secure),
    });
    this.virtualControl = this.frame('gich', 0x1000, {
      read: (cpu, offset) => this.virtual[cpu].readControl(offset),
      write: (cpu, offset, value) => this.virtual[cpu].writeControl(offset, value),
    });
    this.virtualCpu = this.frame('gicv', 0x2000, {
      read: (cpu, offset) => this.virtual[cpu].readCpu(offset),
      write: (cpu, offset, value) => this.virtual[cpu].writeCpu(offset, value),
    });
  }

  /** The input wire of a shared interrupt. @param n number of the SPI, 0 for interrupt 32 */
  spi(n: number): InterruptLine {
    return this.input(0, PRIVATE_INTERRUPTS + n);
  }

  /** The input wire of a CPU's private interrupt. @param id 16-31 */
  ppi(cpu: number, id: number): InterruptLine {
    return this.input(cpu, id);
  }

  /**
   * Does what secure firmware does before it enters the normal world: all interrupts in Group 1, the priority mask within
   * the normal world's reach. For images that are booted without firmware.
   */
  openToNormalWorld(): void {
    this.state.openToNormalWorld();
    for (const i of this.interfaces) i.openToNormalWorld();
    this.update();
  }

  private input(cpu: number, id: number): InterruptLine {
    return {
      set: (level) => {
        if (this.state.setLevel(cpu, id, level)) this.update();
      },
    };
  }

  /** Derives every output wire from the state. */
  private update(): void {
    for (let cpu = 0; cpu < this.interfaces.length; cpu++) {
      this.virtual[cpu].updateMaintenance();
      this.interfaces[cpu].update();
      this.virtual[cpu].update();
    }
  }

  /** A hypervisor is non-secure: what its guest ends can only be a Group 1 interrupt, and no SGI (5.2.1). */
  private deactivateFromGuest(cpu: number, id: number): void {
    if (id < 16 || id >= this.state.count || this.state.groupOf(cpu, id) === 0) return;
    this.state.deactivate(cpu, id);
  }

  private frame(
    name: string,
    size: number,
    access: {
      read: (cpu: number, offset: number, secure: boolean) => number;
      write: (cpu: number, offset: number, value: number, secure: boolean) => void;
    },
  ): Device {
    const check = (offset: number, bytes: number, by: Initiator): boolean => {
      if (by.cpu < 0) throw new ExternalAbort(offset, 'refused');
      if (bytes === 4) return true;
      this.context.gap(`${name.toUpperCase()} access of ${bytes} bytes`, 'Arm IHI 0048B.b 4.1.4');
      return false;
    };
    return {
      name,
      size,
      read: (offset, bytes, by) => {
        if (!check(offset, bytes, by)) return 0;
        const value = access.read(by.cpu, offset, by.secure);
        this.update();
        return value;
      },
      write: (offset, bytes, value, by) => {
        if (!check(offset, bytes, by)) return;
        access.write(by.cpu, offset, value, by.secure);
        this.update();
      },
      reset: () => {},
      save: () => null,
      restore: () => {},
    };
  }

  private wholeState(distributor: Distributor): Device {
    return {
      name: distributor.name,
      size: distributor.size,
      read: (offset, size, by) => {
        if (by.cpu < 0) throw new ExternalAbort(offset, 'refused');
        return distributor.read(offset, size, by);
      },
      write: (offset, size, value, by) => {
        if (by.cpu < 0) throw new ExternalAbort(offset, 'refused');
        distributor.write(offset, size, value, by);
      },
      reset: () => {
        for (const i of this.interfaces) i.reset();
        for (const v of this.virtual) v.reset();
        distributor.reset();
      },
      save: (): GicSnapshot => ({
        state: this.state.save(),
        interfaces: this.interfaces.map((i) => i.save()),
        virtual: this.virtual.map((v) => v.save()),
      }),
      restore: (saved) => {
        const s = saved as GicSnapshot;
        this.state.restore(s.state);
        this.interfaces.forEach((i, cpu) => {
          i.restore(s.interfaces[cpu]);
        });
        this.virtual.forEach((v, cpu) => {
          v.restore(s.virtual[cpu]);
        });
        this.update();
      },
    };
  }
}
