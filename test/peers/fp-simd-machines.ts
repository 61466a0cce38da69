import type { Arm64Core } from '../../emulator/arm64/core.ts';
import { SystemCall } from '../../emulator/arm64/system-calls.ts';
import { goTo, RAM, testMachine } from '../../emulator/arm64/testing.ts';
import { Desc, MAIR, TestTables } from '../../emulator/arm64/translation/testing.ts';
import { Slot } from '../../emulator/ir/slots.ts';
import { Unicorn, UnicornError, UnicornRegister, UnicornVector } from '../../peers/unicorn.ts';
import { type Case, CODE_BASE, DATA_BASE, DATA_BYTES } from './fp-simd-cases.ts';

/** The state after an instruction, as one list that compares place by place. */
export interface After {
  readonly values: readonly bigint[];
  readonly data: Uint8Array | undefined;
}

const GENERAL = 32;
const VECTOR_HALVES = 64;
const NZCV_SHIFT = 28n;

/** Names of {@link After.values}. */
export const placeName = (i: number): string => {
  if (i < GENERAL) return i === 31 ? 'SP' : `X${i}`;
  if (i < GENERAL + VECTOR_HALVES) return `V${(i - GENERAL) >> 1}.D[${(i - GENERAL) & 1}]`;
  return ['NZCV', 'FPSR', 'stop'][i - GENERAL - VECTOR_HALVES]!;
};

export const initialData = (): Uint8Array =>
  Uint8Array.from({ length: DATA_BYTES }, (_, i) => (i * 167 + (i >> 8)) & 255);

const TABLES = RAM + 0x30_0000;
const FPEN = 3n << 20n;
const SCTLR_M = 1n;
/** TCR_EL1.T0SZ of a 39-bit address space, whose walk starts at level 1. */
const T0SZ = 25n;
const GIGABYTE_BLOCK_LEVEL = 1;

/** This project's core, at EL1 with stage 1 on, so that memory is Normal and accesses need no alignment. */
export function ourMachine(): (c: Case) => After {
  const { core, phys } = testMachine();
  const block = BigInt(RAM) | Desc.BLOCK | Desc.AF;
  const [root] = new TestTables(phys, TABLES).chain(BigInt(RAM), GIGABYTE_BLOCK_LEVEL, GIGABYTE_BLOCK_LEVEL, block);
  core.writeRegister('CPACR_EL1', FPEN);
  core.writeRegister('CPTR_EL2', 0n);
  core.writeRegister('CPTR_EL3', 0n);
  core.writeRegister('MAIR_EL1', MAIR);
  core.writeRegister('TCR_EL1', T0SZ);
  core.writeRegister('TTBR0_EL1', BigInt(root!));
  core.writeRegister('SCTLR_EL1', SCTLR_M);
  goTo(core, { el: 1 });
  core.reload();
  return (c) => runOurs(core, phys, c);
}

function runOurs(core: Arm64Core, phys: ReturnType<typeof testMachine>['phys'], c: Case): After {
  const { state } = core;
  for (let i = 0; i < GENERAL; i++) state.setBig(i, c.general[i]!);
  for (let i = 0; i < VECTOR_HALVES; i++) state.setBig(Slot.VECTOR + i, c.vectors[i]!);
  state.setBig(Slot.PC, CODE_BASE);
  state.setLo(Slot.FLAGS, c.nzcv);
  state.setLo(Slot.FLAG_KIND, 0);
  core.writeRegister('FPCR', BigInt(c.fpcr));
  core.writeRegister('FPSR', BigInt(c.fpsr));
  if (c.isMemory) phys.poke(Number(DATA_BASE), initialData());
  core.redirected = false;
  core.system(SystemCall.fpSimd, c.word);
  const failed = core.redirected;
  if (failed) goTo(core, { el: 1 });
  const values: bigint[] = [];
  for (let i = 0; i < GENERAL; i++) values.push(state.big(i));
  for (let i = 0; i < VECTOR_HALVES; i++) values.push(state.big(Slot.VECTOR + i));
  values.push(BigInt(state.lo(Slot.FLAGS)), core.readRegister('FPSR'), failed ? 1n : 0n);
  return { values, data: c.isMemory ? phys.peek(Number(DATA_BASE), DATA_BYTES) : undefined };
}

const CODE_BYTES = 0x1000;

/** Unicorn. Each instruction is executed at one address. @throws PeerMissing */
export async function unicornMachine(): Promise<{ run(c: Case): After; close(): void }> {
  const unicorn = await Unicorn.open();
  unicorn.map(DATA_BASE, DATA_BYTES);
  unicorn.map(CODE_BASE, CODE_BYTES);
  const code = new Uint8Array(4);
  return { run, close: () => unicorn.close() };

  function run(c: Case): After {
    new DataView(code.buffer).setUint32(0, c.word, true);
    unicorn.write(CODE_BASE, code);
    unicorn.forgetCode(CODE_BASE, 4);
    if (c.isMemory) unicorn.write(DATA_BASE, initialData());
    const { registers, vectors } = unicorn;
    for (let i = 0; i < 31; i++) registers[i] = c.general[i]!;
    registers[UnicornRegister.sp] = c.general[31]!;
    registers[UnicornRegister.nzcv] = BigInt(c.nzcv) << NZCV_SHIFT;
    registers[UnicornRegister.pc] = CODE_BASE;
    vectors.set(c.vectors);
    vectors[UnicornVector.fpcr] = BigInt(c.fpcr);
    vectors[UnicornVector.fpsr] = BigInt(c.fpsr);
    unicorn.pushRegisters();
    unicorn.pushVectors();
    const error = unicorn.start(CODE_BASE, CODE_BASE + 4n, 1);
    unicorn.pullRegisters();
    unicorn.pullVectors();
    const values = [
      ...registers.subarray(0, 31),
      registers[UnicornRegister.sp]!,
      ...vectors.subarray(0, VECTOR_HALVES),
      (registers[UnicornRegister.nzcv]! >> NZCV_SHIFT) & 15n,
      vectors[UnicornVector.fpsr]!,
      error === UnicornError.ok ? 0n : 1n,
    ];
    return { values, data: c.isMemory ? unicorn.read(DATA_BASE, new Uint8Array(DATA_BYTES)) : undefined };
  }
}
