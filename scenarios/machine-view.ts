/** The machine as ground truth may see it. */
import type { ChannelView } from '../attacks/channel.ts';
import type { BuiltImage, CpuView, MachineView, Refusal } from '../attacks/truth.ts';
import type { Arm64Core } from '../emulator/arm64/core.ts';
import { readRegister } from '../emulator/arm64/inspection.ts';
import type { Machine } from '../emulator/engine/machine.ts';
import { Slot } from '../emulator/ir/slots.ts';
import type { HostileRange } from './compose.ts';

/** One CPU, read only. */
class Arm64CpuView implements CpuView {
  readonly number: number;
  private readonly core: Arm64Core;

  constructor(number: number, core: Arm64Core) {
    this.number = number;
    this.core = core;
  }

  get level(): 0 | 1 | 2 | 3 {
    return this.core.el as 0 | 1 | 2 | 3;
  }

  get secure(): boolean {
    return this.core.secure;
  }

  get pc(): bigint {
    return this.core.state.big(Slot.PC);
  }

  register(name: string): bigint {
    return readRegister(this.core, name);
  }
}

/** What a run knows beside the machine itself. */
export interface Progress {
  firstHostileInstruction: number | undefined;
  attackDue: boolean;
  readonly refusals: Refusal[];
  /** The way of the reports; undefined where there are none. */
  readonly channel: ChannelView | undefined;
}

/** The view of a running machine. */
export function viewOf(
  machine: Machine<Arm64Core>,
  images: ReadonlyMap<string, BuiltImage>,
  progress: Progress,
): MachineView {
  return {
    get now() {
      return machine.timeline.now();
    },
    cpus: machine.cores.map((core, number) => new Arm64CpuView(number, core)),
    peek: (pa, length) => machine.phys.peek(pa, length),
    image(name) {
      const image = images.get(name);
      if (!image) throw new Error(`this run has no image called ${name}`);
      return image;
    },
    images,
    get firstHostileInstruction() {
      return progress.firstHostileInstruction;
    },
    get attackDue() {
      return progress.attackDue;
    },
    refusals: progress.refusals,
    get channel() {
      return progress.channel;
    },
  };
}

/** Exception classes of ESR_ELx.EC (Arm ARM D1.10.4). */
const EC = { hvc: 0x16, smc: 0x17, aborts: [0x20, 0x21, 0x24, 0x25] } as const;
const EC_SHIFT = 26n;
const EC_MASK = 0x3fn;
/** Offsets of the synchronous vectors: from the current level with SPx, and from a lower level in AArch64 (D1.10.2). */
const SYNCHRONOUS = [0x200n, 0x400n];

/**
 * Follows the payload from its first instruction until it returns to whoever called it, and notices each synchronous
 * exception on the way. One look between each two instructions.
 */
export class RefusalWatch {
  private readonly range: HostileRange;
  /** CPU and return address of the payload's entry, once it runs. */
  private entered: { readonly cpu: number; readonly returnTo: bigint } | undefined;
  private returned = false;

  constructor(range: HostileRange) {
    this.range = range;
  }

  /** The payload runs and has not returned. */
  get active(): boolean {
    return this.entered !== undefined && !this.returned;
  }

  /** Looks who enters the payload, just before its first instruction: a few later it may have called out already. */
  begin(view: MachineView): void {
    this.entered ??= this.entry(view);
  }

  look(view: MachineView, refusals: Refusal[]): void {
    this.begin(view);
    if (!this.entered || this.returned) return;
    const cpu = view.cpus[this.entered.cpu];
    if (cpu.level === this.range.level && cpu.pc === this.entered.returnTo) this.returned = true;
    const refusal = refusalAt(cpu, view.now);
    if (refusal) refusals.push(refusal);
  }

  /** The payload's first instructions may have led into an exception before the first look. */
  private entry(view: MachineView): { cpu: number; returnTo: bigint } | undefined {
    const { level, va, bytes } = this.range;
    const inside = (pc: bigint) => pc >= va && pc < va + bytes;
    const cpu = view.cpus.find(
      (one) => (one.level === level && inside(one.pc)) || (atVector(one) && inside(one.register(`ELR_EL${one.level}`))),
    );
    return cpu && { cpu: cpu.number, returnTo: cpu.register('X30') };
  }
}

/** The CPU has just taken a synchronous exception. */
function atVector(cpu: CpuView): boolean {
  return cpu.level > 0 && SYNCHRONOUS.includes(cpu.pc - cpu.register(`VBAR_EL${cpu.level}`));
}

/** The CPU has just taken a synchronous exception that stops what it was at. */
function refusalAt(cpu: CpuView, time: number): Refusal | undefined {
  const level = cpu.level;
  if (level === 0 || !atVector(cpu)) return undefined;
  const ec = Number((cpu.register(`ESR_EL${level}`) >> EC_SHIFT) & EC_MASK);
  // A guest's hypercall is how its kernel works, and no refusal.
  if (ec === EC.hvc) return undefined;
  if (ec === EC.smc) return { time, level, kind: 'secure-call' };
  return { time, level, kind: EC.aborts.some((one) => one === ec) ? 'abort' : 'trap' };
}
