import { describe, expect, it } from 'vitest';
import { Access } from '../engine/core.ts';
import { Slot } from '../ir/slots.ts';
import type { Arm64Core } from './core.ts';
import { giveVectors, goTo, msr, poke64, RAM, testMachine } from './testing.ts';
import { Desc, MAIR, TestTables } from './translation/testing.ts';

/** TLB maintenance: what stays without it, and what each operation reaches (Arm ARM D4.10). */

const VA = 0x20_1000n;
const OLD = RAM + 0x1000;
const NEW = RAM + 0x2000;
const TCR_EL1 = 25n | (25n << 16n) | (2n << 30n) | (4n << 32n) | (1n << 36n);
const TCR_HIGH = 25n | (4n << 16n);
const AP_EL0 = Desc.AP1;

interface World {
  readonly el: number;
  readonly secure?: boolean;
  readonly asid?: bigint;
  readonly vmid?: bigint;
}

/** One machine whose regimes all map VA by one leaf, which tests then change. */
function world(global: boolean, cpus = 1) {
  const machine = testMachine(cpus, 12);
  const tables = new TestTables(machine.phys);
  const leaf = (pa: number) => BigInt(pa) | Desc.PAGE | Desc.AF | AP_EL0 | Desc.NS | (global ? 0n : Desc.nG);
  const chain = tables.chain(VA, 1, 3, leaf(OLD));
  const place = chain[2] + Number((VA >> 12n) & 511n) * 8;
  for (const core of machine.cores) {
    giveVectors(core);
    for (const el of [1, 2, 3]) {
      core.writeRegister(`TTBR0_EL${el}`, BigInt(chain[0]));
      core.writeRegister(`TCR_EL${el}`, el === 1 ? TCR_EL1 : TCR_HIGH);
      core.writeRegister(`MAIR_EL${el}`, MAIR);
      core.writeRegister(`SCTLR_EL${el}`, 1n);
    }
  }
  const enter = (core: Arm64Core, { el, secure = el === 3, asid = 1n, vmid = 1n }: World) => {
    goTo(core, { el: 3 });
    core.writeRegister('TTBR0_EL1', BigInt(chain[0]) | (asid << 48n));
    core.writeRegister('VTTBR_EL2', vmid << 48n);
    goTo(core, { el, secure });
  };
  return {
    ...machine,
    enter,
    /** Where a core finds VA: `old` through an entry that was kept, or `new`. */
    look: (core: Arm64Core, where: World): 'old' | 'new' => {
      enter(core, where);
      expect(core.translate(Number(VA), 0, 1, Access.read, false)).toBe(true);
      return core.translation.pa === OLD ? 'old' : 'new';
    },
    change: () => poke64(machine.phys, place, leaf(NEW)),
  };
}

const NS_EL1: World = { el: 1 };
const WORLDS: Record<string, World> = {
  EL1: NS_EL1,
  EL0: { el: 0 },
  'EL1, another ASID': { el: 1, asid: 2n },
  'EL1, another VMID': { el: 1, vmid: 2n },
  'secure EL1': { el: 1, secure: true },
  EL2: { el: 2 },
  EL3: { el: 3 },
};

/** VA and ASID 1 as TLBI's operand. */
const OPERAND = (1n << 48n) | (VA >> 12n);

describe('a translation stays in the TLB until it is removed (D4.8)', () => {
  it.each(Object.entries(WORLDS))('%s sees the old page without TLBI', (_name, where) => {
    const { core, look, change } = world(true);
    expect(look(core, where)).toBe('old');
    change();
    expect(look(core, where)).toBe('old');
  });

  it('through an exception to another level and back, another ASID and another VMID', () => {
    const { core, look, change } = world(false);
    look(core, NS_EL1);
    change();
    expect(look(core, { el: 1, asid: 2n })).toBe('new');
    expect(look(core, { el: 1, vmid: 2n })).toBe('new');
    expect(look(core, { el: 2 })).toBe('new');
    expect(look(core, NS_EL1)).toBe('old');
  });

  it('permissions that a new walk would grant are found at once: only a fresh walk refuses', () => {
    const machine = testMachine();
    const tables = new TestTables(machine.phys);
    const { core } = machine;
    giveVectors(core);
    const leaf = BigInt(OLD) | Desc.PAGE | Desc.AF;
    const chain = tables.chain(VA, 1, 3, leaf | Desc.AP2);
    core.writeRegister('TTBR0_EL3', BigInt(chain[0]));
    core.writeRegister('TCR_EL3', TCR_HIGH);
    core.writeRegister('SCTLR_EL3', 1n);
    expect(core.translate(Number(VA), 0, 1, Access.read, false)).toBe(true);
    tables.put(chain[2], Number((VA >> 12n) & 511n), leaf);
    expect(core.translate(Number(VA), 0, 1, Access.write, false)).toBe(true);
  });
});

describe('scope of each operation', () => {
  const ALL_EL1 = ['EL1', 'EL0', 'EL1, another ASID', 'EL1, another VMID'];
  const VMID_EL1 = ['EL1', 'EL0', 'EL1, another ASID'];

  it.each<[string, World, bigint, boolean, string[]]>([
    ['TLBI VMALLE1', NS_EL1, 0n, true, VMID_EL1],
    ['TLBI VAE1', NS_EL1, OPERAND, true, VMID_EL1],
    ['TLBI VAE1', NS_EL1, OPERAND, false, ['EL1', 'EL0']],
    ['TLBI VALE1', NS_EL1, OPERAND, false, ['EL1', 'EL0']],
    ['TLBI VAE1', NS_EL1, OPERAND + 1n, false, []],
    ['TLBI VAAE1', NS_EL1, OPERAND & 0xffffn, false, VMID_EL1],
    ['TLBI VAALE1', NS_EL1, OPERAND & 0xffffn, false, VMID_EL1],
    ['TLBI ASIDE1', NS_EL1, 1n << 48n, false, ['EL1', 'EL0']],
    ['TLBI ASIDE1', NS_EL1, 1n << 48n, true, []],
    ['TLBI VMALLE1', { el: 1, secure: true }, 0n, true, ['secure EL1']],
    ['TLBI VMALLE1', { el: 2 }, 0n, true, VMID_EL1],
    ['TLBI VMALLS12E1', { el: 2 }, 0n, false, VMID_EL1],
    ['TLBI ALLE1', { el: 2 }, 0n, false, ALL_EL1],
    ['TLBI ALLE2', { el: 2 }, 0n, false, ['EL2']],
    ['TLBI VAE2', { el: 2 }, OPERAND, false, ['EL2']],
    ['TLBI VALE2', { el: 2 }, OPERAND, false, ['EL2']],
    ['TLBI ALLE3', { el: 3 }, 0n, false, ['EL3']],
    ['TLBI VAE3', { el: 3 }, OPERAND, false, ['EL3']],
    ['TLBI VALE3', { el: 3 }, OPERAND, false, ['EL3']],
  ])('%s from %j with 0x%x (global pages: %s) removes %j', (name, from, operand, global, removed) => {
    // One world at a time: all of them would need more banks than a machine has.
    for (const [where, seen] of Object.entries(WORLDS)) {
      const { core, look, change, enter } = world(global);
      look(core, seen);
      change();
      enter(core, from);
      expect(msr(core, name, operand)).toBe(true);
      expect([where, look(core, seen)]).toEqual([where, removed.includes(where) ? 'new' : 'old']);
    }
  });

  it.each([
    ['TLBI VAE1', false],
    ['TLBI VAE1IS', true],
    ['TLBI VMALLE1', false],
    ['TLBI VMALLE1IS', true],
  ])('%s reaches other CPUs: %s', (name, reaches) => {
    const { cores, look, change, enter } = world(true, 2);
    look(cores[0], NS_EL1);
    look(cores[1], NS_EL1);
    change();
    enter(cores[0], NS_EL1);
    expect(msr(cores[0], name, OPERAND)).toBe(true);
    expect(look(cores[0], NS_EL1)).toBe('new');
    expect(look(cores[1], NS_EL1)).toBe(reaches ? 'new' : 'old');
  });

  it('HCR_EL2.FB makes EL1 operations reach other CPUs', () => {
    const { cores, look, change, enter } = world(true, 2);
    look(cores[1], NS_EL1);
    change();
    enter(cores[0], NS_EL1);
    cores[0].writeRegister('HCR_EL2', 1n << 9n);
    expect(msr(cores[0], 'TLBI VMALLE1', 0n)).toBe(true);
    expect(look(cores[1], NS_EL1)).toBe('new');
  });

  it('one address of a block removes the whole block', () => {
    const machine = testMachine();
    const { core } = machine;
    giveVectors(core);
    const tables = new TestTables(machine.phys);
    const [root] = tables.chain(0x4000_0000n, 1, 1, 0x4000_0000n | Desc.BLOCK | Desc.AF);
    core.writeRegister('TTBR0_EL3', BigInt(root));
    core.writeRegister('TCR_EL3', TCR_HIGH);
    core.writeRegister('SCTLR_EL3', 1n);
    const at = (va: number) => core.translate(va, 0, 1, Access.read, false);
    expect(at(0x4000_0000) && at(0x4020_0000)).toBe(true);
    tables.put(root, 1, 0n);
    expect(at(0x4020_0000)).toBe(true);
    expect(msr(core, 'TLBI VAE3', 0x4000_0000n >> 12n)).toBe(true);
    expect(at(0x4020_0000)).toBe(false);
  });
});

describe('what follows the operation in its block', () => {
  it.each([
    ['goes on while the code stays in the TLB', 'TLBI VAE3', (VA >> 12n) + 1n, true],
    ['is fetched anew where its own page was removed', 'TLBI VAE3', VA >> 12n, false],
    ['is fetched anew where everything was removed', 'TLBI ALLE3', 0n, false],
  ] as const)('%s', (_name, operation, operand, stays) => {
    const { core, enter } = world(true);
    enter(core, { el: 3 });
    core.state.setBig(Slot.PC, VA + 8n);
    expect(core.translate(Number(VA), 0, 4, Access.fetch, false)).toBe(true);
    expect(msr(core, operation, operand)).toBe(stays);
    expect(core.state.big(Slot.PC)).toBe(stays ? VA + 8n : VA + 12n);
  });
});

describe('stage 1 that is switched off and on by one world', () => {
  it('starts from an empty TLB', () => {
    const { core, look, change } = world(true);
    look(core, NS_EL1);
    change();
    core.writeRegister('SCTLR_EL1', 0n);
    core.writeRegister('SCTLR_EL1', 1n);
    expect(look(core, NS_EL1)).toBe('new');
  });

  it('keeps what the normal world has when the secure world runs with stage 1 off', () => {
    const { core, look, change, enter } = world(true);
    look(core, NS_EL1);
    change();
    enter(core, { el: 1, secure: true });
    core.writeRegister('SCTLR_EL1', 0n);
    enter(core, NS_EL1);
    core.writeRegister('SCTLR_EL1', 1n);
    expect(look(core, NS_EL1)).toBe('old');
  });
});
