import { describe, expect, it } from 'vitest';
import type { Arm64Core } from './core.ts';
import { goTo, type Level, mrs, msr, testMachine } from './testing.ts';

/** Performance monitors (Arm ARM D5). */

const CYCLES = 1n << 31n;
const E = 1n;
const C = 4n;
const D = 8n;
const LC = 64n;
const SPME = 1n << 17n;

function machine(level: Level = { el: 1 }) {
  const made = testMachine();
  made.core.writeRegister('MDCR_EL3', SPME);
  goTo(made.core, level);
  return made;
}

const enable = (core: Arm64Core, counters: bigint, pmcr = E | LC): void => {
  core.writeRegister('PMCNTENSET_EL0', counters);
  core.writeRegister('PMCR_EL0', pmcr);
};

describe('cycle counter', () => {
  it('counts time while PMCR_EL0.E and its enable bit are set', () => {
    const { core, pass } = machine();
    pass(100);
    enable(core, CYCLES);
    pass(50);
    expect(mrs(core, 'PMCCNTR_EL0')).toBe(50n);
    msr(core, 'PMCNTENCLR_EL0', CYCLES);
    pass(50);
    expect(mrs(core, 'PMCCNTR_EL0')).toBe(50n);
    msr(core, 'PMCNTENSET_EL0', CYCLES);
    msr(core, 'PMCR_EL0', 0n);
    pass(50);
    expect(mrs(core, 'PMCCNTR_EL0')).toBe(50n);
  });

  it('PMCR_EL0.C resets it, and N tells six event counters', () => {
    const { core, pass } = machine();
    enable(core, CYCLES);
    pass(9);
    msr(core, 'PMCR_EL0', E | C | LC);
    expect(mrs(core, 'PMCCNTR_EL0')).toBe(0n);
    expect(mrs(core, 'PMCR_EL0')).toBe(0x41013000n | E | LC);
  });

  it('PMCR_EL0.D counts each 64th cycle, and loses none', () => {
    const { core, pass } = machine();
    enable(core, CYCLES, E | D);
    for (let i = 0; i < 64; i++) {
      pass(3);
      mrs(core, 'PMCCNTR_EL0');
    }
    expect(mrs(core, 'PMCCNTR_EL0')).toBe(3n);
  });

  it.each<[string, bigint, Level[]]>([
    ['nothing', 0n, [{ el: 0 }, { el: 1 }, { el: 3 }, { el: 0, secure: true }, { el: 1, secure: true }]],
    ['P', 1n << 31n, [{ el: 0 }, { el: 0, secure: true }]],
    ['P and NSK', (1n << 31n) | (1n << 29n), [{ el: 0 }, { el: 1 }, { el: 0, secure: true }]],
    ['U', 1n << 30n, [{ el: 1 }, { el: 3 }, { el: 1, secure: true }]],
    ['NSH', 1n << 27n, [{ el: 0 }, { el: 1 }, { el: 2 }, { el: 3 }, { el: 0, secure: true }, { el: 1, secure: true }]],
    ['M', 1n << 26n, [{ el: 0 }, { el: 1 }, { el: 0, secure: true }, { el: 1, secure: true }]],
  ])('the filter %s (0x%x) leaves these levels counted', (_name, filter, counted) => {
    const all: Level[] = [0, 1, 2, 3].map((el) => ({ el }));
    all.push({ el: 0, secure: true }, { el: 1, secure: true });
    for (const level of all) {
      const { core, pass } = machine(level);
      core.writeRegister('PMCCFILTR_EL0', filter);
      enable(core, CYCLES);
      pass(10);
      const expected = counted.some((l) => l.el === level.el && (l.secure ?? false) === (level.secure ?? false));
      expect([level, core.readRegister('PMCCNTR_EL0')]).toEqual([level, expected ? 10n : 0n]);
    }
  });

  it('a change of level ends one count and begins another', () => {
    const { core, pass } = machine({ el: 1 });
    core.writeRegister('PMCCFILTR_EL0', 1n << 30n);
    enable(core, CYCLES);
    pass(10);
    goTo(core, { el: 0 });
    pass(100);
    expect(core.readRegister('PMCCNTR_EL0')).toBe(10n);
  });

  it('overflows at 32 bits, or at 64 with LC, and then interrupts (D5.3.1)', () => {
    for (const lc of [false, true]) {
      const { core, pass, outputs } = machine();
      core.writeRegister('PMCCNTR_EL0', lc ? 0xffff_ffff_ffff_fff0n : 0xffff_fff0n);
      core.writeRegister('PMINTENSET_EL1', CYCLES);
      enable(core, CYCLES, lc ? E | LC : E);
      pass(15);
      expect([lc, outputs.performance]).toEqual([lc, false]);
      pass(1);
      expect([lc, outputs.performance]).toEqual([lc, true]);
      expect(mrs(core, 'PMOVSSET_EL0')).toBe(CYCLES);
      msr(core, 'PMOVSCLR_EL0', CYCLES);
      expect(outputs.performance).toBe(false);
    }
  });
});

describe('event counters', () => {
  it('SW_INCR counts writes of PMSWINC_EL0 to enabled counters', () => {
    const { core } = machine();
    core.writeRegister('PMEVTYPER1_EL0', 0n);
    core.writeRegister('PMEVTYPER2_EL0', 0n);
    enable(core, 2n);
    msr(core, 'PMSWINC_EL0', 0b110n);
    msr(core, 'PMSWINC_EL0', 0b110n);
    expect([mrs(core, 'PMEVCNTR1_EL0'), mrs(core, 'PMEVCNTR2_EL0')]).toEqual([2n, 0n]);
  });

  it('CHAIN counts overflows of the counter before it (D5.10)', () => {
    const { core, pass } = machine();
    core.writeRegister('PMEVTYPER0_EL0', 0x11n);
    core.writeRegister('PMEVTYPER1_EL0', 0x1en);
    core.writeRegister('PMEVCNTR0_EL0', 0xffff_fff0n);
    enable(core, 3n);
    pass(0x20);
    expect([mrs(core, 'PMEVCNTR0_EL0'), mrs(core, 'PMEVCNTR1_EL0')]).toEqual([0x10n, 1n]);
    expect(mrs(core, 'PMOVSSET_EL0')).toBe(1n);
  });

  it('PMSELR_EL0 selects what PMXEVTYPER_EL0 and PMXEVCNTR_EL0 reach', () => {
    const { core } = machine();
    msr(core, 'PMSELR_EL0', 3n);
    msr(core, 'PMXEVTYPER_EL0', 0x11n);
    msr(core, 'PMXEVCNTR_EL0', 77n);
    expect([mrs(core, 'PMEVTYPER3_EL0'), mrs(core, 'PMEVCNTR3_EL0')]).toEqual([0x11n, 77n]);
    msr(core, 'PMSELR_EL0', 31n);
    msr(core, 'PMXEVTYPER_EL0', 1n << 30n);
    expect(mrs(core, 'PMCCFILTR_EL0')).toBe(1n << 30n);
  });

  it('MDCR_EL2.HPMN hides counters from EL1, which HPME enables (D5.7.3)', () => {
    const { core, pass } = machine({ el: 2 });
    core.writeRegister('PMEVTYPER4_EL0', 0x11n);
    enable(core, 0x10n);
    core.writeRegister('MDCR_EL2', 4n | (1n << 7n));
    goTo(core, { el: 1 });
    expect((mrs(core, 'PMCR_EL0')! >> 11n) & 31n).toBe(4n);
    expect(mrs(core, 'PMEVCNTR4_EL0')).toBeUndefined();
    goTo(core, { el: 1 });
    msr(core, 'PMCR_EL0', 0n);
    pass(10);
    goTo(core, { el: 2 });
    expect(mrs(core, 'PMEVCNTR4_EL0')).toBe(10n);
  });

  it('nothing counts in the secure world unless MDCR_EL3.SPME allows it; the cycle counter stops by PMCR_EL0.DP', () => {
    const { core, pass } = machine({ el: 3 });
    core.writeRegister('MDCR_EL3', 0n);
    core.writeRegister('PMEVTYPER0_EL0', 0x11n);
    enable(core, CYCLES | 1n);
    pass(10);
    expect([mrs(core, 'PMEVCNTR0_EL0'), mrs(core, 'PMCCNTR_EL0')]).toEqual([0n, 10n]);
    core.writeRegister('PMCR_EL0', E | LC | 32n);
    pass(10);
    expect(mrs(core, 'PMCCNTR_EL0')).toBe(10n);
  });
});
