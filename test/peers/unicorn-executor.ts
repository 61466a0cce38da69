import { Unicorn, UnicornError, UnicornRegister } from '../../peers/unicorn.ts';
import {
  CODE_BASE,
  CODE_BYTES,
  DATA_BASE,
  DATA_BYTES,
  ENTRY,
  initialData,
  NZCV,
  type Outcome,
  PC,
  REGISTER_COUNT,
  SP,
  type Stop,
  type Stream,
  type StreamExecutor,
} from '../differential/stream.ts';

const STOPS: Readonly<Record<number, Stop>> = {
  [UnicornError.ok]: 'ok',
  [UnicornError.readUnmapped]: 'fault',
  [UnicornError.writeUnmapped]: 'fault',
  [UnicornError.fetchUnmapped]: 'fault',
  [UnicornError.exception]: 'exception',
};

/** NZCV stands in bits 31:28 of the register. */
const NZCV_SHIFT = 28n;

/** Native Unicorn as an executor of streams. @throws PeerMissing */
export async function openUnicornExecutor(): Promise<StreamExecutor & { close(): void }> {
  const unicorn = await Unicorn.open();
  unicorn.map(CODE_BASE, CODE_BYTES);
  unicorn.map(DATA_BASE, DATA_BYTES);
  const code = new Uint32Array(CODE_BYTES / 4);
  return {
    name: 'unicorn',
    close: () => unicorn.close(),
    run(stream: Stream): Outcome {
      code.fill(0);
      code.set(stream.code, Number(ENTRY - CODE_BASE) / 4);
      unicorn.write(CODE_BASE, new Uint8Array(code.buffer));
      unicorn.forgetCode(CODE_BASE, CODE_BYTES);
      unicorn.write(DATA_BASE, initialData(stream.dataSeed));
      const r = unicorn.registers;
      for (let i = 0; i < SP; i++) r[i] = stream.registers[i]!;
      r[UnicornRegister.sp] = stream.registers[SP]!;
      r[UnicornRegister.pc] = ENTRY;
      r[UnicornRegister.nzcv] = stream.registers[NZCV]! << NZCV_SHIFT;
      unicorn.pushRegisters();
      const end = ENTRY + BigInt(4 * stream.code.length);
      const error = unicorn.start(ENTRY, end, stream.limit);
      const stop = STOPS[error];
      if (stop === undefined) throw new Error(`Unicorn: ${unicorn.describe(error)}`);
      unicorn.pullRegisters();
      const registers = new BigUint64Array(REGISTER_COUNT);
      for (let i = 0; i < SP; i++) registers[i] = r[i]!;
      registers[SP] = r[UnicornRegister.sp]!;
      registers[PC] = r[UnicornRegister.pc]!;
      registers[NZCV] = (r[UnicornRegister.nzcv]! >> NZCV_SHIFT) & 15n;
      return { stop, registers, data: unicorn.read(DATA_BASE, new Uint8Array(DATA_BYTES)) };
    },
  };
}
