import type { Arm64Core, Conduit } from '../arm64/core.ts';
import { undefinedInstruction } from '../arm64/exceptions.ts';
import { regimeOf, withoutTag } from '../arm64/translation/regime.ts';
import { waitForInterrupt } from '../arm64/waiting.ts';
import { type Halves, Psci, type PsciHost } from '../boot/psci.ts';
import { semihosting } from '../boot/semihosting.ts';
import { ExternalAbort } from '../devices/device.ts';
import { Access } from '../engine/core.ts';
import type { Machine } from '../engine/machine.ts';
import { Slot } from '../ir/slots.ts';
import { PAGE_BYTES } from '../memory/physical.ts';
import { EntryFlag } from '../memory/tlb.ts';
import type { BoardShape } from './virt-boot.ts';
import { startCpu } from './virt-cpu.ts';

export interface ConduitOptions {
  readonly shape: BoardShape;
  /** Level at which the first CPU started: the others start there too (DEN 0022D 6.4). */
  readonly entryLevel: 1 | 2 | 3;
  /** PSCI stands in for firmware and is called so. */
  readonly psci: 'smc' | 'hvc' | undefined;
  readonly semihosting: boolean;
  /** Semihosting's output. */
  readonly output: (byte: number) => void;
}

function register(core: Arm64Core, n: number): Halves {
  return { lo: core.state.lo(Slot.GENERAL + n), hi: core.state.hi(Slot.GENERAL + n) };
}

/** Puts a sign-extended result into X0. */
function answer(core: Arm64Core, result: number | undefined): void {
  if (result !== undefined) core.state.set(Slot.GENERAL, result | 0, result < 0 ? -1 : 0);
}

function psciHost(machine: Machine<Arm64Core>, { shape, entryLevel }: ConduitOptions): PsciHost {
  const { cores } = machine;
  return {
    cpus: cores.length,
    isOff: (cpu) => cores[cpu].off,
    start: (cpu, entry, context) => {
      const core = cores[cpu];
      const address = BigInt.asUintN(64, (BigInt(entry.hi) << 32n) | BigInt(entry.lo >>> 0));
      startCpu(core, { entry: address, el: entryLevel, secure: false }, shape);
      core.state.set(Slot.GENERAL, context.lo, context.hi);
    },
    turnOff: (cpu) => {
      cores[cpu].off = true;
      cores[cpu].redirected = true;
    },
    standBy: (cpu) => waitForInterrupt(cores[cpu]),
    systemOff: () => machine.stop({ kind: 'exit', code: 0, text: 'powered off through PSCI' }),
    systemReset: () => machine.stop({ kind: 'reset', code: 0, text: 'reset through PSCI' }),
  };
}

/** What answers SMC, HVC and HLT #0xf000 in the place of firmware and of a debugger. */
export function firmwareConduit(machine: Machine<Arm64Core>, options: ConduitOptions): Conduit {
  const conduit: Conduit = {};
  // A call to a level that the board does not have is UNDEFINED (Arm ARM C6.2: HVC, SMC).
  if (!options.shape.secure) conduit.smc = undefinedCall;
  if (!options.shape.virtualization) conduit.hvc = undefinedCall;
  if (options.psci) {
    const psci = new Psci(psciHost(machine, options));
    conduit[options.psci] = (core) => {
      const args = [1, 2, 3].map((n) => register(core, n));
      answer(core, psci.call(core.number, register(core, 0).lo >>> 0, args));
      return true;
    };
  }
  if (options.semihosting) conduit.semihosting = (core) => performSemihosting(machine, core, options.output);
  return conduit;
}

function undefinedCall(core: Arm64Core): boolean {
  undefinedInstruction(core);
  return true;
}

function performSemihosting(machine: Machine<Arm64Core>, core: Arm64Core, output: (byte: number) => void): boolean {
  const { lo, hi } = register(core, 1);
  const result = semihosting(register(core, 0).lo >>> 0, lo, hi, {
    readByte: (vaLo, vaHi) => readByte(core, vaLo, vaHi),
    output,
    exit: (code) => machine.stop({ kind: 'exit', code, text: `ended by semihosting with exit code ${code}` }),
    gap: (what, section) => core.recordGap('mode', what, section),
  });
  answer(core, result);
  return true;
}

/** Reads as the CPU would at its current level, without taking an exception. */
function readByte(core: Arm64Core, vaLo: number, vaHi: number): number | undefined {
  const regime = regimeOf(core.el, core.secure);
  const { walker } = core;
  if (!walker.translate(regime, vaLo, withoutTag(core.state, regime, vaHi), Access.read, core.el === 0, true)) {
    return undefined;
  }
  try {
    return core.phys.read(
      (walker.page >>> 0) * PAGE_BYTES + (vaLo & (PAGE_BYTES - 1)),
      1,
      core.initiator((walker.flags & EntryFlag.secure) !== 0),
    );
  } catch (error) {
    if (error instanceof ExternalAbort) return undefined;
    throw error;
  }
}
