import { VectorUnit } from '../../emulator/arm64/fp-simd/index.ts';
import { liftA64 } from '../../emulator/arm64/lift/index.ts';
import { Sys } from '../../emulator/arm64/registers/slots.ts';
import { SystemCall } from '../../emulator/arm64/system-calls.ts';
import { execute, type OracleMachine, packedFlags } from '../../emulator/ir/oracle.ts';
import { CpuState, SLOT_BYTES, Slot, STATE_BYTES } from '../../emulator/ir/slots.ts';
import { performExact } from './exact-fp.ts';
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
  type Registers,
  SP,
  type Stop,
  type Stream,
  type StreamExecutor,
  VECTORS,
} from './stream.ts';

class OutsideWindow extends Error {}
class ExceptionTaken extends Error {}

const EXCEPTIONS: readonly number[] = [
  SystemCall.undefined,
  SystemCall.alignment,
  SystemCall.spAlignment,
  SystemCall.fpSimd,
];

/** A flat machine for the oracle: slots, the data window, and the code for literal loads. */
class FlatMachine implements OracleMachine {
  readonly slots = new BigUint64Array(STATE_BYTES / SLOT_BYTES);
  private readonly state = new CpuState(this.slots.buffer as ArrayBuffer, 0);
  private readonly vectors = new VectorUnit(this.state);
  readonly data: Uint8Array;
  private readonly code: Uint8Array;

  constructor(stream: Stream) {
    this.data = initialData(stream.dataSeed);
    const code = new Uint32Array(CODE_BYTES / 4);
    code.set(stream.code, Number(ENTRY - CODE_BASE) / 4);
    this.code = new Uint8Array(code.buffer);
    for (let i = 0; i <= SP; i++) this.slots[i] = stream.registers[i]!;
    this.slots[Slot.FLAGS] = stream.registers[NZCV]!;
    this.slots.set(stream.registers.subarray(VECTORS, FPSR), Slot.VECTOR);
    this.slots[Sys.FPSR] = stream.registers[FPSR]!;
    this.slots[Slot.EXCLUSIVE_ADDRESS] = BigInt.asUintN(64, -1n);
  }

  readSlot(slot: number): bigint {
    return this.slots[slot]!;
  }

  writeSlot(slot: number, value: bigint): void {
    this.slots[slot] = value;
  }

  load(address: bigint, bytes: number): bigint {
    const [from, at] = this.place(address, bytes, false);
    let value = 0n;
    for (let i = bytes - 1; i >= 0; i--) value = (value << 8n) | BigInt(from[at + i]!);
    return value;
  }

  store(address: bigint, bytes: number, value: bigint): void {
    const [to, at] = this.place(address, bytes, true);
    for (let i = 0; i < bytes; i++) to[at + i] = Number((value >> BigInt(8 * i)) & 255n);
  }

  system(call: number, word: number): bigint | undefined {
    if (call === SystemCall.fpSimd) {
      this.state.setBig(
        Slot.FLAGS,
        packedFlags((slot) => this.readSlot(slot)),
      );
      this.state.setBig(Slot.FLAG_KIND, 0n);
      if (performExact(this.vectors, word)) return undefined;
    }
    if (EXCEPTIONS.includes(call)) throw new ExceptionTaken();
    throw new Error(`a stream has no system operations, but met call ${call}`);
  }

  private place(address: bigint, bytes: number, write: boolean): [Uint8Array, number] {
    const inData = address - DATA_BASE;
    if (inData >= 0n && inData <= BigInt(DATA_BYTES - bytes)) return [this.data, Number(inData)];
    const inCode = address - CODE_BASE;
    if (!write && inCode >= 0n && inCode <= BigInt(this.code.length - bytes)) return [this.code, Number(inCode)];
    throw new OutsideWindow();
  }
}

/** Lifts and executes one instruction at a time, on the oracle. */
export const oracleExecutor: StreamExecutor = {
  name: 'oracle',
  run(stream: Stream): Outcome {
    const machine = new FlatMachine(stream);
    let pc = ENTRY;
    let executed = 0;
    let stop: Stop = 'ok';
    try {
      while (executed < stream.limit) {
        const index = Number(pc - ENTRY) / 4;
        if (index === stream.code.length) break;
        const word = stream.code[index];
        if (word === undefined) throw new OutsideWindow();
        const { statements } = liftA64(word, Number(pc & 0xffffffffn), Number(pc >> 32n), stream.mode);
        pc = execute(statements, machine) ?? pc + 4n;
        executed++;
      }
    } catch (e) {
      if (e instanceof OutsideWindow) stop = 'fault';
      else if (e instanceof ExceptionTaken) stop = 'exception';
      else throw e;
    }
    return { stop, registers: registersOf(machine, pc), data: machine.data, executed };
  },
};

function registersOf(machine: OracleMachine, pc: bigint): Registers {
  const registers = new BigUint64Array(REGISTER_COUNT);
  for (let i = 0; i <= SP; i++) registers[i] = machine.readSlot(i);
  registers[PC] = pc;
  registers[NZCV] = packedFlags((slot) => machine.readSlot(slot));
  for (let i = 0; i < 64; i++) registers[VECTORS + i] = machine.readSlot(Slot.VECTOR + i);
  registers[FPSR] = machine.readSlot(Sys.FPSR);
  return registers;
}
