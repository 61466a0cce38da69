import { describe, expect, it } from 'vitest';
import { SystemCall } from '../system-calls.ts';
import {
  giveVectors,
  goTo,
  type Level,
  mrs,
  mrsFields,
  mrsWord,
  msr,
  msrWord,
  taken,
  testMachine,
} from '../testing.ts';
import { encoding } from './row.ts';
import { REGISTERS, SYSTEM_INSTRUCTIONS } from './slots.ts';

function cpu(level: Level, registers: Record<string, bigint> = {}) {
  const machine = testMachine();
  const { core } = machine;
  giveVectors(core);
  for (const [name, value] of Object.entries(registers)) core.writeRegister(name, value);
  goTo(core, level);
  return machine;
}

const bit = (n: number): bigint => 1n << BigInt(n);
const SCTLR = 0x30d0_0800n;
const FADD_D0_D1_D0 = 0x1e602820;

describe('encodings (Arm ARM D12.1)', () => {
  it.each([
    ['SCTLR_EL1', 3, 0, 1, 0, 0],
    ['TTBR1_EL1', 3, 0, 2, 0, 1],
    ['TCR_EL2', 3, 4, 2, 0, 2],
    ['VTTBR_EL2', 3, 4, 2, 1, 0],
    ['HPFAR_EL2', 3, 4, 6, 0, 4],
    ['SCR_EL3', 3, 6, 1, 1, 0],
    ['MDCR_EL3', 3, 6, 1, 3, 1],
    ['CNTPS_CVAL_EL1', 3, 7, 14, 2, 2],
    ['CNTVOFF_EL2', 3, 4, 14, 0, 3],
    ['DBGBCR5_EL1', 2, 0, 0, 5, 5],
    ['PMEVTYPER3_EL0', 3, 3, 14, 12, 3],
    ['OSLAR_EL1', 2, 0, 1, 0, 4],
  ])('%s is S%i_%i_C%i_C%i_%i', (name, ...fields) => {
    expect(REGISTERS[name].at).toBe(encoding(...(fields as [number, number, number, number, number])));
  });

  it('no two registers or instructions share one', () => {
    const all = [...Object.values(REGISTERS), ...Object.values(SYSTEM_INSTRUCTIONS)].map((row) => row.at);
    expect(new Set(all).size).toBe(all.length);
  });

  it('an unknown register is UNDEFINED and leaves a record with its generic name', () => {
    const { core, unimplemented } = cpu({ el: 3 });
    core.system(SystemCall.mrs, mrsFields(3, 0, 4, 6, 0));
    expect(taken(core)).toMatchObject({ el: 3, ec: 0 });
    expect(unimplemented.list()).toMatchObject([{ kind: 'register', what: 'S3_0_C4_C6_0' }]);
  });
});

describe('identification says what this CPU has, and no more', () => {
  it.each([
    ['MIDR_EL1', 0x411fd070n],
    ['ID_AA64PFR0_EL1', 0x1111n],
    ['ID_AA64ISAR0_EL1', 0x11120n],
    ['ID_AA64MMFR0_EL1', 0x1024n],
    ['ID_PFR0_EL1', 0n],
    ['CTR_EL0', 0x8444c004n],
    ['DCZID_EL0', 4n],
    ['CLIDR_EL1', 0x0a200023n],
  ])('%s = 0x%x', (name, value) => {
    expect(mrs(cpu({ el: 3 }).core, name)).toBe(value);
  });

  it('MPIDR_EL1 numbers the CPUs, eight to a cluster', () => {
    const { cores } = testMachine(2);
    expect(mrs(cores[1], 'MPIDR_EL1')).toBe(0x8000_0001n);
  });

  it('EL1 of the normal world reads VPIDR_EL2 and VMPIDR_EL2 (D12.2.99)', () => {
    const registers = { VPIDR_EL2: 0x1234n, VMPIDR_EL2: 0x8000_0007n };
    const { core } = cpu({ el: 1 }, registers);
    expect([mrs(core, 'MIDR_EL1'), mrs(core, 'MPIDR_EL1')]).toEqual([0x1234n, 0x8000_0007n]);
    const secure = cpu({ el: 1, secure: true }, registers).core;
    expect([mrs(secure, 'MIDR_EL1'), mrs(secure, 'MPIDR_EL1')]).toEqual([0x411fd070n, 0x8000_0000n]);
  });

  it('reserved encodings of the ID space read as zero', () => {
    const { core } = cpu({ el: 1 });
    core.state.setBig(0, 5n);
    core.system(SystemCall.mrs, mrsFields(3, 0, 0, 7, 7));
    expect(core.redirected).toBe(false);
    expect(core.state.big(0)).toBe(0n);
  });
});

describe('levels', () => {
  it.each([
    ['SCTLR_EL1', 1, 1],
    ['SCTLR_EL2', 2, 2],
    ['SCTLR_EL3', 3, 3],
    ['SP_EL1', 2, 2],
    ['TPIDR_EL0', 0, 0],
    ['TPIDRRO_EL0', 0, 1],
    ['CNTHCTL_EL2', 2, 2],
    ['CurrentEL', 1, 4],
    ['VTTBR_EL2', 2, 2],
    ['MDSCR_EL1', 1, 1],
    ['OSLAR_EL1', 4, 1],
  ])('%s is read from EL%i and written from EL%i on', (name, readFrom, writeFrom) => {
    for (const el of [0, 1, 2, 3]) {
      const { core } = cpu({ el });
      expect([el, mrs(core, name) !== undefined]).toEqual([el, el >= readFrom]);
      if (el < readFrom) expect(taken(core)).toMatchObject({ ec: 0 });
      goTo(core, { el });
      const now = REGISTERS[name].reset;
      expect([el, msr(core, name, now)]).toEqual([el, el >= writeFrom]);
    }
  });

  it('SP_EL0 is UNDEFINED while it is the stack pointer in use (D12.2.122)', () => {
    const { core } = cpu({ el: 1, spx: false });
    expect(mrs(core, 'SP_EL0')).toBeUndefined();
    expect(mrs(cpu({ el: 1 }).core, 'SP_EL0')).toBe(0n);
  });

  it.each([
    [{ el: 1, secure: true }, 0n, 3],
    [{ el: 1, secure: true }, bit(11), undefined],
    [{ el: 1 }, bit(11), 1],
    [{ el: 2 }, bit(11), 2],
    [{ el: 3 }, 0n, undefined],
  ])('CNTPS_CTL_EL1 from %j with SCR_EL3.ST %s', (level, st, target) => {
    const { core } = cpu(level, { SCR_EL3: 0x430n | st });
    const value = mrs(core, 'CNTPS_CTL_EL1');
    if (target === undefined) expect(value).toBe(0n);
    else expect(taken(core)).toMatchObject({ el: target, ec: target === 3 ? 0x18 : 0 });
  });
});

describe('traps (Arm ARM D1.15)', () => {
  type Row = readonly [
    name: string,
    access: 'read' | 'write',
    level: Level,
    by: string,
    n: number,
    value: 0 | 1,
    target: number,
  ];
  const VM_REGISTERS = [
    'SCTLR_EL1',
    'TTBR0_EL1',
    'TTBR1_EL1',
    'TCR_EL1',
    'ESR_EL1',
    'FAR_EL1',
    'AFSR0_EL1',
    'AFSR1_EL1',
  ].concat(['MAIR_EL1', 'AMAIR_EL1', 'CONTEXTIDR_EL1']);
  const vm = VM_REGISTERS.flatMap((name): Row[] => [
    [name, 'write', { el: 1 }, 'HCR_EL2', 26, 1, 2],
    [name, 'read', { el: 1 }, 'HCR_EL2', 30, 1, 2],
  ]);
  const ROWS: Row[] = [
    ...vm,
    ['ACTLR_EL1', 'read', { el: 1 }, 'HCR_EL2', 21, 1, 2],
    ['REVIDR_EL1', 'read', { el: 1 }, 'HCR_EL2', 16, 1, 2],
    ['AIDR_EL1', 'read', { el: 1 }, 'HCR_EL2', 16, 1, 2],
    ['CCSIDR_EL1', 'read', { el: 1 }, 'HCR_EL2', 17, 1, 2],
    ['CSSELR_EL1', 'write', { el: 1 }, 'HCR_EL2', 17, 1, 2],
    ['ID_AA64MMFR0_EL1', 'read', { el: 1 }, 'HCR_EL2', 18, 1, 2],
    ['CPUACTLR_EL1', 'read', { el: 1 }, 'HCR_EL2', 20, 1, 2],
    ['DC ISW', 'write', { el: 1 }, 'HCR_EL2', 22, 1, 2],
    ['DC CIVAC', 'write', { el: 1 }, 'HCR_EL2', 23, 1, 2],
    ['IC IALLU', 'write', { el: 1 }, 'HCR_EL2', 24, 1, 2],
    ['DC CVAU', 'write', { el: 1 }, 'HCR_EL2', 24, 1, 2],
    ['TLBI VMALLE1', 'write', { el: 1 }, 'HCR_EL2', 25, 1, 2],
    ['TLBI VAE1IS', 'write', { el: 1 }, 'HCR_EL2', 25, 1, 2],
    ['DC ZVA', 'write', { el: 1 }, 'HCR_EL2', 28, 1, 2],
    ['CPACR_EL1', 'read', { el: 1 }, 'CPTR_EL2', 31, 1, 2],
    ['CPACR_EL1', 'write', { el: 1 }, 'CPTR_EL3', 31, 1, 3],
    ['CPTR_EL2', 'read', { el: 2 }, 'CPTR_EL3', 31, 1, 3],
    ['CNTPCT_EL0', 'read', { el: 1 }, 'CNTHCTL_EL2', 0, 0, 2],
    ['CNTP_CTL_EL0', 'read', { el: 1 }, 'CNTHCTL_EL2', 1, 0, 2],
    ['MDSCR_EL1', 'read', { el: 1 }, 'MDCR_EL2', 9, 1, 2],
    ['MDSCR_EL1', 'read', { el: 2 }, 'MDCR_EL3', 9, 1, 3],
    ['OSLAR_EL1', 'write', { el: 1 }, 'MDCR_EL2', 10, 1, 2],
    ['OSLSR_EL1', 'read', { el: 2 }, 'MDCR_EL3', 10, 1, 3],
    ['MDRAR_EL1', 'read', { el: 1 }, 'MDCR_EL2', 11, 1, 2],
    ['PMCR_EL0', 'read', { el: 1 }, 'MDCR_EL2', 5, 1, 2],
    ['PMCCNTR_EL0', 'read', { el: 1 }, 'MDCR_EL2', 6, 1, 2],
    ['PMCCNTR_EL0', 'read', { el: 2 }, 'MDCR_EL3', 6, 1, 3],
  ];

  it.each(ROWS)('%s, %s from %j, by %s bit %i = %i, goes to EL%i', (name, how, level, by, n, value, target) => {
    const perform = (core: Parameters<typeof mrs>[0]) => {
      core.redirected = false;
      const word = how === 'read' ? mrsWord(name, 3) : msrWord(name, 3);
      core.system(how === 'read' ? SystemCall.mrs : SystemCall.msr, word);
      return word;
    };
    const before = cpu(level).core;
    const reset = before.readRegister(by);
    const set = value ? reset | bit(n) : reset & ~bit(n);
    const free = value ? reset & ~bit(n) : reset | bit(n);
    const open = cpu(level, { [by]: free }).core;
    open.state.setBig(3, how === 'write' && name in REGISTERS ? open.readRegister(name) : 0x4000_0000n);
    perform(open);
    expect(open.redirected).toBe(false);

    const { core } = cpu(level, { [by]: set });
    core.state.setBig(3, 0x4000_0000n);
    const word = perform(core);
    const f = (shift: number, mask: number) => (word >>> shift) & mask;
    // ISS: Op0, Op2, Op1, CRn, Rt, CRm, direction (D12.2.36).
    const iss =
      (f(19, 3) << 20) | (f(5, 7) << 17) | (f(16, 7) << 14) | (f(12, 15) << 10) | (3 << 5) | (f(8, 15) << 1) | f(21, 1);
    expect(taken(core)).toEqual({ el: target, vector: target > level.el ? 0x400 : 0x200, ec: 0x18, iss });

    if (by.endsWith('EL2') && level.el < 2) {
      const secure = cpu({ ...level, secure: true }, { [by]: set }).core;
      secure.state.setBig(3, how === 'write' && name in REGISTERS ? secure.readRegister(name) : 0x4000_0000n);
      perform(secure);
      expect(secure.redirected).toBe(false);
    }
  });

  it.each([
    ['CTR_EL0', 'SCTLR_EL1', SCTLR, 15],
    ['DAIF', 'SCTLR_EL1', SCTLR, 9],
    ['CNTPCT_EL0', 'CNTKCTL_EL1', 0n, 0],
    ['CNTVCT_EL0', 'CNTKCTL_EL1', 0n, 1],
    ['CNTFRQ_EL0', 'CNTKCTL_EL1', 0n, 0],
    ['CNTFRQ_EL0', 'CNTKCTL_EL1', 0n, 1],
    ['CNTV_CTL_EL0', 'CNTKCTL_EL1', 0n, 8],
    ['CNTP_CVAL_EL0', 'CNTKCTL_EL1', 0n, 9],
    ['PMCR_EL0', 'PMUSERENR_EL0', 0n, 0],
    ['PMCCNTR_EL0', 'PMUSERENR_EL0', 0n, 2],
    ['PMEVCNTR0_EL0', 'PMUSERENR_EL0', 0n, 3],
  ])('%s at EL0 needs %s = 0x%x | bit %i; else it traps to EL1, or to EL2 under TGE', (name, by, base, n) => {
    const enabled = cpu({ el: 0 }, { [by]: base | bit(n) }).core;
    expect(mrs(enabled, name)).toBeDefined();
    const { core } = cpu({ el: 0 }, { [by]: base });
    expect(mrs(core, name)).toBeUndefined();
    expect(taken(core)).toMatchObject({ el: 1, vector: 0x400, ec: 0x18 });
    const tge = cpu({ el: 0 }, { [by]: base, HCR_EL2: bit(27) }).core;
    expect(mrs(tge, name)).toBeUndefined();
    expect(taken(tge)).toMatchObject({ el: 2, vector: 0x400, ec: 0x18 });
  });

  it.each([
    ['CPACR_EL1 0b00', { el: 1 }, 0n, 0n, 0n, 1],
    ['CPACR_EL1 0b01', { el: 0 }, bit(20), 0n, 0n, 1],
    ['CPACR_EL1 0b10', { el: 1 }, bit(21), 0n, 0n, 1],
    ['CPTR_EL2.TFP', { el: 1 }, 3n << 20n, bit(10), 0n, 2],
    ['CPTR_EL2.TFP', { el: 2 }, 0n, bit(10), 0n, 2],
    ['CPTR_EL3.TFP', { el: 1, secure: true }, 3n << 20n, bit(10), bit(10), 3],
    ['CPTR_EL3.TFP', { el: 3 }, 0n, 0n, bit(10), 3],
  ])('%s traps floating point from %j', (_name, level, cpacr, cptr2, cptr3, target) => {
    const { core } = cpu(level, { CPACR_EL1: cpacr, CPTR_EL2: cptr2, CPTR_EL3: cptr3 });
    core.system(SystemCall.fpSimd, FADD_D0_D1_D0);
    expect(taken(core)).toMatchObject({ el: target, ec: 0x07, iss: 0x1e00000 });
  });

  it('floating point that nothing traps is performed', () => {
    const { core, unimplemented } = cpu({ el: 0 }, { CPACR_EL1: 3n << 20n, CPTR_EL2: 0n });
    core.vectors.setElements(1, 64, [0x3ff0_0000_0000_0000n]);
    core.system(SystemCall.fpSimd, FADD_D0_D1_D0);
    expect(taken(core)).toBeUndefined();
    expect(core.vectors.element(0, 64, 0)).toBe(0x3ff0_0000_0000_0000n);
    expect(unimplemented.list()).toEqual([]);
  });

  it('a trap of floating point that EL2 takes for EL1 under TGE is reported as Unknown (D1.10.4)', () => {
    const { core } = cpu({ el: 0 }, { CPACR_EL1: 0n, HCR_EL2: bit(27), CPTR_EL2: 0n });
    core.system(SystemCall.fpSimd, FADD_D0_D1_D0);
    expect(taken(core)).toMatchObject({ el: 2, ec: 0 });
  });
});

describe('values', () => {
  it.each([
    ['HCR_EL2', 0xffff_ffff_ffff_ffffn, 0x3_dfff_ffffn],
    ['SCR_EL3', 0xffff_ffff_ffff_ffffn, 0x3fbfn],
    ['SCR_EL3', 0n, 0x430n],
    ['VBAR_EL1', 0xffff_ffff_ffff_ffffn, 0xffff_ffff_ffff_f800n],
    ['SCTLR_EL3', 0n, 0n],
    ['ESR_EL1', 0xffff_ffff_ffff_ffffn, 0xffff_ffffn],
    ['HPFAR_EL2', 0xffff_ffff_ffff_ffffn, 0xff_ffff_fff0n],
    ['CPACR_EL1', 0xffff_ffffn, 0x1030_0000n],
  ])('%s written with 0x%x reads 0x%x', (name, value, expected) => {
    const { core } = cpu({ el: 3 });
    expect(msr(core, name, value)).toBe(true);
    expect(mrs(core, name)).toBe(expected);
  });

  it('SCTLR_ELx.EE stays zero and is on record as a gap', () => {
    const { core, unimplemented } = cpu({ el: 3 });
    msr(core, 'SCTLR_EL1', SCTLR | bit(25));
    expect(mrs(core, 'SCTLR_EL1')).toBe(SCTLR);
    expect(unimplemented.list()).toMatchObject([{ kind: 'mode', what: 'big-endian data' }]);
  });

  it('the OS lock is set by OSLAR_EL1 and shown by OSLSR_EL1', () => {
    const { core } = cpu({ el: 1 });
    expect(mrs(core, 'OSLSR_EL1')).toBe(0xan);
    msr(core, 'OSLAR_EL1', 0n);
    expect(mrs(core, 'OSLSR_EL1')).toBe(0x8n);
    msr(core, 'OSLAR_EL1', 1n);
    expect(mrs(core, 'OSLSR_EL1')).toBe(0xan);
  });

  it('MSR (immediate) sets and clears the masks and selects the stack pointer', () => {
    const { core } = cpu({ el: 1 });
    core.writeRegister('SP_EL0', 0x10n);
    core.system(SystemCall.msrImmediate, 0xd50346df);
    expect(mrs(core, 'DAIF')).toBe(0x180n);
    core.system(SystemCall.msrImmediate, 0xd50344ff);
    expect(mrs(core, 'DAIF')).toBe(0x80n);
    core.system(SystemCall.msrImmediate, 0xd50040bf);
    expect(mrs(core, 'SPSel')).toBe(0n);
    expect(core.readRegister('SP')).toBe(0x10n);
  });

  it('RMR_EL3.RR resets the CPU to RVBAR_EL3', () => {
    const { core } = testMachine();
    core.reset({ entry: 0x1000n, el: 3, secure: true });
    core.writeRegister('TPIDR_EL3', 5n);
    msr(core, 'RMR_EL3', 3n);
    expect(core.readRegister('PC')).toBe(0x1000n);
    expect(core.readRegister('TPIDR_EL3')).toBe(0n);
  });

  it('a start below EL3 finds the normal world and HVC enabled', () => {
    const { core } = testMachine();
    core.reset({ entry: 0n, el: 2, secure: false });
    expect([core.el, core.secure]).toEqual([2, false]);
    expect(core.readRegister('SCR_EL3')).toBe(0x531n);
  });
});
