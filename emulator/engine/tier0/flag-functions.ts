/** Functions that pack lazy flags. */
import type { HelperName } from '../../ir/helpers.ts';
import type { FlagKindName } from '../../ir/ir.ts';
import { FlagKind } from '../../ir/ir.ts';
import { Slot } from '../../ir/slots.ts';
import { Code } from '../../wasm/code.ts';
import { Op } from '../../wasm/opcodes.ts';
import { kindOf, kindWidth } from '../conditions.ts';

const FLAG_HELPERS: Record<FlagKindName, HelperName> = {
  sub32: 'flagsSub32',
  sub64: 'flagsSub64',
  add32: 'flagsAdd32',
  add64: 'flagsAdd64',
  log32: 'flagsLog32',
  log64: 'flagsLog64',
};

/** The packed current flags: computed from the operands where the kind says so. Changes nothing. */
export function packFlagsBody(helpers: ReadonlyMap<HelperName, number>): Uint8Array {
  const c = new Code(0);
  for (const kind of Object.keys(FLAG_HELPERS) as FlagKindName[]) {
    const load = kindWidth(kind) === 64 ? Op.i64Load : Op.i32Load;
    c.i32(0);
    c.memory(Op.i32Load, Slot.FLAG_KIND * 8);
    c.i32(FlagKind[kind]);
    c.wide('eq', 32);
    c.open(Op.if);
    c.i32(0);
    c.memory(load, Slot.FLAG_A * 8);
    if (kindOf(kind) !== 'log') {
      c.i32(0);
      c.memory(load, Slot.FLAG_B * 8);
    }
    c.call(helpers.get(FLAG_HELPERS[kind]) as number);
    c.op(Op.return);
    c.end();
  }
  c.i32(0);
  c.memory(Op.i32Load, Slot.FLAGS * 8);
  return c.body();
}

/** pack(kind, a, b, flags): the packed flags of lazy ones that stand in a compiled function's locals. */
export function packLocalsBody(helpers: ReadonlyMap<HelperName, number>): Uint8Array {
  const c = new Code(4);
  for (const [kind, name] of Object.entries(FLAG_HELPERS) as [FlagKindName, HelperName][]) {
    const narrow = kindWidth(kind) === 32;
    c.get(0);
    c.i32(FlagKind[kind]);
    c.wide('eq', 32);
    c.open(Op.if);
    for (const operand of kindOf(kind) === 'log' ? [1] : [1, 2]) {
      c.get(operand);
      if (narrow) c.op(Op.i32WrapI64);
    }
    c.call(helpers.get(name) as number);
    c.op(Op.return);
    c.end();
  }
  c.get(3);
  return c.body();
}
