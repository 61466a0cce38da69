/**
 * A small whole machine for random programs: EL1&0 under stage 1 (and at times stage 2), pages of every kind, handlers at EL1, EL2 and EL3
 * that step over what faulted, timers that interrupt, a device with side effects, one or two CPUs that share code and data.
 */
import { Arm64Core } from '../../emulator/arm64/core.ts';
import { PState } from '../../emulator/arm64/pstate.ts';
import { REGISTERS } from '../../emulator/arm64/registers/slots.ts';
import { Desc, MAIR } from '../../emulator/arm64/translation/testing.ts';
import { a64 } from '../../emulator/boards/a64-words.ts';
import { EventCounts } from '../../emulator/cost/counts.ts';
import { type Device, ExternalAbort } from '../../emulator/devices/device.ts';
import { Machine } from '../../emulator/engine/machine.ts';
import type { Tuning } from '../../emulator/engine/tier1/regions.ts';
import { Slot } from '../../emulator/ir/slots.ts';
import type { Subject } from './machine-state.ts';
import {
  CODE_BASE,
  DATA_BASE,
  DATA_BYTES,
  ENTRY,
  initialData,
  NZCV,
  REGISTER_COUNT,
  type Registers,
  SP,
  VECTORS,
} from './stream.ts';
import { EntryCounter, EXECUTORS, type ExecutorName } from './subjects.ts';

/** Distances from {@link DATA_BASE}: the page of level 3 descriptors, and the device. */
export const DESCRIPTORS = 0x1_0000;
export const DEVICE = 0x1_1000;
/** Address bits that lead to another place of the same level 3 table: other entries of the TLBs, and the same ones. */
export const ALIAS_BITS = [22, 25] as const;
/** Words of code that a world has room for. */
export const CODE_WORDS = (0x1_0000 - 0xf80) / 4;

/** What stands on a page of data. */
export type PageKind = 'write' | 'read' | 'none' | 'idle' | 'device' | 'privileged';

export interface WorldProgram {
  readonly seed: number;
  /** The encodings, from {@link ENTRY} on. */
  readonly code: readonly number[];
  /** First registers of each CPU. */
  readonly registers: readonly Registers[];
  readonly dataSeed: number;
  readonly pages: readonly PageKind[];
  readonly el: 0 | 1;
  /** HCR_EL2; its bit VM turns stage 2 on. */
  readonly hcr: bigint;
  /** Bits of SCTLR_EL1 beside M. */
  readonly sctlr: bigint;
  /** CPACR_EL1.FPEN at the start: 3 lets FP and Advanced SIMD pass. */
  readonly fpen: number;
  /** Counter ticks between two interrupts. */
  readonly period: number;
}

/** A program for one CPU at EL1 without stage 2, all data writable, interrupts rare. @param registers X0 and so on, by number */
export function plainWorld(code: readonly number[], registers: Readonly<Record<number, bigint>> = {}): WorldProgram {
  const first = new BigUint64Array(REGISTER_COUNT);
  for (const [register, value] of Object.entries(registers)) first[Number(register)] = value;
  const pages = Array<PageKind>(16).fill('write');
  const controls = { hcr: 0n, sctlr: 0x00c50820n, fpen: 3, period: 60_000 };
  return { seed: 1, code, registers: [first], dataSeed: 1, pages, el: 1, ...controls };
}

const RAM = 0x4000_0000;
const RAM_BYTES = 0x8_0000;
const PLACE = { vectors: 0, code: 0x1_0000, data: 0x2_0000, tables: 0x4_0000 } as const;
const VECTORS_VA = CODE_BASE + 0x2_0000n;
const DEVICE_PA = 0x0900_0000;
const PAGE = 4096;
const ERET = 0xd69f_03e0;
const HCR_VM = 1n;
const SCTLR_M = 1n;
/** 39 bits of address, 4 KiB granule, inner and outer write-back; 40 bits of output. */
const TCR = 25n | (2n << 32n);
/** The same for stage 2, which starts at level 1. */
const VTCR = 25n | (1n << 6n) | (2n << 16n);

const KINDS: Readonly<Record<PageKind, bigint>> = {
  write: Desc.PAGE | Desc.AF | Desc.AP1,
  read: Desc.PAGE | Desc.AF | Desc.AP1 | Desc.AP2,
  none: 0n,
  idle: Desc.PAGE | Desc.AP1,
  device: Desc.PAGE | Desc.AF | Desc.AP1 | Desc.DEVICE,
  privileged: Desc.PAGE | Desc.AF,
};

/** MRS or MSR of a register by name. */
export function moveRegister(how: 'mrs' | 'msr', name: string, t: number): number {
  const base = how === 'mrs' ? 0xd520_0000 : 0xd500_0000;
  return (base | (REGISTERS[name]!.at << 5) | t) >>> 0;
}

const sub = (d: number, n: number, value: number): number => (0xd100_0000 | (value << 10) | (n << 5) | d) >>> 0;
const lsr = (d: number, n: number, shift: number): number => (0xd340_fc00 | (shift << 16) | (n << 5) | d) >>> 0;
const constant = (d: number, value: bigint): number[] => [
  a64.movz(d, Number(value & 0xffffn)),
  a64.movk(d, Number((value >> 16n) & 0xffffn), 16),
  a64.movk(d, Number((value >> 32n) & 0xffffn), 32),
];

/** Steps over the instruction; where it could not even be fetched, begins the program again. */
function syncHandler(el: number): number[] {
  const [mrs, msr] = (['mrs', 'msr'] as const).map((how) => (name: string) => moveRegister(how, `${name}_EL${el}`, 0));
  const back = [mrs!('TPIDR'), ERET];
  return [
    msr!('TPIDR'),
    mrs!('ESR'),
    lsr(0, 0, 27),
    sub(0, 0, 0x20 >> 1),
    a64.cbz(0, 8),
    sub(0, 0, 1),
    a64.cbz(0, 6),
    mrs!('ELR'),
    a64.add(0, 0, 4),
    msr!('ELR'),
    ...back,
    moveRegister('mrs', 'TPIDRRO_EL0', 0),
    msr!('ELR'),
    ...back,
  ];
}

/** Sets the timer again and tells the device that it was heard. */
function interruptHandler(el: number, period: number): number[] {
  const device = el === 1 ? DATA_BASE + BigInt(DEVICE) : BigInt(DEVICE_PA);
  return [
    moveRegister('msr', `TPIDR_EL${el}`, 0),
    a64.movz(0, period),
    moveRegister('msr', 'CNTP_TVAL_EL0', 0),
    ...constant(0, device),
    a64.str(31, 0),
    moveRegister('mrs', `TPIDR_EL${el}`, 0),
    ERET,
  ];
}

/** A vector table (D1.10.2): four groups of four entries of 0x80 bytes. */
function vectorTable(el: number, period: number): Uint8Array {
  const words = new Uint32Array(0x800 / 4).fill(ERET);
  for (let group = 0; group < 4; group++) {
    words.set(syncHandler(el), group * 0x80);
    words.set(interruptHandler(el, period), group * 0x80 + 0x20);
    words.set(interruptHandler(el, period), group * 0x80 + 0x40);
  }
  return new Uint8Array(words.buffer);
}

/** Mixes what it is read and written at into one number; some values raise its interrupt. */
class ScratchDevice implements Device {
  readonly name = 'scratch';
  readonly size = PAGE;
  private value = 1;
  private readonly line: (level: boolean) => void;

  constructor(line: (level: boolean) => void) {
    this.line = line;
  }

  private mix(x: number): number {
    this.value = Math.imul(this.value ^ x, 0x9e3779b1) >>> 0;
    return this.value;
  }

  read(offset: number, size: number): number {
    if (offset >= 0xf00) throw new ExternalAbort(offset, 'decode');
    return this.mix(offset * 8 + size) & (2 ** (8 * size) - 1);
  }

  write(offset: number, size: number, value: number): void {
    if (offset >= 0xf00) throw new ExternalAbort(offset, 'refused');
    this.line(offset !== 0 && this.mix(offset * 8 + size + value) % 4 === 0);
  }

  reset(): void {}

  save(): number {
    return this.value;
  }

  restore(state: unknown): void {
    this.value = state as number;
  }
}

/** A machine that is made once and runs one program after another: making one takes longer than running a program. */
export interface World extends Subject {
  readonly counter: EntryCounter;
  readonly counts: EventCounts;
  /** Writes that hit translated code, since it was made. */
  codeWrites(): number;
  /** Starts anew with a program of as many CPUs as there are. */
  load(program: WorldProgram): void;
}

/** A world without a program, carried out by one of the executors. @param tier1 another tuning than the executor's */
export function createWorld(name: ExecutorName, cpus: number, tier1?: Tuning): World {
  const counts = new EventCounts();
  const siblings: Arm64Core[] = [];
  const pending = { timer: [false, false], device: false };
  const drive = (): void => {
    for (const core of siblings) core.inputs.irq.set(pending.device || pending.timer[core.number]!);
  };
  const machine = new Machine<Arm64Core>({
    ...EXECUTORS[name],
    ...(tier1 ? { tier1 } : {}),
    cpus,
    ramBytes: RAM_BYTES,
    seed: 0,
    createCore: (parts) => {
      const set = (level: boolean): void => {
        pending.timer[parts.number] = level;
        drive();
      };
      return new Arm64Core({ ...parts, lines: { timerPhysical: { set } }, siblings, counts });
    },
  });
  siblings.push(...machine.cores);
  const { phys } = machine;
  phys.addRam('RAM', RAM, RAM_BYTES);
  const device = new ScratchDevice((level) => {
    pending.device = level;
    drive();
  });
  phys.addDevice(DEVICE_PA, device);
  let codeWrites = 0;
  const { onCodeWrite } = phys;
  phys.onCodeWrite = (offset, size) => {
    codeWrites++;
    onCodeWrite(offset, size);
  };
  const empty = { machine: machine.save(), counts: counts.save() };
  return {
    name,
    machine,
    counts,
    counter: new EntryCounter(machine),
    devices: () => JSON.stringify([device.save(), pending, counts.snapshot(machine.instructions)]),
    codeWrites: () => codeWrites,
    load(program: WorldProgram): void {
      machine.forgetCode();
      device.restore(1);
      Object.assign(pending, { timer: [false, false], device: false });
      machine.restore(empty.machine, () => {});
      counts.restore(empty.counts);
      machine.reseed(program.seed);
      for (const el of [1, 2, 3]) phys.poke(RAM + PLACE.vectors + (el - 1) * PAGE, vectorTable(el, program.period));
      phys.poke(RAM + PLACE.code + Number(ENTRY - CODE_BASE), new Uint8Array(Uint32Array.from(program.code).buffer));
      phys.poke(RAM + PLACE.data, initialData(program.dataSeed));
      const roots = buildTables(machine, program);
      program.registers.forEach((registers, i) => {
        startCore(machine.cores[i]!, program, registers, roots);
      });
    },
  };
}

/** @returns physical addresses of the first tables of stage 1 and stage 2 */
function buildTables(machine: Machine<Arm64Core>, program: WorldProgram): { stage1: number; stage2: number } {
  const { phys } = machine;
  let next = RAM + PLACE.tables;
  const table = (): number => {
    next += PAGE;
    return next - PAGE;
  };
  const put = (at: number, index: number, descriptor: bigint): void => {
    phys.poke(at + index * 8, new Uint8Array(BigUint64Array.of(descriptor).buffer));
  };
  const [stage1, middle, leaves] = [table(), table(), table()];
  put(stage1!, Number(CODE_BASE >> 30n) & 511, BigInt(middle!) | Desc.TABLE);
  for (const bits of [0, 1, 2, 3]) {
    const alias = ALIAS_BITS.reduce((va, bit, i) => (bits & (1 << i) ? va ^ (1n << BigInt(bit)) : va), CODE_BASE);
    put(middle!, Number(alias >> 21n) & 511, BigInt(leaves!) | Desc.TABLE);
  }
  const map = (va: bigint, pa: number, attributes: bigint): void =>
    put(leaves!, Number(va >> 12n) & 511, BigInt(pa) | attributes);
  const code = KINDS.write & ~(program.el === 0 ? 0n : Desc.AP1);
  for (let i = 0; i < 16; i++) {
    const at = BigInt(i * PAGE);
    map(CODE_BASE + at, RAM + PLACE.code + i * PAGE, code);
    const kind = KINDS[program.pages[i]!];
    if (i * PAGE < DATA_BYTES) map(DATA_BASE + at, RAM + PLACE.data + i * PAGE, kind === 0n ? 0n : kind | Desc.XN);
  }
  map(VECTORS_VA, RAM + PLACE.vectors, Desc.PAGE | Desc.AF | Desc.AP2);
  map(DATA_BASE + BigInt(DESCRIPTORS), leaves!, KINDS.write | Desc.XN | Desc.PXN);
  map(DATA_BASE + BigInt(DEVICE), DEVICE_PA, KINDS.device | Desc.XN | Desc.PXN);
  const [stage2, second, third] = [table(), table(), table()];
  put(stage2!, DEVICE_PA >>> 30, BigInt(table()) | Desc.TABLE);
  put(next - PAGE, (DEVICE_PA >>> 21) & 511, BigInt(DEVICE_PA & ~0x1f_ffff) | Desc.BLOCK | Desc.AF | (3n << 6n));
  put(stage2!, RAM >>> 30, BigInt(second!) | Desc.TABLE);
  put(second!, (RAM >>> 21) & 511, BigInt(third!) | Desc.TABLE);
  for (let i = 0; i < RAM_BYTES / PAGE; i++) {
    // One page of data may not be written, one is not there.
    const pa = RAM + i * PAGE;
    const place = pa - RAM - PLACE.data;
    const rights = place === 2 * PAGE ? Desc.S2_READ : place === 5 * PAGE ? 0n : Desc.S2_RW;
    if (rights !== 0n) put(third!, i, BigInt(pa) | Desc.PAGE | Desc.AF | rights);
  }
  return { stage1: stage1!, stage2: stage2! };
}

function startCore(
  core: Arm64Core,
  program: WorldProgram,
  registers: Registers,
  roots: { stage1: number; stage2: number },
): void {
  core.reset({ entry: ENTRY, el: 1, secure: false });
  const { state } = core;
  for (let i = 0; i < SP; i++) state.setBig(Slot.GENERAL + i, registers[i]!);
  for (let i = 0; i < 64; i++) state.setBig(Slot.VECTOR + i, registers[VECTORS + i]!);
  state.setBig(Slot.SP, DATA_BASE + 0x1800n);
  state.setBig(Slot.FLAGS, registers[NZCV]!);
  const values: Readonly<Record<string, bigint>> = {
    MAIR_EL1: MAIR,
    TCR_EL1: TCR,
    TTBR0_EL1: BigInt(roots.stage1),
    VTCR_EL2: VTCR,
    VTTBR_EL2: BigInt(roots.stage2) | (5n << 48n),
    CPACR_EL1: BigInt(program.fpen) << 20n,
    CPTR_EL2: 0x33ffn & ~(1n << 10n),
    VBAR_EL1: VECTORS_VA,
    VBAR_EL2: BigInt(RAM + PLACE.vectors + PAGE),
    VBAR_EL3: BigInt(RAM + PLACE.vectors + 2 * PAGE),
    TPIDRRO_EL0: ENTRY,
    CNTHCTL_EL2: 3n,
    CNTKCTL_EL1: 0x303n,
    PMUSERENR_EL0: 15n,
    PMCNTENSET_EL0: 0x8000_000fn,
    PMCR_EL0: 1n,
    CNTP_CTL_EL0: 1n,
    CNTP_TVAL_EL0: BigInt(program.period),
    HCR_EL2: program.hcr | (1n << 31n),
    SCTLR_EL1: program.sctlr | SCTLR_M,
  };
  for (const [name, value] of Object.entries(values)) core.writeRegister(name, value);
  core.reload();
  core.setProcessState(program.el === 0 ? 0 : (1 << PState.EL_SHIFT) | PState.SP);
  core.redirected = false;
}

/** True if a program's stage 2 is on. */
export const hasStage2 = (program: WorldProgram): boolean => (program.hcr & HCR_VM) !== 0n;
