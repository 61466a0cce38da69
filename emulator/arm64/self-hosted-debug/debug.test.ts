import { describe, expect, it } from 'vitest';
import { Access } from '../../engine/core.ts';
import { Slot } from '../../ir/slots.ts';
import type { Arm64Core } from '../core.ts';
import { PState } from '../pstate.ts';
import { SystemCall } from '../system-calls.ts';
import { giveVectors, goTo, type Level, msr, RAM, taken, testMachine } from '../testing.ts';

const PC = BigInt(RAM + 0x1000);
const MDSCR = { SS: 1n, KDE: 1n << 13n, MDE: 1n << 15n };
const TDE = 1n << 8n;
const SDD = 1n << 16n;
const DATA = RAM + 0x2000;
const DEBUG_STATUS = 0x22;
const NOP = 0xd503201f;
const LDXR = 0xc85f7c20;

/** A core with the OS lock off, stopped before a NOP at {@link PC}. */
function cpu(level: Level, registers: Record<string, bigint> = {}, word = NOP): Arm64Core {
  const { core, phys } = testMachine();
  giveVectors(core);
  phys.poke(Number(PC), new Uint8Array(new Uint32Array([word]).buffer));
  core.writeRegister('OSLAR_EL1', 0n);
  for (const [name, value] of Object.entries(registers)) core.writeRegister(name, value);
  goTo(core, level);
  core.state.setBig(Slot.PC, PC);
  core.redirected = false;
  return core;
}

/** The instruction at the pc ends: the engine moves on and looks around. */
function runOne(core: Arm64Core): boolean {
  core.state.setBig(Slot.PC, core.state.big(Slot.PC) + 4n);
  return core.enter();
}

const setStepBit = (core: Arm64Core): void => {
  core.setProcessState((Number(core.readRegister('PSTATE')) & ~(15 << 28)) | PState.SS);
  core.redirected = false;
};

describe('where debug exceptions are taken from, and to (D2.3, D2.4)', () => {
  const BREAKPOINT = { DBGBVR0_EL1: PC, DBGBCR0_EL1: 0x1e7n | (1n << 13n) }; // any level: HMC 1, SSC 00, PMC 11
  it.each<[string, Level, Record<string, bigint>, number | undefined, number?]>([
    ['EL0: to EL1, whatever PSTATE.D says', { el: 0, daif: 8 }, {}, 1, 0x30],
    ['EL1 itself: not without MDSCR_EL1.KDE', { el: 1 }, {}, undefined],
    ['EL1 itself: with KDE', { el: 1 }, { MDSCR_EL1: MDSCR.MDE | MDSCR.KDE }, 1, 0x31],
    ['EL1 itself: not while PSTATE.D masks', { el: 1, daif: 8 }, { MDSCR_EL1: MDSCR.MDE | MDSCR.KDE }, undefined],
    ['EL1: to EL2 under MDCR_EL2.TDE, where PSTATE.D has no say', { el: 1, daif: 8 }, { MDCR_EL2: TDE }, 2, 0x30],
    ['EL0: to EL2 under HCR_EL2.TGE', { el: 0 }, { HCR_EL2: 1n << 27n }, 2, 0x30],
    ['EL2: not without TDE', { el: 2 }, { MDSCR_EL1: MDSCR.MDE | MDSCR.KDE }, undefined],
    ['EL2: itself, under TDE and KDE', { el: 2 }, { MDSCR_EL1: MDSCR.MDE | MDSCR.KDE, MDCR_EL2: TDE }, 2, 0x31],
    ['EL3: never', { el: 3 }, { MDSCR_EL1: MDSCR.MDE | MDSCR.KDE }, undefined],
    ['Secure EL0', { el: 0, secure: true }, { MDCR_EL2: TDE }, 1, 0x30],
    ['Secure EL0: not under MDCR_EL3.SDD', { el: 0, secure: true }, { MDCR_EL3: SDD }, undefined],
    ['not without MDSCR_EL1.MDE', { el: 0 }, { MDSCR_EL1: 0n }, undefined],
    ['not under the OS lock', { el: 0 }, { OSLAR_EL1: 1n }, undefined],
    ['not under the OS double lock', { el: 0 }, { OSDLR_EL1: 1n }, undefined],
    [
      'the double lock has no effect while the core stays powered',
      { el: 0 },
      { OSDLR_EL1: 1n, DBGPRCR_EL1: 1n },
      1,
      0x30,
    ],
  ])('%s', (_, level, registers, target, ec) => {
    const core = cpu(level, { MDSCR_EL1: MDSCR.MDE, ...BREAKPOINT, ...registers });
    expect(core.enter()).toBe(target !== undefined);
    if (target === undefined) return;
    expect(taken(core)).toMatchObject({ el: target, ec, iss: DEBUG_STATUS });
    expect(core.readRegister(`ELR_EL${target}`)).toBe(PC);
  });
});

describe('breakpoints (D2.9)', () => {
  const at = (el: number, control: bigint, more: Record<string, bigint> = {}, secure = false): boolean =>
    cpu(
      { el, secure: secure || el === 3 },
      { MDSCR_EL1: MDSCR.MDE | MDSCR.KDE, DBGBVR0_EL1: PC, DBGBCR0_EL1: control, ...more },
    ).enter();
  const control = (hmc: number, ssc: number, pmc: number): bigint =>
    0x1e1n | BigInt((hmc << 13) | (ssc << 14) | (pmc << 1));

  // HMC, SSC, PMC: at EL0, at EL1, at Secure EL0, at Secure EL1 (table D2-9).
  it.each([
    [0, 0, 1, false, true, false, true],
    [0, 0, 2, true, false, true, false],
    [0, 0, 3, true, true, true, true],
    [0, 1, 1, false, true, false, false],
    [0, 1, 3, true, true, false, false],
    [0, 2, 2, false, false, true, false],
    [0, 2, 3, false, false, true, true],
    [1, 0, 1, false, true, false, true],
    [1, 0, 3, true, true, true, true],
    [1, 1, 3, true, true, false, false],
    [1, 2, 0, false, false, false, false],
    [1, 3, 0, false, false, false, false],
    // Reserved, so disabled here.
    [0, 0, 0, false, false, false, false],
    [0, 3, 3, false, false, false, false],
    [1, 0, 2, false, false, false, false],
    [1, 3, 3, false, false, false, false],
  ])('HMC %i SSC %i PMC %i', (hmc, ssc, pmc, el0, el1, sEl0, sEl1) => {
    const word = control(hmc, ssc, pmc);
    expect([at(0, word), at(1, word), at(0, word, {}, true), at(1, word, {}, true)]).toEqual([el0, el1, sEl0, sEl1]);
  });

  const ANY = 0x1e7n;
  const linkedTo = (n: bigint): bigint => ANY | (1n << 20n) | (n << 16n);
  const type = (bt: bigint): bigint => ANY | (bt << 20n);
  it.each<[string, boolean, bigint, Record<string, bigint>]>([
    ['another address does not match', false, ANY, { DBGBVR0_EL1: PC + 4n }],
    ['the address in another half does not match', false, ANY, { DBGBVR0_EL1: PC + (1n << 32n) }],
    ['bits above 48 are copies of bit 48', true, ANY, { DBGBVR0_EL1: PC | (0x7fn << 49n) }],
    ['a disabled one does not match', false, ANY & ~1n, {}],
    [
      'linked to a context that is in force',
      true,
      linkedTo(4n),
      { DBGBVR4_EL1: 7n, DBGBCR4_EL1: type(3n), CONTEXTIDR_EL1: 7n },
    ],
    ['linked to another context', false, linkedTo(4n), { DBGBVR4_EL1: 7n, DBGBCR4_EL1: type(3n), CONTEXTIDR_EL1: 8n }],
    [
      'linked to a breakpoint that is not of a linked type',
      false,
      linkedTo(4n),
      { DBGBCR4_EL1: (type(2n) & ~6n) | 2n },
    ],
    ['linked to one that is disabled', false, linkedTo(4n), { DBGBCR4_EL1: type(3n) & ~1n }],
    ['linked to one that is not context-aware', false, linkedTo(1n), { DBGBCR1_EL1: type(3n) }],
    ['linked to a VMID', true, linkedTo(5n), { DBGBVR5_EL1: 9n << 32n, DBGBCR5_EL1: type(9n), VTTBR_EL2: 9n << 48n }],
    [
      'linked to another VMID',
      false,
      linkedTo(5n),
      { DBGBVR5_EL1: 9n << 32n, DBGBCR5_EL1: type(9n), VTTBR_EL2: 8n << 48n },
    ],
    [
      'linked to VMID and context',
      true,
      linkedTo(5n),
      { DBGBVR5_EL1: (9n << 32n) | 7n, DBGBCR5_EL1: type(11n), VTTBR_EL2: 9n << 48n, CONTEXTIDR_EL1: 7n },
    ],
    [
      'linked to VMID and another context',
      false,
      linkedTo(5n),
      { DBGBVR5_EL1: (9n << 32n) | 7n, DBGBCR5_EL1: type(11n), VTTBR_EL2: 9n << 48n },
    ],
    ['a context alone matches everywhere', true, 0n, { DBGBVR5_EL1: 7n, DBGBCR5_EL1: type(2n), CONTEXTIDR_EL1: 7n }],
    [
      'a linked context alone matches nowhere',
      false,
      0n,
      { DBGBVR5_EL1: 7n, DBGBCR5_EL1: type(3n), CONTEXTIDR_EL1: 7n },
    ],
    ['a context in a breakpoint that is not context-aware', false, 0n, { DBGBVR1_EL1: 0n, DBGBCR1_EL1: type(2n) }],
  ])('%s: %s', (_, matches, word, more) => {
    expect(at(0, word, more)).toBe(matches);
  });

  it('the engine asks before each instruction of a page with a breakpoint, at each block elsewhere, never without', () => {
    const core = cpu({ el: 0 }, { MDSCR_EL1: MDSCR.MDE, DBGBVR0_EL1: PC + 8n, DBGBCR0_EL1: ANY });
    core.enter();
    expect(core.pace).toBe(2);
    core.state.setBig(Slot.PC, PC + 0x1000n);
    core.enter();
    expect(core.pace).toBe(1);
    core.writeRegister('MDSCR_EL1', 0n);
    core.enter();
    expect(core.pace).toBe(0);
  });
});

describe('software step (D2.12)', () => {
  const stepping = (level: Level, word = NOP, more: Record<string, bigint> = {}): Arm64Core => {
    const core = cpu(level, { MDSCR_EL1: MDSCR.SS, ...more }, word);
    setStepBit(core);
    return core;
  };

  it.each([
    ['an instruction', NOP, 0],
    ['a load-exclusive', LDXR, 1],
  ])('%s runs, then the exception comes, with what was stepped in the syndrome', (_, word, ex) => {
    const core = stepping({ el: 0 }, word);
    expect(core.enter()).toBe(false);
    expect(core.pace).toBe(2);
    expect(runOne(core)).toBe(true);
    expect(taken(core)).toMatchObject({ el: 1, ec: 0x32, iss: DEBUG_STATUS | (1 << 24) | (ex << 6) });
    expect(core.readRegister('ELR_EL1')).toBe(PC + 4n);
    expect(Number(core.readRegister('SPSR_EL1')) & PState.SS).toBe(0);
  });

  it('with PSTATE.SS clear the exception is pending, and says that nothing is known of an instruction', () => {
    const core = cpu({ el: 0 }, { MDSCR_EL1: MDSCR.SS });
    expect(core.enter()).toBe(true);
    expect(taken(core)).toMatchObject({ el: 1, ec: 0x32, iss: DEBUG_STATUS });
    expect(core.readRegister('ELR_EL1')).toBe(PC);
  });

  it('an exception of the instruction leaves it to be stepped again: SPSR.SS is set', () => {
    const core = stepping({ el: 0 });
    core.enter();
    core.system(SystemCall.undefined, 0);
    expect(taken(core)).toMatchObject({ el: 1, ec: 0 });
    expect(Number(core.readRegister('SPSR_EL1')) & PState.SS).toBe(PState.SS);
  });

  it('SVC has ended when its exception is taken: SPSR.SS is clear', () => {
    const core = stepping({ el: 0 });
    core.enter();
    core.system(SystemCall.svc, 0xd4000001);
    expect(taken(core)).toMatchObject({ el: 1, ec: 0x15 });
    expect(Number(core.readRegister('SPSR_EL1')) & PState.SS).toBe(0);
  });

  it('an interrupt after the instruction goes first; the step is still pending on return', () => {
    const core = stepping({ el: 0 });
    core.enter();
    core.inputs.irq.set(true);
    expect(runOne(core)).toBe(true);
    expect(taken(core)).toMatchObject({ el: 1, vector: 0x480 });
    expect(Number(core.readRegister('SPSR_EL1')) & PState.SS).toBe(0);
  });

  it.each<[string, Level, Record<string, bigint>, number, number]>([
    ['from EL1 to EL0', { el: 1 }, {}, 0, PState.SS],
    ['not if SPSR.SS is clear', { el: 1 }, {}, -1, 0],
    ['not if debug exceptions are enabled at the source', { el: 1 }, { MDSCR_EL1: MDSCR.SS | MDSCR.KDE }, 0, 0],
    [
      'from EL1 to EL1 with PSTATE.D going from set to clear',
      { el: 1, daif: 8 },
      { MDSCR_EL1: MDSCR.SS | MDSCR.KDE },
      5,
      PState.SS,
    ],
    ['from EL2 to EL1 only where EL1 is debugged', { el: 2 }, {}, 5, 0],
    ['from EL2 to EL1 under MDCR_EL2.TDE', { el: 2 }, { MDCR_EL2: TDE }, 5, PState.SS],
  ])('ERET sets PSTATE.SS: %s', (_, level, more, mode, expected) => {
    const core = cpu(level, { MDSCR_EL1: MDSCR.SS, ...more });
    core.writeRegister(`SPSR_EL${level.el}`, BigInt(mode < 0 ? 0 : mode | PState.SS));
    core.writeRegister(`ELR_EL${level.el}`, PC);
    core.system(SystemCall.eret, 0xd69f03e0);
    expect(Number(core.readRegister('PSTATE')) & PState.SS).toBe(expected);
  });

  it('goes before a misaligned pc (D1.13.2)', () => {
    const core = cpu({ el: 0 }, { MDSCR_EL1: MDSCR.SS });
    core.state.setBig(Slot.PC, PC + 2n);
    core.enter();
    expect(taken(core)?.ec).toBe(0x32);
  });
});

describe('watchpoints (D2.10)', () => {
  const E = 1n;
  const [LOAD, STORE, BOTH] = [1n << 3n, 2n << 3n, 3n << 3n];
  const EL0 = 2n << 1n;
  const bas = (bits: bigint): bigint => bits << 5n;
  const mask = (n: bigint): bigint => n << 24n;
  const ALL = bas(0xffn);

  function access(
    control: bigint,
    value: number,
    at: number,
    bytes: number,
    kind: 1 | 2,
    more = {},
    el = 0,
  ): Arm64Core {
    const core = cpu(
      { el },
      { MDSCR_EL1: MDSCR.MDE | MDSCR.KDE, DBGWVR0_EL1: BigInt(value), DBGWCR0_EL1: control, ...more },
    );
    core.translate(at, 0, 1, kind, false, bytes);
    return core;
  }

  it.each<[string, bigint, number, number, number, number | undefined]>([
    ['the watched doubleword', ALL, DATA, DATA, 8, DATA],
    ['a byte of it', ALL, DATA, DATA + 7, 1, DATA + 7],
    ['the byte behind it', ALL, DATA, DATA + 8, 1, undefined],
    ['an access that begins before it', ALL, DATA + 64, DATA + 56, 16, DATA + 64],
    ['one byte: hit', bas(1n << 3n), DATA, DATA, 8, DATA + 3],
    ['one byte: beside it', bas(1n << 3n), DATA, DATA, 2, undefined],
    ['a word in the upper half of its doubleword', bas(0xfn), DATA + 4, DATA + 6, 1, DATA + 6],
    ['a word watches its own half alone', bas(0xfn), DATA + 4, DATA, 4, undefined],
    ['MASK: within the block', ALL | mask(6n), DATA, DATA + 63, 1, DATA + 63],
    ['MASK: behind the block', ALL | mask(6n), DATA, DATA + 64, 8, undefined],
    ['MASK of 1 and 2 is reserved', ALL | mask(2n), DATA, DATA, 8, undefined],
    ['MASK with only some bytes selected contradicts itself', bas(0xfn) | mask(6n), DATA, DATA, 8, undefined],
  ])('%s', (_, control, value, at, bytes, far) => {
    const core = access(E | LOAD | EL0 | control, value, at, bytes, Access.read);
    expect(core.redirected).toBe(far !== undefined);
    if (far === undefined) return;
    expect(taken(core)).toMatchObject({ el: 1, ec: 0x34, iss: DEBUG_STATUS });
    expect(core.readRegister('FAR_EL1')).toBe(BigInt(far));
    expect(core.readRegister('ELR_EL1')).toBe(PC);
  });

  it.each([
    [LOAD, Access.read, true],
    [LOAD, Access.write, false],
    [STORE, Access.read, false],
    [STORE, Access.write, true],
    [BOTH, Access.read, true],
    [BOTH, Access.write, true],
  ] as const)('LSC %i, access %i: %s; WnR says which', (lsc, kind, hit) => {
    const core = access(E | lsc | EL0 | ALL, DATA, DATA, 8, kind);
    expect(core.redirected).toBe(hit);
    if (hit) expect(taken(core)?.iss).toBe(DEBUG_STATUS | (kind === Access.write ? 1 << 6 : 0));
  });

  it('at EL1, LDTR is an access of EL0', () => {
    for (const user of [false, true]) {
      const core = access(E | BOTH | EL0 | ALL, DATA, DATA + 0x100, 8, Access.read, {}, 1);
      core.translate(DATA, 0, 8, Access.read, user);
      expect(core.redirected).toBe(user);
    }
  });

  it('a linked one asks its context', () => {
    const linked = E | BOTH | EL0 | ALL | (1n << 20n) | (4n << 16n);
    for (const context of [7n, 8n]) {
      const more = { DBGBVR4_EL1: 7n, DBGBCR4_EL1: 0x3001e7n, CONTEXTIDR_EL1: context };
      expect(access(linked, DATA, DATA, 8, Access.read, more).redirected).toBe(context === 7n);
    }
  });

  it('pages that it looks at have no fast way, old or new; others keep theirs', () => {
    const core = cpu({ el: 0 });
    const arm = (va: number): boolean => {
      core.translate(va, 0, 8, Access.read, false);
      const { bank, entry, slow } = core.translation;
      if (!slow) bank.arm(entry, va, 0, true, false, 0);
      return bank.fastTags[entry * 4] === BigInt(va & ~0xfff);
    };
    expect(arm(DATA)).toBe(true);
    core.writeRegister('DBGWVR0_EL1', BigInt(DATA));
    core.writeRegister('DBGWCR0_EL1', E | BOTH | EL0 | ALL);
    expect(arm(DATA)).toBe(false);
    expect(arm(DATA + 0x1000)).toBe(true);
  });

  it.each([
    ['DC ZVA', true, 0],
    ['DC IVAC', true, 1],
    ['DC CVAC', false, 0],
  ])('%s: %s', (name, hit, cm) => {
    const core = access(E | BOTH | (3n << 1n) | ALL, DATA + 32, DATA + 0x100, 8, Access.read, {}, 1);
    expect(msr(core, name, BigInt(DATA + 8))).toBe(!hit);
    if (!hit) return;
    expect(taken(core)).toMatchObject({ ec: 0x35, iss: DEBUG_STATUS | (1 << 6) | (cm << 8) });
    expect(core.readRegister('FAR_EL1')).toBe(BigInt(DATA + 32));
  });
});
