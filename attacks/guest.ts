/**
 * A guest's kernel as ground truth sees it: found through the live translation registers of the CPU that runs it, laid
 * out as its build says (`struct rw_guest_layout` of `firmware/lib/include/rw/guest_layout.h`).
 */
import {
  mappingOf,
  type Stage1Registers,
  type Stage2Registers,
  translate,
  translateStage2,
} from '../vmi/arm64/walk.ts';
import { type BuiltImage, type CpuView, type MachineView, readU64 } from './truth.ts';

const LAYOUT_BYTES = 168;
const LAYOUT_MAGIC = 0x314c_4757_524e_4952n;
/** Lists longer than this are taken for broken rings. */
const LONGEST_LIST = 4096;

/** Intermediate physical address at which a guest's RAM begins. */
export const GUEST_RAM_IPA = 0x4000_0000n;

const HCR_VM = 1n;
const SCTLR_M = 1n;

/** Where the kernel's structures stand; virtual addresses and offsets. */
export interface GuestLayout {
  readonly textStart: bigint;
  readonly textEnd: bigint;
  readonly syscallTable: bigint;
  readonly syscallCount: number;
  readonly taskList: bigint;
  readonly runQueue: bigint;
  readonly current: bigint;
  readonly taskListNode: bigint;
  readonly taskRunNode: bigint;
  readonly taskPid: bigint;
  readonly taskState: bigint;
  readonly taskName: bigint;
  readonly taskTtbr0: bigint;
  readonly taskSleep: bigint;
  /** Value of the state of a task that sleeps or waits. */
  readonly taskWaiting: number;
  readonly moduleList: bigint;
  readonly moduleNode: bigint;
  readonly moduleBase: bigint;
  readonly moduleBytes: bigint;
  readonly vectors: bigint;
  /** The program of all processes: in the kernel's image, in a process, and in itself the u64 that says where its text ends. */
  readonly userImage: bigint;
  readonly userBase: bigint;
  readonly userTextEnd: bigint;
  readonly imageStart: bigint;
}

/** Finds the layout in a built guest kernel. @throws Error if the image holds none */
export function guestLayout(image: BuiltImage): GuestLayout {
  const bytes = image.bytes;
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + LAYOUT_BYTES <= bytes.length; at += 8) {
    if (data.getBigUint64(at, true) !== LAYOUT_MAGIC) continue;
    const word = (index: number) => data.getBigUint64(at + 16 + index * 8, true);
    const half = (index: number) => BigInt(data.getUint32(at + 16 + 10 * 8 + index * 4, true));
    return {
      imageStart: word(0),
      textStart: word(1),
      textEnd: word(2),
      syscallTable: word(4),
      syscallCount: Number(word(5)),
      taskList: word(6),
      runQueue: word(7),
      current: word(8),
      taskListNode: half(0),
      taskRunNode: half(1),
      taskPid: half(2),
      taskState: half(3),
      taskName: half(4),
      taskTtbr0: half(5),
      moduleList: word(9),
      moduleNode: half(6),
      moduleBase: half(8),
      moduleBytes: half(9),
      taskSleep: half(10),
      taskWaiting: Number(half(11)),
      vectors: word(3),
      userImage: word(16),
      userBase: word(17),
      userTextEnd: word(18),
    };
  }
  throw new Error(`image ${image.name} holds no layout of its structures`);
}

/** The CPU runs a guest: EL1 or EL0, not secure. */
export function runsGuest(cpu: CpuView): boolean {
  return cpu.level < 2 && !cpu.secure;
}

export function stage2Of(cpu: CpuView): Stage2Registers {
  return {
    vttbr: cpu.register('VTTBR_EL2'),
    vtcr: cpu.register('VTCR_EL2'),
    enabled: (cpu.register('HCR_EL2') & HCR_VM) !== 0n,
  };
}

function stage1Of(cpu: CpuView): Stage1Registers {
  return {
    ttbr0: cpu.register('TTBR0_EL1'),
    ttbr1: cpu.register('TTBR1_EL1'),
    tcr: cpu.register('TCR_EL1'),
    enabled: (cpu.register('SCTLR_EL1') & SCTLR_M) !== 0n,
  };
}

/** Memory of the guest that a CPU runs at this checkpoint, by virtual address. */
export class GuestMemory {
  private readonly view: MachineView;
  private readonly stage1: Stage1Registers;
  private readonly stage2: Stage2Registers;

  /** VBAR_EL1 as it is live. */
  readonly vbar: bigint;

  private readonly cpu: CpuView;

  /** @param ttbr0 the lower half's tables, where not the live ones */
  constructor(view: MachineView, cpu: CpuView, ttbr0?: bigint) {
    this.view = view;
    this.cpu = cpu;
    this.stage1 = ttbr0 === undefined ? stage1Of(cpu) : { ...stage1Of(cpu), ttbr0 };
    this.stage2 = stage2Of(cpu);
    this.vbar = cpu.register('VBAR_EL1');
  }

  /** TTBR0_EL1 as it is live. */
  get ttbr0(): bigint {
    return this.stage1.ttbr0;
  }

  /** Reads an aligned 64-bit word, or undefined where nothing is mapped. */
  u64(va: bigint): bigint | undefined {
    const pa = this.physical(va);
    return pa === undefined ? undefined : readU64(this.view, pa);
  }

  /** Reads an aligned 32-bit word, or undefined where nothing is mapped. */
  u32(va: bigint): number | undefined {
    const word = this.u64(va & ~7n);
    return word === undefined ? undefined : Number((word >> (8n * (va & 4n))) & 0xffff_ffffn);
  }

  /** Where an address leads, physically. */
  physical(va: bigint): number | undefined {
    return translate((at) => readU64(this.view, at), this.stage1, this.stage2, va);
  }

  /** Bytes that lie in one page, or undefined where nothing is mapped. */
  bytes(va: bigint, length: number): Uint8Array | undefined {
    const pa = this.physical(va);
    return pa === undefined ? undefined : this.view.peek(pa, length);
  }

  /** The leaf descriptor of stage 1 for an address, or undefined where nothing is mapped. */
  descriptor(va: bigint): bigint | undefined {
    return mappingOf((at) => readU64(this.view, at), this.stage1, this.stage2, va)?.descriptor;
  }

  /** The same guest's memory as a process with another TTBR0_EL1 has it. */
  ofProcess(ttbr0: bigint): GuestMemory {
    return new GuestMemory(this.view, this.cpu, ttbr0);
  }

  /** Addresses of the elements of a ring, or undefined if it cannot be followed to its head. */
  ring(head: bigint, node: bigint): bigint[] | undefined {
    const found: bigint[] = [];
    for (let at = this.u64(head); at !== head; at = this.u64(at)) {
      if (at === undefined || found.length > LONGEST_LIST) return undefined;
      found.push(at - node);
    }
    return found;
  }
}

/**
 * The memory of a guest, if a CPU runs it with its stage 1 on at this checkpoint.
 * @param ram physical address of the guest's RAM
 */
export function guestAt(view: MachineView, ram: number): GuestMemory | undefined {
  for (const cpu of view.cpus) {
    if (!runsGuest(cpu) || (cpu.register('SCTLR_EL1') & SCTLR_M) === 0n) continue;
    if (translateStage2((at) => readU64(view, at), stage2Of(cpu), GUEST_RAM_IPA) !== ram) continue;
    return new GuestMemory(view, cpu);
  }
  return undefined;
}

/** {@link guestAt} of the guest that most attacks are in. */
export const guestZero = guestAt;
