import { describe, expect, it } from 'vitest';
import { ExternalAbort } from '../devices/device.ts';
import { Access } from '../engine/core.ts';
import { Slot } from '../ir/slots.ts';
import { PageFlag } from '../memory/physical.ts';
import { SystemCall } from './system-calls.ts';
import { giveVectors, goTo, type Level, mrs, msr, poke64, RAM, taken, testMachine } from './testing.ts';
import { Desc, MAIR, TestTables } from './translation/testing.ts';

const VA = 0x20_1000n;
const DATA = RAM + 0x1000;
const TCR = 25n | (25n << 16n) | (2n << 30n) | (4n << 32n);
const SCTLR = 0x30d0_0801n | (1n << 14n) | (1n << 26n);

/** EL1&0 with one page at VA. */
function cpu(level: Level, leaf: bigint) {
  const machine = testMachine();
  const { core } = machine;
  giveVectors(core);
  const tables = new TestTables(machine.phys);
  const [root] = tables.chain(VA, 1, 3, leaf);
  core.writeRegister('TTBR0_EL1', BigInt(root));
  core.writeRegister('TCR_EL1', TCR);
  core.writeRegister('MAIR_EL1', MAIR);
  core.writeRegister('SCTLR_EL1', SCTLR);
  goTo(core, level);
  return machine;
}

const PAGE = BigInt(DATA) | Desc.PAGE | Desc.AF | Desc.AP1;
const SH_INNER = 3n << 8n;

describe('DC ZVA (C5.3.8)', () => {
  it('zeroes the 64 bytes around the address, and nothing else', () => {
    const { core, phys } = cpu({ el: 0 }, PAGE);
    phys.poke(DATA, new Uint8Array(256).fill(0xee));
    expect(msr(core, 'DC ZVA', VA + 0x47n)).toBe(true);
    const bytes = phys.peek(DATA, 256);
    expect([...bytes].map((b, i) => (b === 0 ? i : -1)).filter((i) => i >= 0)).toEqual(
      Array.from({ length: 64 }, (_, i) => 64 + i),
    );
    expect(phys.pageFlags[phys.offsetOf(DATA) >> 12] & PageFlag.dirty).toBe(PageFlag.dirty);
  });

  it('needs write permission, and reports its own address as a write', () => {
    const { core } = cpu({ el: 0 }, PAGE | Desc.AP2);
    expect(msr(core, 'DC ZVA', VA + 0x47n)).toBe(false);
    expect(taken(core)).toMatchObject({ el: 1, ec: 0x24, iss: 0x4f });
    expect(core.readRegister('FAR_EL1')).toBe(VA + 0x47n);
  });

  it('gives an Alignment fault on a Device page', () => {
    const { core } = cpu({ el: 1 }, PAGE | Desc.DEVICE);
    expect(msr(core, 'DC ZVA', VA)).toBe(false);
    expect(taken(core)).toMatchObject({ el: 1, ec: 0x25, iss: 0x61 });
  });

  it('where nothing answers ends in an external abort', () => {
    const { core } = cpu({ el: 1 }, 0x7000_0000n | Desc.PAGE | Desc.AF);
    expect(msr(core, 'DC ZVA', VA)).toBe(false);
    expect(taken(core)).toMatchObject({ el: 1, ec: 0x25, iss: 0x50 });
  });

  it('DCZID_EL0.DZP tells where it would trap', () => {
    const { core } = cpu({ el: 0 }, PAGE);
    expect(mrs(core, 'DCZID_EL0')).toBe(4n);
    core.writeRegister('SCTLR_EL1', SCTLR & ~(1n << 14n));
    expect(mrs(core, 'DCZID_EL0')).toBe(0x14n);
    goTo(core, { el: 1 });
    core.writeRegister('HCR_EL2', 1n << 28n);
    expect(mrs(core, 'DCZID_EL0')).toBe(0x14n);
  });
});

describe('cache maintenance by address (D4.4.7)', () => {
  it.each([
    ['DC CVAC', 0, PAGE | Desc.AP2, true],
    ['DC CIVAC', 0, PAGE & ~Desc.AP1, false],
    ['DC CVAU', 0, PAGE & ~Desc.AP1, false],
    ['DC IVAC', 1, PAGE, true],
    ['DC IVAC', 1, PAGE | Desc.AP2, false],
  ])('%s at EL%i, page 0x%x: passes %s; a fault has CM and WnR', (name, el, leaf, passes) => {
    const { core } = cpu({ el }, leaf);
    expect(msr(core, name, VA)).toBe(passes);
    if (!passes) expect(taken(core)).toMatchObject({ el: 1, ec: el === 0 ? 0x24 : 0x25, iss: 0x14f });
  });

  it('of an address without translation is a translation fault', () => {
    const { core } = cpu({ el: 1 }, PAGE);
    expect(msr(core, 'DC CIVAC', VA + 0x1000n)).toBe(false);
    expect(taken(core)).toMatchObject({ iss: 0x147 });
  });
});

describe('AT and PAR_EL1 (D12.2.92)', () => {
  it('gives address, attribute, shareability and NS', () => {
    const { core } = cpu({ el: 1 }, PAGE | SH_INNER);
    msr(core, 'AT S1E1R', VA + 0x123n);
    expect(mrs(core, 'PAR_EL1')).toBe((0xffn << 56n) | BigInt(DATA) | 0x800n | 0x200n | (3n << 7n));
  });

  it('reports Device memory as outer shareable', () => {
    const { core } = cpu({ el: 1 }, PAGE | Desc.DEVICE | SH_INNER);
    msr(core, 'AT S1E1W', VA);
    expect(mrs(core, 'PAR_EL1')).toBe(BigInt(DATA) | 0x800n | 0x200n | (2n << 7n));
  });

  it('a secure translation has NS = 0', () => {
    const { core } = cpu({ el: 1, secure: true }, PAGE);
    msr(core, 'AT S1E1R', VA);
    expect(mrs(core, 'PAR_EL1')! & 0x200n).toBe(0n);
  });

  it.each([
    ['AT S1E0R', PAGE & ~Desc.AP1, 0x0fn],
    ['AT S1E0W', PAGE | Desc.AP2, 0x0fn],
    ['AT S1E1W', PAGE | Desc.AP2, 0x0fn],
    ['AT S1E1R', PAGE & ~Desc.AF, 0x0bn],
    ['AT S1E1R', 0n, 0x07n],
  ])('%s of 0x%x fails with status 0x%x and takes no exception', (name, leaf, status) => {
    const { core } = cpu({ el: 1 }, leaf);
    expect(msr(core, name, VA)).toBe(true);
    expect(mrs(core, 'PAR_EL1')).toBe(0x801n | (status << 1n));
  });

  it('takes an external abort on the walk', () => {
    const { core } = cpu({ el: 1 }, PAGE);
    core.writeRegister('TTBR0_EL1', 0x7000_0000n);
    expect(msr(core, 'AT S1E1R', VA)).toBe(false);
    expect(taken(core)).toMatchObject({ el: 1, ec: 0x25, iss: 0x155 });
  });

  it('from EL3 translates the EL1&0 regime of the world that SCR_EL3.NS names', () => {
    const { core } = cpu({ el: 1 }, PAGE);
    goTo(core, { el: 3 });
    for (const ns of [0n, 1n]) {
      core.writeRegister('SCR_EL3', 0x430n | ns);
      msr(core, 'AT S1E1R', VA);
      expect((mrs(core, 'PAR_EL1')! >> 9n) & 1n).toBe(ns);
    }
  });
});

describe('aborts and alignment', () => {
  it.each([
    [{ el: 0 }, 0n, 0n, 1],
    [{ el: 0 }, 0n, 1n << 27n, 2],
    [{ el: 1 }, 8n, 0n, 3],
    [{ el: 2 }, 0n, 0n, 2],
    [{ el: 2 }, 8n, 0n, 3],
    [{ el: 3 }, 0n, 0n, 3],
  ])('an external abort from %j with SCR_EL3.EA %s, HCR_EL2 0x%x goes to EL%i', (level, ea, hcr, target) => {
    const { core } = testMachine();
    giveVectors(core);
    core.writeRegister('SCR_EL3', 0x431n | ea);
    core.writeRegister('HCR_EL2', hcr);
    goTo(core, level);
    core.externalAbort(0x1234, 0x5, Access.write);
    expect(taken(core)).toMatchObject({ el: target, ec: target > level.el ? 0x24 : 0x25, iss: 0x50 });
    expect(core.readRegister(`FAR_EL${target}`)).toBe(0x5_0000_1234n);
  });

  it('an alignment check that fails reports the address and the direction of the instruction', () => {
    const { core } = testMachine();
    giveVectors(core);
    goTo(core, { el: 1 });
    core.state.setBig(Slot.EXIT_VA, 0x1_0000_0003n);
    core.system(SystemCall.alignment, 0xf9000000);
    expect(taken(core)).toMatchObject({ el: 1, ec: 0x25, iss: 0x61 });
    expect(core.readRegister('FAR_EL1')).toBe(0x1_0000_0003n);
    goTo(core, { el: 1 });
    core.system(SystemCall.alignment, 0xf9400000);
    expect(taken(core)).toMatchObject({ iss: 0x21 });
  });

  it.each([
    [0xf8408400, false],
    [0xa9000000, true],
    [0xa9400000, false],
    [0xc8007c00, true],
    [0xc85f7c00, false],
    [0x889ffc00, true],
    [0x58000000, false],
    [0x3d800000, true],
    [0x79800000, false],
  ])('instruction 0x%s: writes memory is %s', (word, store) => {
    const { core } = testMachine();
    core.system(SystemCall.alignment, word);
    expect((core.readRegister('ESR_EL3') & 0x40n) !== 0n).toBe(store);
  });

  it('a misaligned stack pointer as a base is class 0x26', () => {
    const { core } = testMachine();
    giveVectors(core);
    goTo(core, { el: 0 });
    core.system(SystemCall.spAlignment, 0);
    expect(taken(core)).toMatchObject({ el: 1, vector: 0x400, ec: 0x26, iss: 0 });
  });
});

describe('conduit', () => {
  it('is asked before SMC, HVC and HLT 0xf000 act, but after the traps of SMC', () => {
    const { core } = testMachine();
    giveVectors(core);
    const asked: string[] = [];
    const answer = (name: string) => () => asked.push(name) > 0;
    core.conduit = { smc: answer('smc'), hvc: answer('hvc'), semihosting: answer('semihosting') };
    goTo(core, { el: 1 });
    core.system(SystemCall.smc, 0xd4000003);
    core.system(SystemCall.hvc, 0xd4000002);
    core.system(SystemCall.hlt, 0xd45e0000);
    expect([asked, core.redirected]).toEqual([['smc', 'hvc', 'semihosting'], false]);
    core.writeRegister('HCR_EL2', 1n << 19n);
    core.system(SystemCall.smc, 0xd4000003);
    expect(taken(core)).toMatchObject({ el: 2, ec: 0x17 });
    expect(asked.length).toBe(3);
  });
});

it('tests would notice a bus that answers everywhere', () => {
  const { phys, core } = testMachine();
  expect(() => phys.read(0x7000_0000, 4, core.initiator(false))).toThrow(ExternalAbort);
  poke64(phys, RAM, 1n);
  expect(phys.read(RAM, 4, core.initiator(false))).toBe(1);
});
