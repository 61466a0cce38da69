import { describe, expect, it } from 'vitest';
import { Slot } from '../ir/slots.ts';
import { SystemCall } from './system-calls.ts';
import { giveVectors, goTo, type Level, mrs, taken, testMachine } from './testing.ts';

const PC = 0x4000_1000n;
const SCR = { IRQ: 2n, FIQ: 4n, EA: 8n, TWI: 1n << 12n, TWE: 1n << 13n };
const HCR = {
  FMO: 8n,
  IMO: 16n,
  AMO: 32n,
  VF: 64n,
  VI: 128n,
  VSE: 256n,
  TWI: 1n << 13n,
  TWE: 1n << 14n,
  TGE: 1n << 27n,
};
const MASK = { irq: 2, fiq: 1, serror: 4 } as const;
const VECTOR = { irq: 0x80, fiq: 0x100, serror: 0x180 } as const;
const SCR_BIT = { irq: SCR.IRQ, fiq: SCR.FIQ, serror: SCR.EA } as const;
const HCR_BIT = { irq: HCR.IMO, fiq: HCR.FMO, serror: HCR.AMO } as const;
type Kind = keyof typeof MASK;
const KINDS = Object.keys(MASK) as Kind[];

function cpu(level: Level, { scr = 0n, hcr = 0n } = {}) {
  const { core, cores } = testMachine();
  giveVectors(core);
  core.writeRegister('SCR_EL3', 0x430n | scr);
  core.writeRegister('HCR_EL2', hcr);
  goTo(core, level);
  core.state.setBig(Slot.PC, PC);
  core.redirected = false;
  return { core, cores };
}

/** Level that takes a physical interrupt: `-` none, `C` where it stays pending. */
type Row = readonly [ea: 0 | 1, route: 0 | 1, el0: string, el1: string, el2: string, el3: string];

/**
 * Arm ARM table D1-13 (normal world): SCR_EL3.{EA,IRQ,FIQ} and HCR_EL2.{AMO,IMO,FMO} give the level that takes the
 * interrupt from EL0, EL1, EL2, EL3. A star: taken whatever PSTATE's mask says.
 */
const NORMAL: readonly Row[] = [
  [0, 0, '1', '1', '-', '-'],
  [0, 1, '2*', '2*', '2', '-'],
  [1, 0, '3*', '3*', '3*', '3'],
  [1, 1, '3*', '3*', '3*', '3'],
];
/** The same for the secure world, where HCR_EL2 has no say and EL2 does not exist. */
const SECURE: readonly Row[] = [
  [0, 0, '1', '1', '', '-'],
  [0, 1, '1', '1', '', '-'],
  [1, 0, '3*', '3*', '', '3'],
  [1, 1, '3*', '3*', '', '3'],
];

function checkRow(kind: Kind, [ea, route, ...levels]: Row, secure: boolean): void {
  levels.forEach((expected, el) => {
    if (expected === '') return;
    for (const masked of [false, true]) {
      const registers = { scr: ea ? SCR_BIT[kind] : 0n, hcr: route ? HCR_BIT[kind] : 0n };
      const { core } = cpu({ el, secure: secure || el === 3, daif: masked ? MASK[kind] : 0 }, registers);
      core.inputs[kind].set(true);
      const goes = expected !== '-' && (!masked || expected.endsWith('*'));
      expect([el, masked, core.pending()]).toEqual([el, masked, goes]);
      expect(core.enter()).toBe(goes);
      if (!goes) continue;
      const target = Number(expected[0]);
      const from = target > el ? 0x400 : 0x200;
      expect(taken(core)).toMatchObject({ el: target, vector: from + VECTOR[kind] });
      expect(core.readRegister(`ELR_EL${target}`)).toBe(PC);
    }
  });
}

describe('routing of physical interrupts (Arm ARM D1.13.1, table D1-13)', () => {
  for (const kind of KINDS) {
    it.each(NORMAL)(`normal world, ${kind}: SCR %i, HCR %i -> EL0 %s, EL1 %s, EL2 %s, EL3 %s`, (...row) => {
      checkRow(kind, row, false);
    });
    it.each(SECURE)(`secure world, ${kind}: SCR %i, HCR %i -> EL0 %s, EL1 %s`, (...row) => {
      checkRow(kind, row, true);
    });
    it(`HCR_EL2.TGE routes ${kind} to EL2 (D1.13.1)`, () => {
      const { core } = cpu({ el: 0, daif: 15 }, { hcr: HCR.TGE });
      core.inputs[kind].set(true);
      expect(core.enter()).toBe(true);
      expect(taken(core)).toMatchObject({ el: 2, vector: 0x400 + VECTOR[kind] });
    });
  }

  it('a wire that falls again is not taken; SError is, once', () => {
    const { core } = cpu({ el: 1 });
    core.inputs.irq.set(true);
    core.inputs.irq.set(false);
    expect(core.enter()).toBe(false);
    core.inputs.serror.set(true);
    expect(core.enter()).toBe(true);
    expect(taken(core)).toMatchObject({ el: 1, ec: 0x2f, vector: 0x380 });
    goTo(core, { el: 1 });
    expect(core.pending()).toBe(false);
  });
});

describe('virtual interrupts (Arm ARM D1.14)', () => {
  const VIRTUAL = [
    ['virq', 'irq', HCR.IMO],
    ['vfiq', 'fiq', HCR.FMO],
  ] as const;

  it.each(VIRTUAL)('%s reaches EL1 and EL0 of the normal world when its routing bit is set', (wire, kind, bit) => {
    for (const [el, hcr, secure, daif, goes] of [
      [0, bit, false, 0, true],
      [1, bit, false, 0, true],
      [1, bit, false, MASK[kind], false],
      [1, 0n, false, 0, false],
      [2, bit, false, 0, false],
      [1, bit, true, 0, false],
      [0, bit | HCR.TGE, false, 0, false],
    ] as const) {
      const { core } = cpu({ el, secure, daif }, { hcr });
      core.inputs[wire].set(true);
      expect([el, hcr, secure, daif, core.enter()]).toEqual([el, hcr, secure, daif, goes]);
      if (goes) expect(taken(core)).toMatchObject({ el: 1, vector: (el === 1 ? 0x200 : 0x400) + VECTOR[kind] });
    }
  });

  it.each([
    ['VI', HCR.VI | HCR.IMO, 0x280],
    ['VF', HCR.VF | HCR.FMO, 0x300],
    ['VSE', HCR.VSE | HCR.AMO, 0x380],
  ])('HCR_EL2.%s makes one pending', (_name, hcr, vector) => {
    const { core } = cpu({ el: 1 }, { hcr });
    expect(core.pending()).toBe(true);
    expect(core.enter()).toBe(true);
    expect(taken(core)).toMatchObject({ el: 1, vector });
  });

  it('HCR_EL2.VSE is cleared when the virtual SError is taken (D12.2.45)', () => {
    const { core } = cpu({ el: 1 }, { hcr: HCR.VSE | HCR.AMO });
    core.enter();
    expect(core.readRegister('HCR_EL2') & HCR.VSE).toBe(0n);
  });

  it('ISR_EL1 shows virtual interrupts to EL1 where they are routed, else physical ones (D12.2.61)', () => {
    const { core } = cpu({ el: 1 }, { hcr: HCR.IMO | HCR.VI });
    core.inputs.fiq.set(true);
    expect(mrs(core, 'ISR_EL1')).toBe(0x80n | 0x40n);
    goTo(core, { el: 2 });
    expect(mrs(core, 'ISR_EL1')).toBe(0x40n);
  });
});

describe('waiting (Arm ARM D1.16)', () => {
  it('WFI waits until an interrupt is pending, even a masked one', () => {
    const { core } = cpu({ el: 1, daif: 15 });
    core.system(SystemCall.wfi, 0);
    expect(core.waiting).toBe(true);
    expect(core.wake()).toBe(false);
    core.inputs.irq.set(true);
    expect(core.wake()).toBe(true);
    expect(core.waiting).toBe(false);
    expect(core.pending()).toBe(false);
  });

  it('WFI does not wait when an interrupt is pending', () => {
    const { core } = cpu({ el: 1, daif: 15 });
    core.inputs.fiq.set(true);
    core.system(SystemCall.wfi, 0);
    expect(core.waiting).toBe(false);
  });

  it('a virtual interrupt ends the wait of EL1', () => {
    const { core } = cpu({ el: 1, daif: 15 }, { hcr: HCR.IMO });
    core.system(SystemCall.wfi, 0);
    core.inputs.virq.set(true);
    expect(core.wake()).toBe(true);
  });

  it('WFE goes on at once if the event register is set, and clears it', () => {
    const { core } = cpu({ el: 1 });
    core.system(SystemCall.sevl, 0);
    core.system(SystemCall.wfe, 0);
    expect(core.waiting).toBe(false);
    core.system(SystemCall.wfe, 0);
    expect(core.waiting).toBe(true);
  });

  it('SEV ends the WFE of every CPU, SEVL only sets the own event', () => {
    const { cores } = testMachine(2);
    cores[1].system(SystemCall.wfe, 0);
    cores[0].system(SystemCall.sevl, 0);
    expect(cores[1].wake()).toBe(false);
    cores[0].system(SystemCall.sev, 0);
    expect(cores[1].wake()).toBe(true);
  });

  it('an interrupt that is masked does not end WFE, one that is not does', () => {
    const { core } = cpu({ el: 1, daif: 15 });
    core.system(SystemCall.wfe, 0);
    core.inputs.irq.set(true);
    expect(core.wake()).toBe(false);
    goTo(core, { el: 1 });
    expect(core.wake()).toBe(true);
  });

  const SCTLR_EL0_MAY_WAIT = (1n << 16n) | (1n << 18n);
  it.each<[string, Level, 'wfi' | 'wfe', bigint, bigint, bigint, number]>([
    ['SCTLR_EL1.nTWI = 0', { el: 0 }, 'wfi', 0n, 0n, 0n, 1],
    ['SCTLR_EL1.nTWE = 0', { el: 0 }, 'wfe', 0n, 0n, 0n, 1],
    ['SCTLR_EL1.nTWI = 0 under TGE', { el: 0 }, 'wfi', 0n, HCR.TGE, 0n, 2],
    ['HCR_EL2.TWI', { el: 0 }, 'wfi', SCTLR_EL0_MAY_WAIT, HCR.TWI, 0n, 2],
    ['HCR_EL2.TWI', { el: 1 }, 'wfi', 0n, HCR.TWI, 0n, 2],
    ['HCR_EL2.TWE', { el: 1 }, 'wfe', 0n, HCR.TWE, 0n, 2],
    ['SCR_EL3.TWI', { el: 1 }, 'wfi', 0n, 0n, SCR.TWI, 3],
    ['SCR_EL3.TWI', { el: 2 }, 'wfi', 0n, HCR.TWI, SCR.TWI, 3],
    ['SCR_EL3.TWE', { el: 1, secure: true }, 'wfe', 0n, HCR.TWE, SCR.TWE, 3],
  ])('%s traps from %j (%s)', (_name, level, what, sctlr, hcr, scr, target) => {
    const { core } = cpu(level, { scr, hcr });
    core.writeRegister('SCTLR_EL1', 0x30d0_0800n | sctlr);
    core.system(SystemCall[what], 0);
    expect(taken(core)).toMatchObject({ el: target, ec: 0x01, iss: 0x1e00000 | (what === 'wfe' ? 1 : 0) });
    expect(core.readRegister(`ELR_EL${target}`)).toBe(PC);
    expect(core.waiting).toBe(false);
  });

  it('EL3 is not trapped', () => {
    const { core } = cpu({ el: 3 }, { scr: SCR.TWI, hcr: HCR.TWI });
    core.system(SystemCall.wfi, 0);
    expect(core.waiting).toBe(true);
  });
});
