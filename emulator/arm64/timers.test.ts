import { describe, expect, it } from 'vitest';
import { goTo, mrs, msr, testMachine } from './testing.ts';
import { INSTRUCTIONS_PER_TICK } from './timers.ts';

/** The generic timer (Arm ARM D6). */

const ENABLE = 1n;
const IMASK = 2n;
const ISTATUS = 4n;
const TIMERS = [
  ['CNTP', 'EL0', 'timerPhysical'],
  ['CNTV', 'EL0', 'timerVirtual'],
  ['CNTHP', 'EL2', 'timerHypervisor'],
  ['CNTPS', 'EL1', 'timerSecure'],
] as const;
const TICK = INSTRUCTIONS_PER_TICK;

describe('counters', () => {
  it('CNTPCT_EL0 counts once in 16 instructions, CNTVCT_EL0 less CNTVOFF_EL2', () => {
    const { core, pass } = testMachine();
    pass(1000 * TICK + 15);
    expect(mrs(core, 'CNTPCT_EL0')).toBe(1000n);
    expect(msr(core, 'CNTVOFF_EL2', 1001n)).toBe(true);
    expect(mrs(core, 'CNTVCT_EL0')).toBe(0xffff_ffff_ffff_ffffn);
    core.writeRegister('CNTVOFF_EL2', -0x1_0000_0000n);
    expect(mrs(core, 'CNTVCT_EL0')).toBe(0x1_0000_0000n + 1000n);
  });

  it('counts beyond 32 bits', () => {
    const { core, pass } = testMachine();
    pass(0x2_0000_0003 * TICK);
    expect(mrs(core, 'CNTPCT_EL0')).toBe(0x2_0000_0003n);
  });

  it('CNTFRQ_EL0 starts at 62.5 MHz and is written at EL3 alone', () => {
    const { core } = testMachine();
    expect(mrs(core, 'CNTFRQ_EL0')).toBe(62_500_000n);
    expect(msr(core, 'CNTFRQ_EL0', 1n)).toBe(true);
    goTo(core, { el: 2 });
    expect(mrs(core, 'CNTFRQ_EL0')).toBe(1n);
    expect(msr(core, 'CNTFRQ_EL0', 2n)).toBe(false);
  });
});

describe.each(TIMERS)('%s_*_%s', (name, suffix, output) => {
  const register = (part: string) => `${name}_${part}_${suffix}`;

  it('asserts its output when the count reaches CVAL, and not before', () => {
    const { core, outputs, pass } = testMachine();
    msr(core, register('CVAL'), 100n);
    msr(core, register('CTL'), ENABLE);
    pass(100 * TICK - 1);
    expect(outputs[output]).toBe(false);
    expect(mrs(core, register('CTL'))).toBe(ENABLE);
    pass(1);
    expect(outputs[output]).toBe(true);
    expect(mrs(core, register('CTL'))).toBe(ENABLE | ISTATUS);
  });

  it('IMASK keeps the output low, ENABLE = 0 takes it away', () => {
    const { core, outputs, pass } = testMachine();
    msr(core, register('CTL'), ENABLE | IMASK);
    pass(TICK);
    expect(outputs[output]).toBe(false);
    expect(mrs(core, register('CTL'))).toBe(ENABLE | IMASK | ISTATUS);
    msr(core, register('CTL'), ENABLE);
    expect(outputs[output]).toBe(true);
    msr(core, register('CTL'), 0n);
    expect(outputs[output]).toBe(false);
    expect(mrs(core, register('CTL'))).toBe(0n);
  });

  it('TVAL is CVAL less the count, as a signed 32-bit value (D6.1.5)', () => {
    const { core, pass } = testMachine();
    pass(50 * TICK);
    msr(core, register('TVAL'), 30n);
    expect(mrs(core, register('CVAL'))).toBe(80n);
    pass(40 * TICK);
    expect(mrs(core, register('TVAL'))).toBe(0xffff_fff6n);
    msr(core, register('TVAL'), 0xffff_ffffn);
    expect(mrs(core, register('CVAL'))).toBe(89n);
  });

  it('writing CVAL while it runs moves the event', () => {
    const { core, outputs, pass } = testMachine();
    msr(core, register('CVAL'), 10n);
    msr(core, register('CTL'), ENABLE);
    msr(core, register('CVAL'), 20n);
    pass(15 * TICK);
    expect(outputs[output]).toBe(false);
    pass(5 * TICK);
    expect(outputs[output]).toBe(true);
    msr(core, register('CVAL'), 1000n);
    expect(outputs[output]).toBe(false);
  });

  it('compares as unsigned numbers: a CVAL of all ones never comes', () => {
    const { core, outputs, pass, timeline } = testMachine();
    msr(core, register('CVAL'), 0xffff_ffff_ffff_ffffn);
    msr(core, register('CTL'), ENABLE);
    pass(1e6);
    expect(outputs[output]).toBe(false);
    expect(timeline.next()).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('virtual timer', () => {
  it('follows CNTVOFF_EL2', () => {
    const { core, outputs, pass } = testMachine();
    msr(core, 'CNTV_CVAL_EL0', 100n);
    msr(core, 'CNTV_CTL_EL0', ENABLE);
    msr(core, 'CNTVOFF_EL2', 50n);
    pass(100 * TICK);
    expect(outputs.timerVirtual).toBe(false);
    pass(50 * TICK);
    expect(outputs.timerVirtual).toBe(true);
    msr(core, 'CNTVOFF_EL2', 100n);
    expect(outputs.timerVirtual).toBe(false);
  });

  it('with CNTVOFF_EL2 beyond the count, the count is large and the condition holds', () => {
    const { core, outputs } = testMachine();
    msr(core, 'CNTVOFF_EL2', 1n);
    msr(core, 'CNTV_CVAL_EL0', 100n);
    msr(core, 'CNTV_CTL_EL0', ENABLE);
    expect(outputs.timerVirtual).toBe(true);
  });
});
