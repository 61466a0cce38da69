import { describe, expect, it } from 'vitest';
import { Access, type AccessKind } from '../../engine/core.ts';
import { Slot } from '../../ir/slots.ts';
import { giveVectors, goTo, mrs, msr, poke64, RAM, type Taken, taken, testMachine } from '../testing.ts';
import { Desc, MAIR, TestTables } from './testing.ts';

/** An intermediate physical address that the tests translate; where stage 1 is on it maps VA = IPA. */
const IPA = 0x42_2010_1128n;
const DATA = RAM + 0x1000;
const CODE = RAM + 0x2000;
const LEAF = BigInt(DATA) | Desc.PAGE | Desc.AF | Desc.S2_RW;
/** 39-bit input from level 1 (T0SZ 25, SL0 1), 4 KiB granule, 44-bit output. */
const VTCR = 25n | (1n << 6n) | (4n << 16n);
const HCR_VM = 1n;
const HCR_PTW = 4n;
/** MemAttr of a stage 2 descriptor; all clear is Device-nGnRnE. */
const S2_MEMATTR = 15n << 2n;
const HCR_DC = 1n << 12n;
const VMID = 5n << 48n;

interface Setup {
  readonly el?: number;
  readonly vtcr?: bigint;
  readonly hcr?: bigint;
}

/** A machine in the normal world with stage 2 on, and the root of its tables. */
function guest(setup: Setup, build: (tables: TestTables, root: number) => void) {
  const machine = testMachine();
  const { core } = machine;
  giveVectors(core);
  const tables = new TestTables(machine.phys);
  const root = tables.table();
  build(tables, root);
  core.writeRegister('VTTBR_EL2', BigInt(root) | VMID);
  core.writeRegister('VTCR_EL2', setup.vtcr ?? VTCR);
  core.writeRegister('HCR_EL2', setup.hcr ?? HCR_VM);
  goTo(core, { el: setup.el ?? 1 });
  return { ...machine, tables, root };
}

type Guest = ReturnType<typeof guest>;

function access(core: Guest['core'], va: bigint, kind: AccessKind): 'ok' | Taken {
  core.redirected = false;
  if (kind === Access.fetch) core.state.setBig(Slot.PC, va);
  const lo = Number(BigInt.asIntN(32, va));
  return core.translate(lo, Number(BigInt.asIntN(32, va >> 32n)), kind === Access.fetch ? 4 : 1, kind, false)
    ? 'ok'
    : taken(core)!;
}

describe('stage 2 faults: class, level, HPFAR_EL2 (Arm ARM D4.5, D12.2.51)', () => {
  it.each<[string, number, (t: TestTables, r: number) => void, Setup?]>([
    ['translation, level 1', 0x05, () => {}],
    ['translation, level 2', 0x06, (t, r) => t.chain(IPA, 1, 2, 0n, 0n, r)],
    ['translation, level 3', 0x07, (t, r) => t.chain(IPA, 1, 3, 0n, 0n, r)],
    ['access flag, level 1', 0x09, (t, r) => t.chain(IPA, 1, 1, 0x4000_0000n | Desc.BLOCK | Desc.S2_RW, 0n, r)],
    ['access flag, level 2', 0x0a, (t, r) => t.chain(IPA, 1, 2, 0x4000_0000n | Desc.BLOCK | Desc.S2_RW, 0n, r)],
    ['access flag, level 3', 0x0b, (t, r) => t.chain(IPA, 1, 3, LEAF & ~Desc.AF, 0n, r)],
    ['permission, level 3', 0x0f, (t, r) => t.chain(IPA, 1, 3, LEAF & ~(3n << 6n), 0n, r)],
    ['address size, level 1', 0x01, (t, r) => t.chain(IPA, 1, 1, (1n << 44n) | Desc.BLOCK | Desc.AF, 0n, r)],
    ['address size, level 3', 0x03, (t, r) => t.chain(IPA, 1, 3, LEAF | (1n << 45n), 0n, r)],
    ['an IPA beyond the input size', 0x04, () => {}, { vtcr: 32n | (1n << 6n) | (4n << 16n) }],
    ['SL0 = 3', 0x04, () => {}, { vtcr: 25n | (3n << 6n) }],
    ['a start level too low for the input size', 0x04, () => {}, { vtcr: 16n | (0n << 6n) | (4n << 16n) }],
    ['external abort on walk, level 1', 0x15, () => {}],
  ])('%s', (name, code, build, setup = {}) => {
    const { core } = guest(setup, build);
    if (name.startsWith('external')) core.writeRegister('VTTBR_EL2', VMID | 0x5000_0000n);
    expect(access(core, IPA, Access.read)).toMatchObject({ el: 2, vector: 0x400, ec: 0x24, iss: code });
    expect(core.readRegister('FAR_EL2')).toBe(IPA);
    expect(core.readRegister('HPFAR_EL2')).toBe((IPA >> 12n) << 4n);
  });

  it('an unaligned access to what stage 2 says is Device memory names the intermediate address', () => {
    const { core } = guest({ hcr: HCR_VM | HCR_DC }, (t, r) => t.chain(IPA, 1, 3, LEAF & ~S2_MEMATTR, 0n, r));
    core.redirected = false;
    const va = IPA + 1n;
    expect(core.translate(Number(BigInt.asIntN(32, va)), Number(va >> 32n), 4, Access.read, false)).toBe(false);
    expect(taken(core)).toMatchObject({ el: 2, vector: 0x400, ec: 0x24, iss: 0x21 });
    expect(core.readRegister('FAR_EL2')).toBe(va);
    expect(core.readRegister('HPFAR_EL2')).toBe((IPA >> 12n) << 4n);
  });

  it('a fetch that stage 2 refuses is an Instruction Abort to EL2', () => {
    const { core } = guest({}, (t, r) => t.chain(IPA, 1, 3, LEAF | Desc.XN, 0n, r));
    expect(access(core, IPA & ~3n, Access.fetch)).toEqual({ el: 2, vector: 0x400, ec: 0x20, iss: 0x0f });
  });

  it.each([
    [0n, '--x'],
    [1n, 'r-x'],
    [2n, '-wx'],
    [3n, 'rwx'],
  ])('S2AP = %i gives %s, XN takes execution (D4.4.2)', (s2ap, expected) => {
    for (const xn of [false, true]) {
      const leaf = (LEAF & ~(3n << 6n)) | (s2ap << 6n) | (xn ? Desc.XN : 0n);
      const seen = [Access.read, Access.write, Access.fetch].map((kind, i) => {
        const { core } = guest({}, (t, r) => t.chain(IPA, 1, 3, leaf, 0n, r));
        return access(core, IPA & ~3n, kind) === 'ok' ? 'rwx'[i] : '-';
      });
      expect(seen.join('')).toBe(xn ? expected.replace('x', '-') : expected);
    }
  });

  it('concatenated tables: 43 bits from level 1 are 16 tables (D4.2.8)', () => {
    const vtcr = 21n | (1n << 6n) | (4n << 16n);
    const ipa = 0x3ff_c000_0000n;
    const machine = guest({ vtcr }, () => {});
    const root = RAM + 0x30_0000;
    poke64(machine.phys, root + Number(ipa >> 30n) * 8, 0x4000_0000n | Desc.BLOCK | Desc.AF | Desc.S2_RW);
    machine.core.writeRegister('VTTBR_EL2', VMID | BigInt(root));
    expect(access(machine.core, ipa, Access.read)).toBe('ok');
    expect(machine.core.translation.pa).toBe(0x4000_0000);
  });

  it('does not act at EL2, in the secure world, or with HCR_EL2.VM = 0', () => {
    for (const setup of [{ el: 2 }, { el: 1, secure: true }]) {
      const { core } = guest({}, () => {});
      goTo(core, setup);
      expect(access(core, IPA, Access.read)).toBe('ok');
    }
    const { core } = guest({ hcr: 0n }, () => {});
    expect(access(core, IPA, Access.read)).toBe('ok');
    expect(core.translation.pa).toBe(Number(IPA));
  });

  it('HCR_EL2.DC implies VM and switches stage 1 off', () => {
    const { core } = guest({ hcr: HCR_DC }, () => {});
    core.writeRegister('SCTLR_EL1', 1n);
    expect(access(core, IPA, Access.read)).toMatchObject({ el: 2, iss: 0x05 });
  });
});

describe('both stages', () => {
  const TCR = 25n | (25n << 16n) | (2n << 30n) | (4n << 32n);
  const TABLE_IPA = 0x10_0000_0000n;

  /** Stage 1 maps IPA to itself from a root that stage 2 maps with `rootLeaf` bits. */
  function both(rootLeaf: bigint | undefined, dataLeaf: bigint, setup: Setup = {}, page = Desc.AF) {
    const machine = guest(setup, () => {});
    const { core, tables, root } = machine;
    const first = tables.table();
    const ipaOf = (pa: number) => TABLE_IPA + BigInt(pa - first);
    // Stage 1 tables lie one behind the other, at TABLE_IPA in intermediate addresses.
    const [, second, third] = [first, tables.table(), tables.table()];
    poke64(machine.phys, first + Number((IPA >> 30n) & 511n) * 8, ipaOf(second) | Desc.TABLE);
    poke64(machine.phys, second + Number((IPA >> 21n) & 511n) * 8, ipaOf(third) | Desc.TABLE);
    poke64(machine.phys, third + Number((IPA >> 12n) & 511n) * 8, (IPA & ~0xfffn) | Desc.PAGE | page);
    const [, l2, l3] = tables.chain(TABLE_IPA, 1, 3, 0n, 0n, root);
    expect(l2).toBeGreaterThan(0);
    for (let i = 0; i < 3; i++) {
      tables.put(l3, i, rootLeaf === undefined ? 0n : BigInt(first + i * 4096) | Desc.PAGE | rootLeaf);
    }
    tables.chain(IPA, 1, 3, dataLeaf, 0n, root);
    core.writeRegister('TTBR0_EL1', TABLE_IPA);
    core.writeRegister('TCR_EL1', TCR);
    core.writeRegister('MAIR_EL1', MAIR);
    core.writeRegister('SCTLR_EL1', 1n);
    core.redirected = false;
    return machine;
  }
  const TABLE_LEAF = Desc.AF | Desc.S2_RW;

  it('an address goes through both', () => {
    const { core } = both(TABLE_LEAF, LEAF);
    expect(access(core, IPA, Access.write)).toBe('ok');
    expect(core.translation.pa).toBe(DATA + Number(IPA & 0xfffn));
  });

  it.each([
    ['translation', undefined, 0x07],
    ['access flag', Desc.S2_RW, 0x0b],
    ['permission (the walk reads)', Desc.AF | (2n << 6n) | (0xfn << 2n), 0x0f],
  ])('a %s fault of stage 2 for the walk sets S1PTW and gives the IPA of the descriptor', (_name, leaf, code) => {
    const { core } = both(leaf, LEAF);
    expect(access(core, IPA, Access.write)).toEqual({ el: 2, vector: 0x400, ec: 0x24, iss: 0x80 | 0x40 | code });
    expect(core.readRegister('FAR_EL2')).toBe(IPA);
    expect(core.readRegister('HPFAR_EL2')).toBe((TABLE_IPA >> 12n) << 4n);
  });

  it('a walk needs no write permission of stage 2', () => {
    const { core } = both(Desc.AF | Desc.S2_READ, LEAF);
    expect(access(core, IPA, Access.write)).toBe('ok');
  });

  it('HCR_EL2.PTW refuses walks through Device memory', () => {
    const device = Desc.AF | (3n << 6n);
    expect(access(both(device, LEAF).core, IPA, Access.read)).toBe('ok');
    const { core } = both(device, LEAF, { hcr: HCR_VM | HCR_PTW });
    expect(access(core, IPA, Access.read)).toMatchObject({ el: 2, iss: 0x8f });
  });

  it('stage 1 permissions go first, and fault to EL1', () => {
    const { core } = both(TABLE_LEAF, LEAF & ~(3n << 6n), {}, Desc.AF | Desc.AP2);
    expect(access(core, IPA, Access.write)).toMatchObject({ el: 1, iss: 0x4f });
    expect(access(core, IPA, Access.read)).toMatchObject({ el: 2, iss: 0x0f });
  });

  it('Device memory of stage 2 makes the access Device', () => {
    const { core } = both(TABLE_LEAF, LEAF & ~(0xfn << 2n));
    expect(access(core, IPA, Access.read)).toBe('ok');
    expect(core.translation.slow).toBe(true);
  });

  it('AT S12E1R gives the physical address, AT S1E1R the intermediate one (D4.2.11)', () => {
    const { core } = both(TABLE_LEAF, LEAF);
    goTo(core, { el: 2 });
    expect(msr(core, 'AT S12E1R', IPA)).toBe(true);
    expect(mrs(core, 'PAR_EL1')! & 0xffff_ffff_f001n).toBe(BigInt(DATA));
    goTo(core, { el: 1 });
    expect(msr(core, 'AT S1E1R', IPA)).toBe(true);
    expect(mrs(core, 'PAR_EL1')! & 0xffff_ffff_f001n).toBe(IPA & ~0xfffn);
  });

  it('AT at EL2 reports a stage 2 fault of the walk in PAR_EL1: F, FST, PTW, S', () => {
    const { core } = both(undefined, LEAF);
    goTo(core, { el: 2 });
    expect(msr(core, 'AT S12E1R', IPA)).toBe(true);
    expect(mrs(core, 'PAR_EL1')).toBe(0x800n | 0x300n | (0x07n << 1n) | 1n);
  });

  it('AT S1E1R at EL1 takes a stage 2 fault of the walk to EL2 (D4.2.11)', () => {
    const { core } = both(undefined, LEAF);
    expect(msr(core, 'AT S1E1R', IPA)).toBe(false);
    expect(taken(core)).toEqual({ el: 2, vector: 0x400, ec: 0x24, iss: 0x1c7 });
  });
});

describe('instruction syndrome of stage 2 aborts (Arm ARM D12.2.36)', () => {
  const ISV = 1 << 24;
  const LOADS: [string, number, number, AccessKind][] = [
    ['ldrb w3, [x0]', 0x39400003, ISV | (0 << 22) | (3 << 16), Access.read],
    ['ldrsh x4, [x0]', 0x79800004, ISV | (1 << 22) | (1 << 21) | (4 << 16) | (1 << 15), Access.read],
    ['ldrsb w4, [x0]', 0x39c00004, ISV | (1 << 21) | (4 << 16), Access.read],
    ['ldr x5, [x0]', 0xf9400005, ISV | (3 << 22) | (5 << 16) | (1 << 15), Access.read],
    ['str wzr, [x0]', 0xb900001f, ISV | (2 << 22) | (31 << 16) | 0x40, Access.write],
    ['ldar w6, [x0]', 0x88dffc06, ISV | (2 << 22) | (6 << 16) | (1 << 14), Access.read],
    ['ldr x6, [x0], #8', 0xf8408406, 0, Access.read],
    ['ldp x6, x7, [x0]', 0xa9401c06, 0, Access.read],
    ['ldxr x6, [x0]', 0xc85f7c06, 0, Access.read],
    ['ldr q0, [x0]', 0x3dc00000, 0, Access.read],
  ];
  it.each(LOADS)('%s', (_name, word, iss, kind) => {
    const { core, phys } = guest({}, (t, r) => {
      t.chain(0x1_0000n, 1, 3, BigInt(CODE) | Desc.PAGE | Desc.AF | Desc.S2_RW, 0n, r);
    });
    poke64(phys, CODE, BigInt(word));
    core.state.setBig(Slot.PC, 0x1_0000n);
    expect(access(core, IPA, kind)).toMatchObject({ el: 2, iss: iss | (kind === Access.write ? 0x45 : 0x05) });
  });
});
