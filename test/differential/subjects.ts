/** The engine's three executors, over the same machine. */
import type { Arm64Core } from '../../emulator/arm64/core.ts';
import type { Machine, MachineOptions } from '../../emulator/engine/machine.ts';
import { REGION_TYPE } from '../../emulator/engine/tier0/interpreter.ts';
import type { Tuning } from '../../emulator/engine/tier1/regions.ts';
import { Code } from '../../emulator/wasm/code.ts';
import { ModuleWriter } from '../../emulator/wasm/module.ts';
import { Op } from '../../emulator/wasm/opcodes.ts';
import { OracleCpu } from './oracle-cpu.ts';

/** Everything that runs is compiled at the first look, and the looks are close. */
export const EAGER: Tuning = {
  interval: 100,
  hot: 1,
  hotLater: 1,
  busy: 1,
  busyLater: 1,
  batch: 1,
  patience: 1,
  rest: 0,
  price: 0.001,
  credit: 1_000_000,
  shortest: 0,
  changes: 1_000_000,
  room: 150_000,
};

/** What a machine is built with to be carried out by each. */
export const EXECUTORS = {
  oracle: { createRunner: (...parts) => new OracleCpu(...parts) },
  'tier 0': { tier1: false },
  'tier 1': { tier1: EAGER },
} as const satisfies Record<string, Pick<MachineOptions<Arm64Core>, 'createRunner' | 'tier1'>>;
export type ExecutorName = keyof typeof EXECUTORS;
export const EXECUTOR_NAMES = Object.keys(EXECUTORS) as ExecutorName[];

/** Counts the entries into a machine's compiled functions. */
export class EntryCounter {
  private readonly counter = new WebAssembly.Memory({ initial: 1 });
  private readonly machine: Machine<Arm64Core>;

  constructor(machine: Machine<Arm64Core>) {
    this.machine = machine;
    if (machine.regions) machine.regions.wrap = (compiled) => this.around(compiled);
  }

  get entries(): number {
    return new Int32Array(this.counter.buffer)[0]!;
  }

  get compiled(): number {
    return this.machine.regions?.compiled ?? 0;
  }

  /** A function that counts and goes on in the compiled one. */
  private around(compiled: unknown): unknown {
    const m = new ModuleWriter();
    m.importMemory('e', 'm');
    const target = m.importFunction('e', 'f', REGION_TYPE);
    const c = new Code(1);
    c.i32(0);
    c.i32(0);
    c.memory(Op.i32Load, 0);
    c.i32(1);
    c.wide('add', 32);
    c.memory(Op.i32Store, 0);
    c.get(0);
    c.op(Op.returnCall);
    c.unsigned(target);
    m.exportFunction('f', m.addFunction(REGION_TYPE, c.body()));
    const imports = { e: { m: this.counter, f: compiled as never } };
    return new WebAssembly.Instance(new WebAssembly.Module(m.bytes()), imports).exports.f;
  }
}
