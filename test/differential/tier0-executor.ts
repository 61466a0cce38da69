import { Sys } from '../../emulator/arm64/registers/slots.ts';
import { SystemCall } from '../../emulator/arm64/system-calls.ts';
import { Machine } from '../../emulator/engine/machine.ts';
import type { Tuning } from '../../emulator/engine/tier1/regions.ts';
import { packedFlags } from '../../emulator/ir/oracle.ts';
import { Slot } from '../../emulator/ir/slots.ts';
import { FlatCore } from './flat-core.ts';
import {
  CODE_BASE,
  CODE_BYTES,
  DATA_BASE,
  DATA_BYTES,
  ENTRY,
  FPSR,
  initialData,
  NZCV,
  type Outcome,
  PC,
  REGISTER_COUNT,
  SP,
  type Stream,
  type StreamExecutor,
  VECTORS,
} from './stream.ts';

/** BRK #0 stands behind the stream: reaching it ends the run. */
const BRK = 0xd4200000;

/** Everything that runs is compiled, at the first look. */
const EAGER: Tuning = {
  interval: 4,
  hot: 1,
  hotLater: 1,
  busy: 1,
  busyLater: 1,
  batch: 1,
  patience: 1,
  rest: 0,
  price: 1,
  credit: 1e9,
  shortest: 0,
  changes: 1e9,
  room: 150_000,
};

/** Tier 0 as an executor of streams: one machine that runs them all, one after the other. */
export const createTier0Executor = (): StreamExecutor => createEngineExecutor('tier 0', false);

/** Tier 1: each stream runs once to be compiled, and then again from its first state. */
export const createTier1Executor = (): StreamExecutor => createEngineExecutor('tier 1', true);

function createEngineExecutor(name: string, compiled: boolean): StreamExecutor {
  const machine = new Machine({
    tier1: compiled && EAGER,
    cpus: 1,
    ramBytes: CODE_BYTES + DATA_BYTES,
    seed: 1,
    createCore: (parts) => new FlatCore(parts, SystemCall.brk),
  });
  machine.phys.addRam('code', Number(CODE_BASE), CODE_BYTES, { readOnly: true });
  machine.phys.addRam('data', Number(DATA_BASE), DATA_BYTES);
  const core = machine.cores[0]!;
  const code = new Uint32Array(CODE_BYTES / 4);
  return {
    name,
    run(stream: Stream): Outcome {
      code.fill(0);
      code.set([...stream.code, BRK], Number(ENTRY - CODE_BASE) / 4);
      machine.phys.poke(Number(CODE_BASE), new Uint8Array(code.buffer));
      if (compiled) runOnce(stream);
      return runOnce(stream);
    },
  };

  function runOnce(stream: Stream): Outcome {
    machine.phys.poke(Number(DATA_BASE), initialData(stream.dataSeed));
    const { state } = core;
    for (let i = 0; i <= SP; i++) state.setBig(i, stream.registers[i]!);
    state.setBig(Slot.PC, ENTRY);
    state.setBig(Slot.FLAG_KIND, 0n);
    state.setBig(Slot.FLAGS, stream.registers[NZCV]!);
    for (let i = 0; i < 64; i++) state.setBig(Slot.VECTOR + i, stream.registers[VECTORS + i]!);
    state.setBig(Sys.FPSR, stream.registers[FPSR]!);
    core.setMode(stream.mode);
    core.off = false;
    core.stop = 'ok';
    machine.resume();
    const { instructions } = machine.run({ maxInstructions: stream.limit });
    const registers = new BigUint64Array(REGISTER_COUNT);
    for (let i = 0; i <= SP; i++) registers[i] = state.big(i);
    registers[PC] = state.big(Slot.PC);
    registers[NZCV] = packedFlags((slot) => state.big(slot));
    for (let i = 0; i < 64; i++) registers[VECTORS + i] = state.big(Slot.VECTOR + i);
    registers[FPSR] = state.big(Sys.FPSR);
    const data = machine.phys.peek(Number(DATA_BASE), DATA_BYTES);
    return { stop: core.stop, registers, data, executed: instructions };
  }
}
