import { describe, expect, it } from 'vitest';
import { Access, type AccessKind } from '../../engine/core.ts';
import { Slot } from '../../ir/slots.ts';
import type { Arm64Core } from '../core.ts';
import { giveVectors, goTo, poke64, RAM, SECURE_RAM, type Taken, taken, testMachine } from '../testing.ts';
import { Desc, index, MAIR, TestTables } from './testing.ts';

const VA = 0x80_4220_1128n;
const DATA = RAM + 0x1000;
const PAGE = BigInt(DATA) | Desc.PAGE | Desc.AF;
const SCTLR = 0x30d0_0800n;
const M = 1n;
const WXN = 1n << 19n;
/** T0SZ = 16, 4 KiB granule, 44-bit output (IPS for EL1, PS for EL2 and EL3). */
const TCR_EL1 = 16n | (16n << 16n) | (2n << 30n) | (4n << 32n);
const TCR_HIGH = 16n | (4n << 16n);

interface Setup {
  readonly el: number;
  readonly secure?: boolean;
  readonly sctlr?: bigint;
  readonly tcr?: bigint;
}

/** A machine whose level `el` runs with stage 1 on, from the tables that `build` makes. */
function withTables(setup: Setup, build: (tables: TestTables, root: number) => void) {
  const { el, secure = el === 3 } = setup;
  const machine = testMachine();
  const { core } = machine;
  giveVectors(core);
  const tables = new TestTables(machine.phys);
  const root = tables.table();
  build(tables, root);
  const level = Math.max(el, 1);
  goTo(core, { el: 3 });
  core.writeRegister(`TTBR0_EL${level}`, BigInt(root));
  core.writeRegister(`TCR_EL${level}`, setup.tcr ?? (level === 1 ? TCR_EL1 : TCR_HIGH));
  core.writeRegister(`MAIR_EL${level}`, MAIR);
  core.writeRegister(`SCTLR_EL${level}`, SCTLR | M | (setup.sctlr ?? 0n));
  goTo(core, { el, secure });
  return { ...machine, tables, root };
}

/** One access: 'ok', or the exception. */
function access(core: Arm64Core, va: bigint, kind: AccessKind, size = 1, user = false): 'ok' | Taken {
  core.redirected = false;
  const lo = Number(BigInt.asIntN(32, va));
  const hi = Number(BigInt.asIntN(32, va >> 32n));
  if (kind === Access.fetch) core.state.setBig(Slot.PC, va);
  return core.translate(lo, hi, size, kind, user) ? 'ok' : taken(core)!;
}

const status = (result: 'ok' | Taken): 'ok' | number => (result === 'ok' ? 'ok' : result.iss & 0x3f);

describe('stage 1 faults: class and level (Arm ARM D4.5, D12.2.36)', () => {
  const LEVELS = [
    { el: 0, target: 1, vector: 0x400 },
    { el: 1, target: 1, vector: 0x200 },
    { el: 2, target: 2, vector: 0x200 },
    { el: 3, target: 3, vector: 0x200 },
  ];
  const FAULTS: [string, number, number, (t: TestTables, root: number) => void][] = [
    ['translation', 0, 0x04, () => {}],
    ['translation', 1, 0x05, (t, r) => t.chain(VA, 0, 1, 0n, 0n, r)],
    ['translation', 2, 0x06, (t, r) => t.chain(VA, 0, 2, 0n, 0n, r)],
    ['translation', 3, 0x07, (t, r) => t.chain(VA, 0, 3, 0n, 0n, r)],
    ['translation (block at level 0)', 0, 0x04, (t, r) => t.put(r, index(VA, 0), Desc.BLOCK | Desc.AF)],
    ['translation (reserved encoding)', 3, 0x07, (t, r) => t.chain(VA, 0, 3, Desc.BLOCK | Desc.AF, 0n, r)],
    ['access flag', 1, 0x09, (t, r) => t.chain(VA, 0, 1, 0x4000_0000n | Desc.BLOCK, 0n, r)],
    ['access flag', 2, 0x0a, (t, r) => t.chain(VA, 0, 2, 0x4000_0000n | Desc.BLOCK, 0n, r)],
    ['access flag', 3, 0x0b, (t, r) => t.chain(VA, 0, 3, BigInt(DATA) | Desc.PAGE, 0n, r)],
    ['address size', 0, 0x00, (t, r) => t.put(r, index(VA, 0), (1n << 44n) | Desc.TABLE)],
    ['address size', 1, 0x01, (t, r) => t.chain(VA, 0, 1, (1n << 44n) | Desc.BLOCK | Desc.AF, 0n, r)],
    ['address size', 3, 0x03, (t, r) => t.chain(VA, 0, 3, (1n << 47n) | Desc.PAGE | Desc.AF, 0n, r)],
    ['external abort on walk', 0, 0x14, (t, r) => t.put(r, index(VA, 0), 0x5000_0000n | Desc.TABLE)],
    ['external abort on walk', 3, 0x17, (t, r) => t.chain(VA, 0, 2, 0x5000_0000n | Desc.TABLE, 0n, r)],
  ];
  // A table that cannot be read fails at the level that it would serve.
  FAULTS[12] = ['external abort on walk', 1, 0x15, FAULTS[12][3]];

  for (const { el, target, vector } of LEVELS) {
    it.each(FAULTS)(`EL${el}: %s, level %i, is status 0x%x`, (_name, _level, code, build) => {
      const { core } = withTables({ el }, build);
      expect(access(core, VA, Access.read)).toEqual({ el: target, vector, ec: el === 0 ? 0x24 : 0x25, iss: code });
      expect(core.readRegister(`FAR_EL${target}`)).toBe(VA);
    });
  }

  it('a write sets WnR, a fetch is an Instruction Abort', () => {
    const { core } = withTables({ el: 1 }, () => {});
    expect(access(core, VA, Access.write)).toMatchObject({ ec: 0x25, iss: 0x44 });
    goTo(core, { el: 0 });
    expect(access(core, VA, Access.fetch)).toMatchObject({ el: 1, ec: 0x20, iss: 0x04 });
    expect(core.readRegister('ELR_EL1')).toBe(VA);
  });

  it.each([
    ['above the input size of TTBR0', 0x0001_0000_0000_0000n],
    ['below TTBR1, not all ones', 0xfffe_ffff_ffff_f000n],
  ])('an address %s is a level 0 translation fault', (_name, va) => {
    const { core } = withTables({ el: 1 }, (t, r) => t.chain(VA, 0, 3, PAGE, 0n, r));
    expect(status(access(core, va, Access.read))).toBe(0x04);
  });

  it.each([
    ['EPD0', VA, 1n << 7n],
    ['EPD1', 0xffff_ff80_0000_0000n | VA, 1n << 23n],
  ])('TCR_EL1.%s makes walks a level 0 translation fault', (_name, va, bit) => {
    const { core } = withTables({ el: 1, tcr: TCR_EL1 | bit }, (t, r) => t.chain(va, 0, 3, PAGE, 0n, r));
    core.writeRegister('TTBR1_EL1', core.readRegister('TTBR0_EL1'));
    expect(status(access(core, va, Access.read))).toBe(0x04);
  });

  it.each([
    ['larger than 39', 40n],
    ['smaller than 16', 15n],
  ])('T0SZ %s is a level 0 translation fault (D4.2.5)', (_name, tsz) => {
    const { core } = withTables({ el: 2, tcr: tsz | (4n << 16n) }, (t, r) => t.chain(VA, 0, 3, PAGE, 0n, r));
    expect(status(access(core, VA, Access.read))).toBe(0x04);
  });

  it('a root beyond TCR.PS is an address size fault of level 0', () => {
    const { core } = withTables({ el: 2, tcr: 16n }, () => {});
    core.writeRegister('TTBR0_EL2', 1n << 33n);
    expect(status(access(core, VA, Access.read))).toBe(0x00);
  });
});

describe('stage 1 output', () => {
  it.each([
    [1, 0x4000_0000n | Desc.BLOCK, 0x4000_0000 + Number(VA & 0x3fff_ffffn)],
    [2, 0x4020_0000n | Desc.BLOCK, 0x4020_0000 + Number(VA & 0x1f_ffffn)],
    [3, BigInt(DATA) | Desc.PAGE, DATA + Number(VA & 0xfffn)],
  ])('a leaf at level %i maps the rest of the address', (level, leaf, pa) => {
    const { core } = withTables({ el: 1 }, (t, r) => t.chain(VA, 0, level, leaf | Desc.AF, 0n, r));
    expect(access(core, VA, Access.read)).toBe('ok');
    expect(core.translation.pa).toBe(pa);
  });

  it.each([16n, 25n, 28n, 33n, 34n, 39n])('T0SZ = %i starts at the level that D4.2.6 names', (tsz) => {
    const va = 0x100_0000n + 0x1000n;
    const start = 4 - Math.ceil((64 - Number(tsz) - 12) / 9);
    const { core } = withTables({ el: 2, tcr: tsz | (4n << 16n) }, (t, r) => t.chain(va, start, 3, PAGE, 0n, r));
    expect(access(core, va, Access.read)).toBe('ok');
    expect(core.translation.pa).toBe(DATA);
  });

  it('TTBR1 serves addresses with bit 55 set', () => {
    const va = 0xffff_ffff_c000_0000n;
    const { core, tables, root } = withTables({ el: 1 }, () => {});
    tables.chain(va, 0, 3, PAGE, 0n, root);
    core.writeRegister('TTBR1_EL1', BigInt(root));
    core.writeRegister('TTBR0_EL1', 0n);
    expect(access(core, va, Access.read)).toBe('ok');
  });

  it('TBI ignores the top byte, and FAR keeps it', () => {
    const tagged = VA | (0x5an << 56n);
    const build = (t: TestTables, r: number) => t.chain(VA, 0, 3, PAGE, 0n, r);
    const plain = withTables({ el: 1 }, build);
    expect(status(access(plain.core, tagged, Access.read))).toBe(0x04);
    const { core } = withTables({ el: 1, tcr: TCR_EL1 | (1n << 37n) }, build);
    expect(access(core, tagged, Access.read)).toBe('ok');
    expect(status(access(core, tagged + 0x1000n, Access.read))).toBe(0x07);
    expect(core.readRegister('FAR_EL1')).toBe(tagged + 0x1000n);
  });

  describe('64 KiB granule', () => {
    const tcr = 16n | (1n << 14n) | (4n << 16n);
    const va = 0x0000_0523_4567_8000n;
    const ROOT = RAM + 0x20_0000;
    const at = (level: number) => Number((va >> BigInt(29 + 13 * (2 - level))) & 0x1fffn) * 8;

    function walk(...descriptors: bigint[]) {
      const { core, phys } = withTables({ el: 2, tcr }, () => {});
      core.writeRegister('TTBR0_EL2', BigInt(ROOT));
      descriptors.forEach((descriptor, i) => {
        poke64(phys, ROOT + i * 0x1_0000 + at(i + 1), descriptor);
      });
      return { core, result: access(core, va, Access.read) };
    }
    const next = (level: number) => BigInt(ROOT + level * 0x1_0000) | Desc.TABLE;

    it('has pages at level 3', () => {
      const { core, result } = walk(next(1), next(2), 0x4000_0000n | Desc.PAGE | Desc.AF);
      expect(result).toBe('ok');
      expect(core.translation.pa).toBe(0x4000_0000 + Number(va & 0xffffn));
    });

    it('has blocks at level 2', () => {
      const { core, result } = walk(next(1), 0x4000_0000n | Desc.BLOCK | Desc.AF);
      expect(result).toBe('ok');
      expect(core.translation.pa).toBe(0x4000_0000 + Number(va & 0x1fff_ffffn));
    });

    it('has none at level 1', () => {
      expect(status(walk(0x4000_0000n | Desc.BLOCK | Desc.AF).result)).toBe(0x05);
    });

    it.each([1, 2, 3])('faults at level %i', (level) => {
      expect(status(walk(...[next(1), next(2)].slice(0, level - 1)).result)).toBe(0x04 + level);
    });
  });

  it('NS sends a secure regime to the non-secure address space, NSTable all below it', () => {
    const secureLeaf = BigInt(SECURE_RAM) | Desc.PAGE | Desc.AF | Desc.AP1;
    for (const el of [1, 3]) {
      const plain = withTables({ el, secure: true }, (t, r) => t.chain(VA, 0, 3, secureLeaf, 0n, r));
      expect(access(plain.core, VA, Access.read)).toBe('ok');
      expect(plain.core.translation.secure).toBe(true);
      const ns = withTables({ el, secure: true }, (t, r) => t.chain(VA, 0, 3, secureLeaf | Desc.NS, 0n, r));
      expect(access(ns.core, VA, Access.read)).toBe('ok');
      expect(ns.core.translation.secure).toBe(false);
      const nsTable = withTables({ el, secure: true }, (t, r) => t.chain(VA, 0, 3, secureLeaf, 1n << 63n, r));
      expect(access(nsTable.core, VA, Access.read)).toBe('ok');
      expect(nsTable.core.translation.secure).toBe(false);
    }
  });

  it('the normal world does not reach the secure address space whatever NS says', () => {
    const { core } = withTables({ el: 1 }, (t, r) => t.chain(VA, 0, 3, PAGE, 0n, r));
    expect(access(core, VA, Access.read)).toBe('ok');
    expect(core.translation.secure).toBe(false);
  });

  it('a walk from the normal world into secure memory is an external abort on the walk', () => {
    const { core } = withTables({ el: 1 }, (t, r) => t.put(r, index(VA, 0), BigInt(SECURE_RAM) | Desc.TABLE));
    expect(status(access(core, VA, Access.read))).toBe(0x15);
  });

  it('SCR_EL3.EA takes an external abort on a walk to EL3', () => {
    const { core } = withTables({ el: 1 }, (t, r) => t.put(r, index(VA, 0), 0x5000_0000n | Desc.TABLE));
    core.writeRegister('SCR_EL3', core.readRegister('SCR_EL3') | 8n);
    expect(access(core, VA, Access.read)).toEqual({ el: 3, vector: 0x400, ec: 0x24, iss: 0x15 });
  });
});

describe('stage 1 permissions (Arm ARM D4.4.1, tables D4-33 to D4-35)', () => {
  /** 'rwx' as a level sees a page. */
  function allowed(setup: Setup, leaf: bigint, tableBits = 0n): string {
    return [Access.read, Access.write, Access.fetch]
      .map((kind, i) => {
        const { core } = withTables(setup, (t, r) => t.chain(VA, 0, 3, PAGE | leaf, tableBits, r));
        const result = access(core, VA, kind);
        if (result !== 'ok') expect(result.iss & 0x3f).toBe(0x0f);
        return result === 'ok' ? 'rwx'[i] : '-';
      })
      .join('');
  }
  const { AP1, AP2, PXN, XN } = Desc;

  it.each([
    [0n, 'rwx', '--x'],
    [AP1, 'rw-', 'rwx'],
    [AP2, 'r-x', '--x'],
    [AP1 | AP2, 'r-x', 'r-x'],
    [PXN, 'rw-', '--x'],
    [XN, 'rwx', '---'],
    [AP1 | XN, 'rw-', 'rw-'],
    [AP1 | AP2 | PXN, 'r--', 'r-x'],
    [AP1 | AP2 | XN, 'r-x', 'r--'],
  ])('attributes 0x%x give EL1 %s and EL0 %s', (leaf, el1, el0) => {
    expect(allowed({ el: 1 }, leaf)).toBe(el1);
    expect(allowed({ el: 0 }, leaf)).toBe(el0);
  });

  it.each([
    [0n, 'rwx'],
    [AP2, 'r-x'],
    [XN, 'rw-'],
    [AP2 | XN, 'r--'],
  ])('attributes 0x%x give EL2 and EL3 %s', (leaf, expected) => {
    expect(allowed({ el: 2 }, leaf | AP1)).toBe(expected);
    expect(allowed({ el: 3 }, leaf | AP1)).toBe(expected);
  });

  it.each([
    [1, 0n, 'rw-'],
    [1, AP2, 'r-x'],
    [0, AP1, 'rw-'],
    [0, AP1 | AP2, 'r-x'],
    [2, 0n, 'rw-'],
    [3, 0n, 'rw-'],
    [3, AP2, 'r-x'],
  ])('SCTLR.WXN takes execution from what EL%i may write (attributes 0x%x)', (el, leaf, expected) => {
    expect(allowed({ el, sctlr: WXN }, leaf)).toBe(expected);
  });

  it.each([
    ['APTable[0] hides from EL0', 0, AP1, 1n << 61n, '--x'],
    ['APTable[1] takes write', 1, 0n, 1n << 62n, 'r-x'],
    ['APTable[1] takes write', 0, AP1, 1n << 62n, 'r-x'],
    ['APTable[1] takes write', 2, 0n, 1n << 62n, 'r-x'],
    ['UXNTable', 0, AP1, 1n << 60n, 'rw-'],
    ['PXNTable', 1, 0n, 1n << 59n, 'rw-'],
    ['XNTable', 2, 0n, 1n << 60n, 'rw-'],
  ])('hierarchical: %s (EL%i)', (_name, el, leaf, tableBits, expected) => {
    expect(allowed({ el }, leaf, tableBits)).toBe(expected);
  });

  it('SCR_EL3.SIF stops secure execution from non-secure memory', () => {
    const { core } = withTables({ el: 1, secure: true }, (t, r) => t.chain(VA, 0, 3, PAGE | Desc.NS, 0n, r));
    expect(access(core, VA, Access.fetch)).toBe('ok');
    core.writeRegister('SCR_EL3', core.readRegister('SCR_EL3') | (1n << 9n));
    expect(status(access(core, VA, Access.fetch))).toBe(0x0f);
  });

  it('unprivileged accesses of EL1 (LDTR) have the permissions of EL0', () => {
    const { core } = withTables({ el: 1 }, (t, r) => t.chain(VA, 0, 3, PAGE, 0n, r));
    expect(access(core, VA, Access.read)).toBe('ok');
    expect(access(core, VA, Access.read, 1, true)).toMatchObject({ el: 1, vector: 0x200, ec: 0x25, iss: 0x0f });
  });
});

describe('Device memory and stage 1 off', () => {
  it('a misaligned access to Device memory is an Alignment fault (B2.5.2)', () => {
    const { core } = withTables({ el: 1 }, (t, r) => t.chain(VA, 0, 3, PAGE | Desc.DEVICE, 0n, r));
    expect(access(core, VA & ~7n, Access.read, 8)).toBe('ok');
    expect(core.translation.slow).toBe(true);
    expect(access(core, VA | 1n, Access.read, 4)).toMatchObject({ ec: 0x25, iss: 0x21 });
  });

  it('a misaligned access to Normal memory is none', () => {
    const { core } = withTables({ el: 1 }, (t, r) => t.chain(VA, 0, 3, PAGE, 0n, r));
    expect(access(core, VA | 1n, Access.read, 4)).toBe('ok');
  });

  it('with stage 1 off addresses map to themselves, and alignment is checked by the lifter', () => {
    const { core } = testMachine();
    giveVectors(core);
    expect(access(core, BigInt(DATA) + 4n, Access.read, 4)).toBe('ok');
    expect(core.translation.pa).toBe(DATA + 4);
    expect(core.translation.secure).toBe(true);
    expect(core.mode & 4).toBe(4);
    goTo(core, { el: 1 });
    core.writeRegister('HCR_EL2', 1n << 12n);
    expect(core.mode & 4).toBe(0);
  });

  it('with stage 1 off an address beyond 44 bits is an address size fault of level 0', () => {
    const { core } = testMachine();
    giveVectors(core);
    expect(access(core, 1n << 44n, Access.read)).toMatchObject({ el: 3, ec: 0x25, iss: 0x00 });
  });
});
