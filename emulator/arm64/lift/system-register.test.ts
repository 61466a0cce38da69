import { describe, expect, it } from 'vitest';
import type { Statement } from '../../ir/ir.ts';
import { HANDLER_BY_ENCODING, HANDLERS } from '../registers/handlers.ts';
import { Sys } from '../registers/slots.ts';
import { LiftMode, SystemCall } from '../system-calls.ts';
import { liftA64 } from './index.ts';

const MRS = 0xd5200000;
const MSR = 0xd5000000;
/** A register's place in an instruction, bits 20:5. */
const at = (name: string): number => HANDLER_BY_ENCODING.indexOf(HANDLERS.findIndex((h) => h.name === name)) << 5;
const lift = (word: number, el: number): readonly Statement[] => liftA64(word, 0x1000, 0, el).statements;
const kinds = (statements: readonly Statement[]): string[] => statements.map((s) => s.kind);

describe('registers that only hold a value are moved without leaving translated code', () => {
  it.each([
    ['ELR_EL1', 1],
    ['SPSR_EL2', 2],
    ['ESR_EL2', 2],
    ['FAR_EL3', 3],
    ['TPIDR_EL0', 0],
    ['VBAR_EL2', 2],
  ])('%s at EL%i', (name, el) => {
    expect(kinds(lift(MRS | at(name) | 5, el))).toEqual(['set']);
    expect(kinds(lift(MSR | at(name) | 5, el))).toEqual(['set']);
    expect(lift(MRS | at(name) | 5, el)[0]).toMatchObject({ slot: 5 });
    expect(lift(MSR | at(name) | 5, el)[0]).toMatchObject({ slot: Sys[name as keyof typeof Sys] });
  });

  it('a control that may trap the access is asked first', () => {
    const [check, set] = lift(MRS | at('ESR_EL1') | 1, 1);
    expect(check).toMatchObject({ kind: 'check', call: SystemCall.mrs });
    expect(set).toMatchObject({ kind: 'set', slot: 1 });
    expect(kinds(lift(MSR | at('VBAR_EL1') | 1, 1))).toEqual(['set']);
    expect(kinds(lift(MSR | at('PMUSERENR_EL0') | 1, 1))).toContain('check');
    expect(kinds(lift(MSR | at('FAR_EL1') | 1, 2))).toEqual(['set']);
  });

  it.each(['SCTLR_EL1', 'TTBR0_EL1', 'FAR_EL1', 'CONTEXTIDR_EL1'])(
    'HCR_EL2.TVM is part of the mode: %s is written without a check, or trapped by an exception that does not leave',
    (name) => {
      const word = MSR | at(name) | 1;
      expect(lift(word, 1)).not.toMatchObject([{ condition: { args: [{ slot: Sys.HCR_EL2 }] } }]);
      const trapped = lift(word, 1 | LiftMode.vmTrap);
      expect(trapped.at(-1)).toMatchObject({ kind: 'switch', level: { value: 2n } });
      expect(trapped).toContainEqual(expect.objectContaining({ kind: 'set', slot: Sys.ESR_EL2 }));
      expect(trapped).not.toContainEqual(expect.objectContaining({ slot: Sys[name as keyof typeof Sys] }));
    },
  );

  it.each([
    // A write of the value that stands there; the ASID decides, the base does not; each write is counted.
    ['SCTLR_EL1', ['check']],
    ['TTBR0_EL1', ['check', 'set', 'set']],
    ['TTBR0_EL2', ['set', 'set']],
    ['VTCR_EL2', ['check']],
  ])('what acts on a change alone is checked for a change: %s at EL2', (name, expected) => {
    expect(kinds(lift(MSR | at(name) | 1, 2))).toEqual(expected);
  });

  it('SP_EL0 is asked for being the current stack pointer', () => {
    expect(kinds(lift(MRS | at('SP_EL0') | 1, 1))).toEqual(['check', 'set']);
  });

  it('a result for XZR is nobody’s', () => {
    expect(lift(MRS | at('ELR_EL1') | 31, 1)).toEqual([]);
  });

  it.each([
    ['HCR_EL2', 2, 'it routes interrupts'],
    ['SCR_EL3', 3, 'a write acts'],
    ['ELR_EL2', 1, 'the level is too low'],
    ['CNTP_CTL_EL0', 1, 'a write acts'],
  ])('%s at EL%i stays an operation: %s', (name, el) => {
    expect(lift(MSR | at(name) | 1, el)).toMatchObject([{ kind: 'system', call: SystemCall.msr, ends: true }]);
  });

  it('what shows process state is read from it', () => {
    expect(kinds(lift(MRS | at('CurrentEL') | 1, 1))).toEqual(['set']);
    expect(kinds(lift(MRS | at('DAIF') | 1, 2))).toEqual(['set']);
    expect(kinds(lift(0xd50342df, 1))).toEqual(['set']);
    expect(kinds(lift(0xd50342df, 0))).toEqual(['system']);
  });
});
