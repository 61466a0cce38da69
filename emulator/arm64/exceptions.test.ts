import { describe, expect, it } from 'vitest';
import { Slot } from '../ir/slots.ts';
import { SystemCall } from './system-calls.ts';
import { giveVectors, goTo, type Level, taken, testMachine } from './testing.ts';

const PC = 0x4000_1000n;

function at(level: Level, registers: Record<string, bigint> = {}) {
  const { core } = testMachine();
  giveVectors(core);
  for (const [name, value] of Object.entries(registers)) core.writeRegister(name, value);
  goTo(core, level);
  core.state.setBig(Slot.PC, PC);
  core.redirected = false;
  return core;
}

const SVC = 0xd4000001 | (0x123 << 5);
const HVC = 0xd4000002 | (0x45 << 5);
const SMC = 0xd4000003 | (0x67 << 5);
const SCR = (bits: bigint): bigint => 0x430n | bits;
const NS = 1n;
const HCE = 1n << 8n;
const SMD = 1n << 7n;
const TGE = 1n << 27n;

describe('exception entry (Arm ARM D1.10)', () => {
  it.each([
    [{ el: 0 }, 1, 0x400],
    [{ el: 1 }, 1, 0x200],
    [{ el: 1, spx: false }, 1, 0x000],
    [{ el: 2 }, 2, 0x200],
    [{ el: 2, spx: false }, 2, 0x000],
    [{ el: 3 }, 3, 0x200],
    [{ el: 3, spx: false }, 3, 0x000],
  ])('SVC from %j goes to EL%i at vector offset 0x%x with its immediate', (level, el, vector) => {
    const core = at(level);
    core.system(SystemCall.svc, SVC);
    expect(taken(core)).toEqual({ el, vector, ec: 0x15, iss: 0x123 });
    expect(core.readRegister(`ELR_EL${el}`)).toBe(PC + 4n);
  });

  it('SVC from EL0 goes to EL2 under HCR_EL2.TGE (D1.10.4)', () => {
    const core = at({ el: 0 }, { HCR_EL2: TGE });
    core.system(SystemCall.svc, SVC);
    expect(taken(core)).toMatchObject({ el: 2, vector: 0x400, ec: 0x15 });
  });

  it('HCR_EL2.TGE does not act in the secure world', () => {
    const core = at({ el: 0, secure: true }, { HCR_EL2: TGE });
    core.system(SystemCall.svc, SVC);
    expect(taken(core)).toMatchObject({ el: 1 });
  });

  it('masks D, A, I and F, selects SP_ELx and saves the old state (D1.10.1)', () => {
    const core = at({ el: 1, spx: false, daif: 0b0010 });
    core.writeRegister('NZCV', 0xa0000000n);
    core.writeRegister('SP_EL1', 0x1111n);
    core.writeRegister('SP_EL0', 0x2222n);
    core.system(SystemCall.svc, SVC);
    expect(core.readRegister('SPSR_EL1')).toBe(0xa0000000n | 0x80n | 0x4n);
    expect(core.readRegister('PSTATE') & 0x3ffn).toBe(0x3c5n);
    expect(core.readRegister('SP')).toBe(0x1111n);
    expect(core.readRegister('SP_EL0')).toBe(0x2222n);
  });

  it.each([
    [{ el: 0 }, HCE, undefined],
    [{ el: 1 }, HCE, 2],
    [{ el: 1 }, 0n, undefined],
    [{ el: 1, secure: true }, HCE, undefined],
    [{ el: 2 }, HCE, 2],
    [{ el: 2 }, 0n, undefined],
    [{ el: 3 }, HCE | NS, 3],
  ])('HVC from %j with SCR_EL3 %s goes to EL2, to EL3 from EL3, or is UNDEFINED (C6.2.84)', (level, scr, el) => {
    const core = at(level, { SCR_EL3: SCR(scr) });
    core.system(SystemCall.hvc, HVC);
    expect(taken(core)).toMatchObject(el ? { el, ec: 0x16, iss: 0x45 } : { ec: 0 });
    if (!el) expect(core.readRegister(`ELR_EL${core.el}`)).toBe(PC);
  });

  it.each([
    [{ el: 0 }, 0n, 0n, 1, 0x00],
    [{ el: 1 }, 0n, 0n, 3, 0x17],
    [{ el: 1 }, 0n, 1n << 19n, 2, 0x17],
    [{ el: 1, secure: true }, 0n, 1n << 19n, 3, 0x17],
    [{ el: 2 }, 0n, 1n << 19n, 3, 0x17],
    [{ el: 1 }, SMD, 0n, 1, 0x00],
    [{ el: 2 }, SMD, 0n, 2, 0x00],
    [{ el: 1 }, SMD, 1n << 19n, 2, 0x17],
  ])('SMC from %j with SCR_EL3 %s, HCR_EL2 %s goes to EL%i, class 0x%x (C6.2.208)', (level, scr, hcr, el, ec) => {
    const core = at(level, { SCR_EL3: SCR(scr), HCR_EL2: hcr });
    core.system(SystemCall.smc, SMC);
    expect(taken(core)).toMatchObject({ el, ec });
    // A trapped SMC is returned to, one that was performed is returned behind.
    expect(core.readRegister(`ELR_EL${el}`)).toBe(el === 3 ? PC + 4n : PC);
  });

  it('BRK from EL1 goes to EL2 under MDCR_EL2.TDE (D2.3)', () => {
    const core = at({ el: 1 }, { MDCR_EL2: 1n << 8n });
    core.system(SystemCall.brk, 0xd4200000 | (7 << 5));
    expect(taken(core)).toMatchObject({ el: 2, ec: 0x3c, iss: 7 });
  });
});

describe('exception return (Arm ARM D1.11)', () => {
  /** Where ERET at a level with an SPSR leads. */
  function returned(level: Level, spsr: bigint, registers: Record<string, bigint> = {}) {
    const core = at(level, registers);
    core.writeRegister(`SPSR_EL${level.el}`, spsr);
    core.writeRegister(`ELR_EL${level.el}`, 0x4000_2000n);
    core.system(SystemCall.eret, 0xd69f03e0);
    return core;
  }

  it.each([
    [{ el: 3 }, 0xdn, 3, true],
    [{ el: 3 }, 0x9n, 2, true],
    [{ el: 3 }, 0x8n, 2, false],
    [{ el: 3 }, 0x5n, 1, true],
    [{ el: 3 }, 0x4n, 1, false],
    [{ el: 3 }, 0x0n, 0, false],
    [{ el: 2 }, 0x5n, 1, true],
    [{ el: 2 }, 0x0n, 0, false],
    [{ el: 1 }, 0x0n, 0, false],
    [{ el: 1 }, 0x5n, 1, true],
  ])('from %j with SPSR 0x%x is legal', (level, spsr, el, spx) => {
    const core = returned(level, spsr | 0x6000_0000n, { SCR_EL3: SCR(NS) });
    expect(core.el).toBe(el);
    const pstate = core.readRegister('PSTATE');
    expect(pstate & 1n).toBe(spx ? 1n : 0n);
    expect(pstate >> 28n).toBe(6n);
    expect(pstate & (1n << 20n)).toBe(0n);
    expect(core.state.big(Slot.PC)).toBe(0x4000_2000n);
  });

  it.each([
    ['a higher level', { el: 1 }, 0x9n, SCR(NS), 0n],
    ['EL3 from EL2', { el: 2 }, 0xdn, SCR(NS), 0n],
    ['EL2 while SCR_EL3.NS is 0', { el: 3 }, 0x9n, SCR(0n), 0n],
    ['EL1 under HCR_EL2.TGE', { el: 2 }, 0x5n, SCR(NS), TGE],
    ['EL1 of the normal world from EL3 under HCR_EL2.TGE', { el: 3 }, 0x5n, SCR(NS), TGE],
    ['EL0 with SP_ELx', { el: 1 }, 0x1n, SCR(NS), 0n],
    ['M[1] set', { el: 1 }, 0x6n, SCR(NS), 0n],
    ['AArch32', { el: 3 }, 0x13n, SCR(NS), 0n],
    ['AArch32 User', { el: 1 }, 0x10n, SCR(NS), 0n],
  ])('to %s is illegal: PSTATE.IL, the level stays (D1.11.4)', (_what, level, spsr, scr, hcr) => {
    const core = returned(level as Level, spsr | 0x9000_0240n, { SCR_EL3: scr, HCR_EL2: hcr });
    expect(core.el).toBe(level.el);
    const pstate = core.readRegister('PSTATE');
    expect(pstate & (1n << 20n)).not.toBe(0n);
    expect(pstate >> 28n).toBe(9n);
    expect((pstate >> 6n) & 15n).toBe(0b1001n);
    expect(core.state.big(Slot.PC)).toBe(0x4000_2000n);
    core.redirected = false;
    expect(core.enter()).toBe(true);
    expect(taken(core)).toMatchObject({ el: level.el, ec: 0x0e, vector: 0x200 });
    expect(core.readRegister(`SPSR_EL${level.el}`) & (1n << 20n)).not.toBe(0n);
  });

  it('to secure EL1 is legal under HCR_EL2.TGE', () => {
    expect(returned({ el: 3 }, 0x5n, { SCR_EL3: SCR(0n), HCR_EL2: TGE }).el).toBe(1);
  });

  it('with SPSR.IL set enters the Illegal Execution state at the target level', () => {
    const core = returned({ el: 2 }, 0x5n | (1n << 20n), { SCR_EL3: SCR(NS) });
    expect(core.el).toBe(1);
    core.redirected = false;
    expect(core.enter()).toBe(true);
    expect(taken(core)).toMatchObject({ el: 1, ec: 0x0e });
  });

  it('opens the exclusive monitor', () => {
    const core = at({ el: 1 });
    core.state.setBig(Slot.EXCLUSIVE_ADDRESS, 0x1000n);
    core.writeRegister('SPSR_EL1', 0n);
    core.system(SystemCall.eret, 0xd69f03e0);
    expect(core.state.big(Slot.EXCLUSIVE_ADDRESS)).toBe(0xffff_ffff_ffff_ffffn);
  });

  it('to a misaligned address takes a PC alignment fault there (D1.8.1)', () => {
    const core = at({ el: 1 });
    core.writeRegister('SPSR_EL1', 0n);
    core.writeRegister('ELR_EL1', 0x4000_2002n);
    core.system(SystemCall.eret, 0xd69f03e0);
    core.redirected = false;
    expect(core.enter()).toBe(true);
    expect(taken(core)).toMatchObject({ el: 1, ec: 0x22, vector: 0x400 });
    expect(core.readRegister('FAR_EL1')).toBe(0x4000_2002n);
    expect(core.readRegister('ELR_EL1')).toBe(0x4000_2002n);
  });

  it('is UNDEFINED at EL0', () => {
    const core = at({ el: 0 });
    core.system(SystemCall.eret, 0xd69f03e0);
    expect(taken(core)).toMatchObject({ el: 1, ec: 0 });
  });
});
