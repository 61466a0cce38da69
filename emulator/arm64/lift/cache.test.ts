import { describe, expect, it } from 'vitest';
import type { Statement } from '../../ir/ir.ts';
import { Sys } from '../registers/slots.ts';
import { SystemCall } from '../system-calls.ts';
import { liftA64 } from './index.ts';

const lift = (word: number, el: number): readonly Statement[] => liftA64(word, 0x1000, 0, el).statements;
const kinds = (word: number, el: number): string[] => lift(word, el).map((s) => s.kind);

const DC_ZVA = 0xd50b7423;
const DC_CVAU = 0xd50b7b23;
const IC_IVAU = 0xd50b7523;
const IC_IALLU = 0xd508751f;
const MRS_DCZID = 0xd53b00e5;
const MSR_DAIF = 0xd51b4223;
const MSR_DAIFCLR = 0xd50342ff;

describe('cache maintenance stays in translated code once the traps of its level have been asked', () => {
  it.each([
    ['DC ZVA at EL3', DC_ZVA, 3, ['line']],
    ['DC ZVA at EL1, HCR_EL2.TDZ', DC_ZVA, 1, ['check', 'line']],
    ['DC ZVA at EL0, SCTLR_EL1.DZE too', DC_ZVA, 0, ['check', 'check', 'line']],
    ['DC CVAU at EL1, HCR_EL2.TPU', DC_CVAU, 1, ['check', 'line']],
    ['IC IVAU at EL2', IC_IVAU, 2, []],
    ['IC IALLU at EL1, HCR_EL2.TPU', IC_IALLU, 1, ['check']],
    ['IC IALLU at EL0, UNDEFINED', IC_IALLU, 0, ['system']],
    ['MRS DCZID_EL0 at EL1, HCR_EL2.TDZ', MRS_DCZID, 1, ['check', 'set']],
  ])('%s', (_text, word, el, expected) => {
    expect(kinds(word, el)).toEqual(expected);
  });

  it('a control that allows by being set is asked for its absence', () => {
    expect(lift(DC_ZVA, 0)[0]).toMatchObject({
      condition: { op: 'eqz', args: [{ args: [{ slot: Sys.SCTLR_EL1 }, { value: 1n << 14n }] }] },
      call: SystemCall.sys,
      word: DC_ZVA,
    });
  });
});

describe('interrupt masks are cleared in translated code where nothing waits to be let through', () => {
  it.each([
    ['MSR DAIF', MSR_DAIF, SystemCall.msr],
    ['MSR DAIFClr', MSR_DAIFCLR, SystemCall.msrImmediate],
  ])('%s', (_text, word, call) => {
    const statements = lift(word, 1);
    expect(statements.map((s) => s.kind)).toEqual(['check', 'check', 'check', 'set']);
    expect(statements[1]).toMatchObject({ condition: { slot: Sys.WIRES }, call });
    expect(statements[3]).toMatchObject({ slot: Sys.PSTATE });
    expect(kinds(word, 0)).toEqual(['system']);
  });
});
