import { UnimplementedLog } from '../debug/unimplemented.ts';
import { Timeline } from '../engine/timeline.ts';
import { CpuState, Slot, STATE_BYTES } from '../ir/slots.ts';
import { PhysicalMemory } from '../memory/physical.ts';
import { BANK_BYTES, Tlb } from '../memory/tlb.ts';
import type { CoreLines } from './core.ts';
import { Arm64Core } from './core.ts';
import { PState } from './pstate.ts';
import { encoding } from './registers/row.ts';
import { REGISTERS, SYSTEM_INSTRUCTIONS } from './registers/slots.ts';
import { SystemCall } from './system-calls.ts';

/** A core without an engine, for tests: RAM, state and TLB banks in a small linear memory. */

/** Banks of a CPU; tests of many contexts ask for more. */
const BANKS = 4;
const RAM_BYTES = 0x40_0000;
/** Physical address of the RAM that both worlds reach, and of the secure RAM. */
export const RAM = 0x4000_0000;
export const SECURE_RAM = 0x0e00_0000;
const SECURE_BYTES = 0x10_0000;
const PAGE = 4096;

export interface TestMachine {
  readonly cores: readonly Arm64Core[];
  /** The first of {@link cores}. */
  readonly core: Arm64Core;
  readonly phys: PhysicalMemory;
  readonly timeline: Timeline;
  readonly unimplemented: UnimplementedLog;
  /** Levels of the outputs of the first core. */
  readonly outputs: Record<keyof CoreLines, boolean>;
  /** Lets time pass and events happen. */
  pass(instructions: number): void;
}

/** Makes `cpus` cores in the state after reset: EL3, secure, MMU off. */
export function testMachine(cpus = 1, bankCount = BANKS): TestMachine {
  const banks = align(cpus * STATE_BYTES);
  const ram = banks + cpus * bankCount * BANK_BYTES;
  const pages = Math.ceil((ram + RAM_BYTES + SECURE_BYTES) / 65536);
  const { buffer } = new WebAssembly.Memory({ initial: pages });
  const phys = new PhysicalMemory(buffer, align(ram));
  phys.addRam('ram', RAM, RAM_BYTES);
  phys.addRam('secure', SECURE_RAM, SECURE_BYTES, { secureOnly: true });
  const timeline = new Timeline();
  const unimplemented = new UnimplementedLog();
  const outputs = {
    timerPhysical: false,
    timerVirtual: false,
    timerHypervisor: false,
    timerSecure: false,
    performance: false,
  };
  const lineOf = (name: keyof CoreLines) => ({
    set: (level: boolean) => {
      outputs[name] = level;
    },
  });
  const lines = Object.fromEntries((Object.keys(outputs) as (keyof CoreLines)[]).map((name) => [name, lineOf(name)]));
  const cores: Arm64Core[] = [];
  for (let number = 0; number < cpus; number++) {
    cores.push(
      new Arm64Core({
        number,
        state: new CpuState(buffer, number * STATE_BYTES),
        tlb: new Tlb(buffer, banks + number * bankCount * BANK_BYTES, bankCount),
        phys,
        timeline,
        unimplemented,
        lines: number === 0 ? lines : {},
        siblings: cores,
      }),
    );
  }
  return {
    cores,
    core: cores[0],
    phys,
    timeline,
    unimplemented,
    outputs,
    pass: (instructions) => {
      timeline.advanceTo(timeline.now() + instructions);
      timeline.fire();
    },
  };
}

function align(value: number): number {
  return Math.ceil(value / PAGE) * PAGE;
}

const place = (name: string): number => (REGISTERS[name] ?? SYSTEM_INSTRUCTIONS[name as 'DC ZVA']).at;
const READ = 1 << 21;
const SYSTEM_GROUP = 0xd5000000;

/** Encoding of MRS of a register by name. */
export const mrsWord = (name: string, rt = 0): number => (SYSTEM_GROUP | READ | (place(name) << 5) | rt) >>> 0;
/** Encoding of MSR of a register, or of a system instruction, by name. */
export const msrWord = (name: string, rt = 0): number => (SYSTEM_GROUP | (place(name) << 5) | rt) >>> 0;
/** Encoding of MRS by fields. */
export const mrsFields = (op0: number, op1: number, crn: number, crm: number, op2: number): number =>
  (SYSTEM_GROUP | READ | (encoding(op0, op1, crn, crm, op2) << 5)) >>> 0;

/** Executes MRS X0, name. @returns the value, or undefined if an exception was taken */
export function mrs(core: Arm64Core, name: string): bigint | undefined {
  core.redirected = false;
  core.system(SystemCall.mrs, mrsWord(name));
  return core.redirected ? undefined : core.state.big(0);
}

/** Executes MSR name, X0 (or a system instruction). @returns false if an exception was taken */
export function msr(core: Arm64Core, name: string, value: bigint): boolean {
  core.state.setBig(0, value);
  core.redirected = false;
  core.system(SystemCall.msr, msrWord(name));
  return !core.redirected;
}

export interface Level {
  readonly el: number;
  /** Default: not secure below EL3. */
  readonly secure?: boolean;
  /** SP_ELx; default true above EL0. */
  readonly spx?: boolean;
  /** PSTATE.DAIF, bits D=8 A=4 I=2 F=1. */
  readonly daif?: number;
}

/** Puts a core at a level, past all rules. */
export function goTo(core: Arm64Core, { el, secure = el === 3, spx = el > 0, daif = 0 }: Level): void {
  if (el < 3) {
    const scr = core.readRegister('SCR_EL3');
    core.writeRegister('SCR_EL3', secure ? scr & ~1n : scr | 1n);
  }
  core.setProcessState((el << PState.EL_SHIFT) | (spx ? PState.SP : 0) | (daif << PState.DAIF_SHIFT));
  core.redirected = false;
}

/** What an exception left behind. */
export interface Taken {
  readonly el: number;
  /** Offset into the vector table. */
  readonly vector: number;
  readonly ec: number;
  readonly iss: number;
}

const VECTORS = { 1: 0x11_0000n, 2: 0x22_0000n, 3: 0x33_0000n } as const;

/** Gives each level vectors of its own, so that {@link taken} can tell where the core went. */
export function giveVectors(core: Arm64Core): void {
  for (const el of [1, 2, 3] as const) core.writeRegister(`VBAR_EL${el}`, VECTORS[el]);
}

/** The exception that was just taken, or undefined if none was. */
export function taken(core: Arm64Core): Taken | undefined {
  if (!core.redirected) return undefined;
  const el = core.el as 1 | 2 | 3;
  const esr = Number(core.readRegister(`ESR_EL${el}`));
  return { el, vector: Number(core.state.big(Slot.PC) - VECTORS[el]), ec: esr >>> 26, iss: esr & 0x1ffffff };
}

/** Writes 64-bit words to physical memory. */
export function poke64(phys: PhysicalMemory, pa: number, ...values: bigint[]): void {
  const bytes = new Uint8Array(new BigUint64Array(values).buffer);
  phys.poke(pa, bytes);
}
