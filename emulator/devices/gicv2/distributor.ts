import { type DeviceContext, hex, identification } from '../context.ts';
import type { Device, Initiator } from '../device.ts';
import type { InterruptState } from './interrupts.ts';
import { Gicd, PRIVATE_INTERRUPTS, SGIS } from './registers.ts';

const SECTION = 'Arm IHI 0048B.b 4.3';
/** Architecture version 2, as a GIC-400 reports it. */
const IDENTIFICATION = [0x04, 0x00, 0x00, 0x00, 0x90, 0xb4, 0x2b, 0x00, 0x0d, 0xf0, 0x05, 0xb1] as const;
const IIDR = 0x0000_043b;
const TYPER_SECURITY_EXTN = 1 << 10;
/** GICD_SGIR (4.3.15). */
const SGIR_NSATT = 1 << 15;

/** One access: whose registers, and with which view. */
interface View {
  readonly cpu: number;
  /** The access sees secure state: it is secure, or the GIC has no security extensions. */
  readonly secure: boolean;
}

/** A register bank of 32-bit words, or of bytes, at `start` (inclusive) to `end`. `n` is the word's or byte's index. */
interface Bank {
  readonly start: number;
  readonly end: number;
  /** Byte accesses are allowed (4.1.4). */
  readonly bytes?: true;
  readonly read: (n: number, view: View) => number;
  readonly write: (n: number, value: number, view: View) => void;
}

/** The GICv2 distributor's programming interface (IHI 0048B 4.3). */
export class Distributor implements Device {
  readonly name = 'gicd';
  readonly size = 0x1000;
  private readonly state: InterruptState;
  private readonly security: boolean;
  private readonly context: DeviceContext;
  private readonly changed: () => void;
  private readonly banks: readonly Bank[];

  /**
   * @param security the security extensions are present
   * @param changed called after each write
   */
  constructor(state: InterruptState, security: boolean, context: DeviceContext, changed: () => void) {
    this.state = state;
    this.security = security;
    this.context = context;
    this.changed = changed;
    this.banks = this.layout();
  }

  private layout(): Bank[] {
    const s = this.state;
    const ignore = () => {};
    /** Bits of a word that an access may see: a non-secure one sees Group 1 alone (4.1.2). */
    const visible = (w: number, view: View) => (view.secure ? 0xffffffff : s.group[w]);
    const bits = (start: number, read: (w: number) => number, write: (w: number, bits: number) => void): Bank => ({
      start,
      end: start + 0x80,
      read: (n, view) => {
        if (n * 32 >= s.count) return 0;
        const w = s.word(view.cpu, n);
        return read(w) & visible(w, view);
      },
      write: (n, value, view) => {
        if (n * 32 >= s.count) return;
        const w = s.word(view.cpu, n);
        write(w, value & visible(w, view));
      },
    });
    // SGIs are permanently enabled and are made pending through GICD_SPENDSGIRn alone (4.3.5, 4.3.7).
    const notSgis = (w: number) => (w < s.cpus ? 0xffff0000 : 0xffffffff);
    return [
      {
        start: Gicd.CTLR,
        end: Gicd.TYPER,
        read: (_, view) => (view.secure ? s.ctlr : s.ctlr >> 1),
        write: (_, value, view) => {
          s.ctlr = view.secure ? value & 3 : (s.ctlr & 1) | ((value & 1) << 1);
        },
      },
      { start: Gicd.TYPER, end: Gicd.IIDR, read: () => this.typer(), write: ignore },
      { start: Gicd.IIDR, end: Gicd.IIDR + 4, read: () => IIDR, write: ignore },
      {
        start: Gicd.IGROUPR,
        end: Gicd.ISENABLER,
        read: (n, view) => (view.secure && n * 32 < s.count ? s.group[s.word(view.cpu, n)] : 0),
        write: (n, value, view) => {
          if (view.secure && n * 32 < s.count) s.group[s.word(view.cpu, n)] = value;
        },
      },
      bits(
        Gicd.ISENABLER,
        (w) => s.enabled[w],
        (w, b) => {
          s.enabled[w] |= b;
        },
      ),
      bits(
        Gicd.ICENABLER,
        (w) => s.enabled[w],
        (w, b) => {
          s.enabled[w] &= ~(b & notSgis(w));
        },
      ),
      bits(
        Gicd.ISPENDR,
        (w) => s.pendingWord(w),
        (w, b) => {
          s.latched[w] |= b & notSgis(w);
        },
      ),
      bits(
        Gicd.ICPENDR,
        (w) => s.pendingWord(w),
        (w, b) => {
          s.latched[w] &= ~(b & notSgis(w));
        },
      ),
      bits(
        Gicd.ISACTIVER,
        (w) => s.active[w],
        (w, b) => {
          s.active[w] |= b;
        },
      ),
      bits(
        Gicd.ICACTIVER,
        (w) => s.active[w],
        (w, b) => {
          s.active[w] &= ~b;
        },
      ),
      {
        start: Gicd.IPRIORITYR,
        end: Gicd.IPRIORITYR + 0x400,
        bytes: true,
        read: (id, view) => this.readPriority(id, view),
        write: (id, value, view) => this.writePriority(id, value, view),
      },
      {
        start: Gicd.ITARGETSR,
        end: Gicd.ICFGR,
        bytes: true,
        read: (id, view) => this.readTargets(id, view),
        write: (id, value, view) => this.writeTargets(id, value, view),
      },
      {
        start: Gicd.ICFGR,
        end: Gicd.ICFGR + 0x100,
        read: (n, view) => this.readConfig(n, view),
        write: (n, value, view) => this.writeConfig(n, value, view),
      },
      {
        start: Gicd.NSACR,
        end: Gicd.SGIR,
        // Optional, and absent as in the GIC-400: RAZ/WI (4.3.14).
        read: () => 0,
        write: (n, value) => {
          if (value !== 0) this.context.gap(`GICD_NSACR${n}`, `${SECTION}.14`);
        },
      },
      { start: Gicd.SGIR, end: Gicd.SGIR + 4, read: () => 0, write: (_, value, view) => this.sendSgi(value, view) },
      {
        start: Gicd.CPENDSGIR,
        end: Gicd.SPENDSGIR,
        bytes: true,
        read: (id, view) => (this.sees(id, view) ? s.sgiSources(view.cpu, id) : 0),
        write: (id, value, view) => {
          if (this.sees(id, view)) s.setSgiSources(view.cpu, id, s.sgiSources(view.cpu, id) & ~value);
        },
      },
      {
        start: Gicd.SPENDSGIR,
        end: Gicd.SPENDSGIR + SGIS,
        bytes: true,
        read: (id, view) => (this.sees(id, view) ? s.sgiSources(view.cpu, id) : 0),
        write: (id, value, view) => {
          const cpus = (1 << s.cpus) - 1;
          if (this.sees(id, view)) s.setSgiSources(view.cpu, id, s.sgiSources(view.cpu, id) | (value & cpus));
        },
      },
      {
        start: Gicd.IDENTIFICATION,
        end: 0x1000,
        read: (n) => identification(n * 4, 0, IDENTIFICATION) ?? 0,
        write: ignore,
      },
    ];
  }

  read(offset: number, size: number, by: Initiator): number {
    const view = this.view(by);
    const bank = this.bankAt(offset);
    if (!bank || offset % size !== 0) {
      this.context.gap(`GICD read of ${size} bytes at ${hex(offset)}`, SECTION);
      return 0;
    }
    if (!bank.bytes) {
      const word = bank.read((offset - bank.start) >> 2, view) >>> 0;
      return size === 4 ? word : (word >>> ((offset & 3) * 8)) & (size === 1 ? 0xff : 0xffff);
    }
    let value = 0;
    for (let i = 0; i < size; i++) value |= bank.read(offset - bank.start + i, view) << (i * 8);
    return value >>> 0;
  }

  write(offset: number, size: number, value: number, by: Initiator): void {
    const view = this.view(by);
    const bank = this.bankAt(offset);
    if (!bank || offset % size !== 0 || (size !== 4 && !bank.bytes)) {
      this.context.gap(`GICD write of ${size} bytes at ${hex(offset)}`, SECTION);
      return;
    }
    if (!bank.bytes) bank.write((offset - bank.start) >> 2, value, view);
    else for (let i = 0; i < size; i++) bank.write(offset - bank.start + i, (value >>> (i * 8)) & 0xff, view);
    this.changed();
  }

  reset(): void {
    this.state.reset();
    this.changed();
  }

  save(): unknown {
    return this.state.save();
  }

  restore(state: unknown): void {
    this.state.restore(state as ReturnType<InterruptState['save']>);
  }

  private view(by: Initiator): View {
    return { cpu: by.cpu, secure: by.secure || !this.security };
  }

  private bankAt(offset: number): Bank | undefined {
    return this.banks.find((b) => offset >= b.start && offset < b.end);
  }

  /** The access sees an interrupt that exists. */
  private sees(id: number, view: View): boolean {
    return id < this.state.count && (view.secure || this.state.groupOf(view.cpu, id) === 1);
  }

  private typer(): number {
    const s = this.state;
    return (s.count / 32 - 1) | ((s.cpus - 1) << 5) | (this.security ? TYPER_SECURITY_EXTN : 0);
  }

  /** A non-secure access sees the lower half of the priorities as the whole range (3.8.2, figure 3-5). */
  private readPriority(id: number, view: View): number {
    if (!this.sees(id, view)) return 0;
    const priority = this.state.priorityOf(view.cpu, id);
    return view.secure ? priority : (priority << 1) & 0xff;
  }

  private writePriority(id: number, value: number, view: View): void {
    if (this.sees(id, view)) this.state.setPriority(view.cpu, id, view.secure ? value : 0x80 | (value >> 1));
  }

  private readTargets(id: number, view: View): number {
    if (this.state.cpus === 1 || !this.sees(id, view)) return 0;
    return id < PRIVATE_INTERRUPTS ? 1 << view.cpu : this.state.targets[id - PRIVATE_INTERRUPTS];
  }

  private writeTargets(id: number, value: number, view: View): void {
    const s = this.state;
    if (s.cpus === 1 || id < PRIVATE_INTERRUPTS || !this.sees(id, view)) return;
    s.targets[id - PRIVATE_INTERRUPTS] = value & ((1 << s.cpus) - 1);
  }

  /** Bit 1 of each pair of GICD_ICFGRn is 1 for an edge-triggered interrupt; SGIs are always so (4.3.13). */
  private readConfig(n: number, view: View): number {
    const s = this.state;
    if (n * 16 >= s.count) return 0;
    const w = s.word(view.cpu, n >> 1);
    const half = ((view.secure ? s.edge[w] : s.edge[w] & s.group[w]) >>> ((n & 1) * 16)) & 0xffff;
    let value = 0;
    for (let i = 0; i < 16; i++) value |= ((half >> i) & 1) << (i * 2 + 1);
    return value >>> 0;
  }

  private writeConfig(n: number, value: number, view: View): void {
    const s = this.state;
    if (n === 0 || n * 16 >= s.count) return;
    const w = s.word(view.cpu, n >> 1);
    for (let i = 0; i < 16; i++) {
      const bit = 1 << ((n & 1) * 16 + i);
      if (!view.secure && (s.group[w] & bit) === 0) continue;
      if ((value >>> (i * 2 + 1)) & 1) s.edge[w] |= bit;
      else s.edge[w] &= ~bit;
    }
  }

  /**
   * GICD_SGIR (4.3.15). A secure write names with NSATT the group that the SGI must have at the target; a non-secure
   * one reaches only targets where it is in Group 1 (table 4-22).
   */
  private sendSgi(value: number, view: View): void {
    const s = this.state;
    const id = value & 0xf;
    const all = (1 << s.cpus) - 1;
    const self = 1 << view.cpu;
    const filter = (value >>> 24) & 3;
    if (filter === 3) return;
    const list = [(value >>> 16) & all, all & ~self, self][filter];
    const group = !view.secure || value & SGIR_NSATT ? 1 : 0;
    for (let target = 0; target < s.cpus; target++) {
      if (((list >> target) & 1) === 0) continue;
      if (this.security && s.groupOf(target, id) !== group) continue;
      s.setSgiSources(target, id, s.sgiSources(target, id) | self);
    }
  }
}
