import { describe, expect, it } from 'vitest';
import { Slot } from '../../ir/slots.ts';
import { instructionSyndrome } from '../load-store.ts';
import { SystemCall } from '../system-calls.ts';
import { giveVectors, goTo, RAM, taken, testMachine } from '../testing.ts';
import { Desc, MAIR, TestTables } from '../translation/testing.ts';

/** SIMD&FP loads and stores at the edges of pages, with faults: what the comparison with Unicorn does not reach. */

const PAGE = 4096n;
const FIRST = 0x10_0000n;
const FRAME = BigInt(RAM + 0x1_0000);
const FPEN = 3n << 20n;
const T0SZ = 25n;
const LEVEL_1 = 1;
const LEVEL_3 = 3;

/** EL1 with one page mapped at {@link FIRST}; the next one is not. */
function cpu(sctlr = 1n) {
  const { core, phys } = testMachine();
  const page = FRAME | Desc.PAGE | Desc.AF;
  const [root] = new TestTables(phys).chain(FIRST, LEVEL_1, LEVEL_3, page);
  const registers = { CPACR_EL1: FPEN, CPTR_EL2: 0n, CPTR_EL3: 0n, MAIR_EL1: MAIR, TCR_EL1: T0SZ, SCTLR_EL1: sctlr };
  for (const [name, value] of Object.entries(registers)) core.writeRegister(name, value);
  core.writeRegister('TTBR0_EL1', BigInt(root));
  giveVectors(core);
  goTo(core, { el: 1 });
  core.reload();
  core.redirected = false;
  const run = (word: number, base: bigint): void => {
    core.state.setBig(0, base);
    core.state.setBig(Slot.PC, 0x1000n);
    core.system(SystemCall.fpSimd, word);
  };
  return { core, phys, run };
}

const LDR_Q1_X0 = 0x3dc00001;
const STR_Q1_X0 = 0x3d800001;
const STP_Q1_Q2_X0_PRE_32 = 0xad810801;
const LD4_16B_X0_POST = 0x4cdf0001;
const LDR_Q1_SP = 0x3dc003e1;
const DATA_ABORT = 0x25;
const SP_ALIGNMENT = 0x26;
const WNR = 1 << 6;
const TRANSLATION_LEVEL_3 = 7;
const ALIGNMENT = 0x21;

describe('an access that reaches into a page which is not mapped', () => {
  it('of a load leaves registers as they were and reports the address of the second page', () => {
    const { core, run } = cpu();
    core.vectors.setWhole(1, 5n);
    run(LDR_Q1_X0, FIRST + PAGE - 8n);
    expect(taken(core)).toMatchObject({ el: 1, ec: DATA_ABORT, iss: TRANSLATION_LEVEL_3 });
    expect(core.readRegister('FAR_EL1')).toBe(FIRST + PAGE);
    expect(core.vectors.whole(1)).toBe(5n);
  });

  it('of a store pair writes nothing, base register included', () => {
    const { core, phys, run } = cpu();
    core.vectors.setWhole(1, (1n << 128n) - 1n);
    run(STP_Q1_Q2_X0_PRE_32, FIRST + PAGE - 48n);
    expect(taken(core)).toMatchObject({ ec: DATA_ABORT, iss: TRANSLATION_LEVEL_3 | WNR });
    expect(phys.peek(Number(FRAME + PAGE) - 16, 16).every((byte) => byte === 0)).toBe(true);
    expect(core.state.big(0)).toBe(FIRST + PAGE - 48n);
  });

  it('of a structure load changes none of the registers', () => {
    const { core, run } = cpu();
    for (let n = 1; n <= 4; n++) core.vectors.setWhole(n, BigInt(n));
    run(LD4_16B_X0_POST, FIRST + PAGE - 60n);
    expect(taken(core)).toMatchObject({ ec: DATA_ABORT });
    expect([1, 2, 3, 4].map((n) => core.vectors.whole(n))).toEqual([1n, 2n, 3n, 4n]);
    expect(core.state.big(0)).toBe(FIRST + PAGE - 60n);
  });
});

describe('alignment', () => {
  it('SCTLR_EL1.A asks for the size of the element', () => {
    const aligned = cpu(3n);
    aligned.run(LD4_16B_X0_POST, FIRST + 1n);
    expect(taken(aligned.core)).toBeUndefined();
    const { core, run } = cpu(3n);
    run(STR_Q1_X0, FIRST + 8n);
    expect(taken(core)).toMatchObject({ ec: DATA_ABORT, iss: ALIGNMENT | WNR });
    expect(core.readRegister('FAR_EL1')).toBe(FIRST + 8n);
  });

  it('SCTLR_EL1.SA asks for a stack pointer of 16 bytes', () => {
    const { core } = cpu(9n);
    core.state.setBig(Slot.SP, FIRST + 8n);
    core.system(SystemCall.fpSimd, LDR_Q1_SP);
    expect(taken(core)).toMatchObject({ el: 1, ec: SP_ALIGNMENT });
  });
});

it('a store to a page that holds translated code tells the engine', () => {
  const { core, phys, run } = cpu();
  const written: number[] = [];
  const offset = phys.offsetOf(Number(FRAME));
  phys.pageFlags[offset >>> 12] |= 1;
  phys.onCodeWrite = (at, size) => written.push(at - offset, size);
  core.vectors.setWhole(1, 1n);
  run(STR_Q1_X0, FIRST + 16n);
  expect(written).toEqual([16, 4, 20, 4, 24, 4, 28, 4]);
});

it.each([
  ['LD4 (post-index), whose bits 23 and 21 are those of LDAR', LD4_16B_X0_POST],
  ['LDR', LDR_Q1_X0],
  ['STP', STP_Q1_Q2_X0_PRE_32],
])('%s has no instruction syndrome (D12.2.36: ISV is for general-purpose registers)', (_name, word) => {
  expect(instructionSyndrome(word)).toBe(0);
});
