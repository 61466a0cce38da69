/** The machine as ground truth may see it. */
import type { BuiltImage, CpuView, MachineView, Refusal } from '../attacks/truth.ts';
import type { Arm64Core } from '../emulator/arm64/core.ts';
import { slotOf } from '../emulator/arm64/registers/slots.ts';
import type { Machine } from '../emulator/engine/machine.ts';
import { Slot } from '../emulator/ir/slots.ts';
import type { HostileRange } from './compose.ts';

const SLOT_BY_NAME = new Map<string, number>();

/** Slot of a system register by its name. */
function slot(name: string): number {
  let found = SLOT_BY_NAME.get(name);
  if (found === undefined) {
    found = slotOf(name);
    SLOT_BY_NAME.set(name, found);
  }
  return found;
}

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
    return this.core.state.big(slot(name));
  }
}

/** What a run knows beside the machine itself. */
export interface Progress {
  firstHostileInstruction: number | undefined;
  attackDue: boolean;
  readonly refusals: Refusal[];
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
  };
}

/** Exception classes of ESR_ELx.EC (Arm ARM D1.10.4). */
const EC = { smc: 0x17, hvc: 0x16, abortLower: [0x20, 0x24], abortSame: [0x21, 0x25] } as const;
const EC_SHIFT = 26n;
/** Offsets of the synchronous vectors: from the current level with SPx, and from a lower level in AArch64 (D1.10.2). */
const SYNCHRONOUS = [0x200n, 0x400n];

/** Notices each synchronous exception that takes a CPU out of the payload's own pages. One look after each instruction. */
export class RefusalWatch {
  private readonly ranges: readonly HostileRange[];
  private readonly before: (bigint | undefined)[] = [];

  constructor(ranges: readonly HostileRange[]) {
    this.ranges = ranges;
  }

  /** True while a CPU's next instruction stands in the payload's pages. */
  look(view: MachineView, refusals: Refusal[]): boolean {
    let inside = false;
    for (const cpu of view.cpus) {
      const pc = cpu.pc;
      const hostile = this.ranges.some(
        (range) => cpu.level === range.level && pc >= range.va && pc < range.va + range.bytes,
      );
      const from = this.before[cpu.number];
      if (!hostile && from !== undefined) {
        const refusal = exceptionFrom(cpu, from, view.now);
        if (refusal) refusals.push(refusal);
      }
      this.before[cpu.number] = hostile ? pc : undefined;
      inside ||= hostile;
    }
    return inside;
  }
}

function exceptionFrom(cpu: CpuView, from: bigint, time: number): Refusal | undefined {
  const level = cpu.level;
  if (level === 0) return undefined;
  const link = cpu.register(`ELR_EL${level}`);
  const offset = cpu.pc - cpu.register(`VBAR_EL${level}`);
  // A call's link is the instruction behind it, any other exception's the instruction itself.
  if ((link !== from && link !== from + 4n) || !SYNCHRONOUS.includes(offset)) return undefined;
  const ec = Number((cpu.register(`ESR_EL${level}`) >> EC_SHIFT) & 0x3fn);
  // A guest's hypercall is how its kernel works, and no refusal.
  if (ec === EC.hvc) return undefined;
  if (ec === EC.smc) return { time, level, kind: 'secure-call' };
  const abort = [...EC.abortLower, ...EC.abortSame].some((one) => one === ec);
  return { time, level, kind: abort ? 'abort' : 'trap' };
}
