/**
 * Short builders for the lifter. They make the same trees as `op`, `reg` and `imm` of the IR but without looking
 * anything up: lifting happens once for each translated instruction and must cost about a microsecond.
 */

import { addressOf } from '../../ir/address.ts';
import type {
  BinaryOp,
  CompareOp,
  Expr,
  ImmExpr,
  LiftedInstruction,
  OpExpr,
  RegExpr,
  Statement,
  UnaryOp,
  ValueOp,
  Width,
} from '../../ir/ir.ts';
import { Slot, SYSTEM_SLOT } from '../../ir/slots.ts';
import type { Site } from '../decode/encoding.ts';
import { SystemCall } from '../system-calls.ts';

/** Encoding 31 of a register field: the zero register or SP, as the instruction has it. */
export const ZR_OR_SP = 31;
/** The link register. */
export const LR = 30;

const registers = (width: Width): RegExpr[] =>
  Array.from({ length: SYSTEM_SLOT }, (_, slot) => ({ kind: 'reg', slot, width }) as const);
const REG32 = registers(32);
const REG64 = registers(64);

/** A slot's value. */
export const slot = (n: number, width: Width): RegExpr => (width === 64 ? REG64[n]! : REG32[n]!);
/** Register `n`, 31 = zero register. */
export const readZR = (n: number, width: Width): RegExpr => slot(n === ZR_OR_SP ? Slot.ZERO : n, width);
/** Register `n`, 31 = SP. */
export const readSP = (n: number, width: Width): RegExpr => slot(n, width);
/** Temporary `n` of the lifter as a slot. */
export const temp = (n: number): number => Slot.TEMP + n;

const SMALL = 4096;
const small = (width: Width): ImmExpr[] =>
  Array.from({ length: SMALL }, (_, value) => ({ kind: 'imm', value: BigInt(value), width }) as const);
const SMALL32 = small(32);
const SMALL64 = small(64);

/** A constant given as a signed number that fits the width. */
export const int = (value: number, width: Width): ImmExpr => {
  if (value >= 0 && value < SMALL) return (width === 64 ? SMALL64 : SMALL32)[value]!;
  return { kind: 'imm', value: BigInt(value), width };
};
/** A constant given as a BigInt of any sign. */
export const bigInt = (value: bigint, width: Width): ImmExpr => ({
  kind: 'imm',
  value: BigInt.asIntN(width, value),
  width,
});

export const binary = (name: BinaryOp, a: Expr, b: Expr): OpExpr => ({
  kind: 'op',
  op: name,
  width: a.width,
  source: a.width,
  args: [a, b],
});
export const unary = (name: UnaryOp, a: Expr): OpExpr => ({
  kind: 'op',
  op: name,
  width: a.width,
  source: a.width,
  args: [a],
});
/** 64 bits from the low 32. */
export const widen = (name: 'zx32' | 'sx32', a: Expr): OpExpr => ({
  kind: 'op',
  op: name,
  width: 64,
  source: 32,
  args: [a],
});
/** An operation whose result has the width of `args[0]`. */
export const same = (name: ValueOp, ...args: Expr[]): OpExpr => ({
  kind: 'op',
  op: name,
  width: args[0]!.width,
  source: args[0]!.width,
  args,
});
/** An operation with a 32-bit result over operands of the width of `args[0]`. */
export const narrow = (name: CompareOp | ValueOp, ...args: Expr[]): OpExpr => ({
  kind: 'op',
  op: name,
  width: 32,
  source: args[0]!.width,
  args,
});
export const select = (condition: Expr, a: Expr, b: Expr): OpExpr => ({
  kind: 'op',
  op: 'sel',
  width: a.width,
  source: a.width,
  args: [condition, a, b],
});
const CONDITIONS = Array.from({ length: 16 }, (_, cc) => ({ kind: 'cond', cc, width: 32 }) as const);
/** AArch64 condition `cc` as 0 or 1. */
export const condition = (cc: number): Expr => CONDITIONS[cc]!;
/** PSTATE.C (condition CS) in an operation's width. */
export const carry = (width: Width): Expr => (width === 64 ? widen('zx32', CONDITIONS[2]!) : CONDITIONS[2]!);

export const set = (to: number, value: Expr): Statement => ({ kind: 'set', slot: to, value });
export const NOTHING: readonly Statement[] = [];
/** Register `n` := value; a result for the zero register is nobody's. */
export const writeZR = (n: number, value: Expr): readonly Statement[] => (n === ZR_OR_SP ? NOTHING : [set(n, value)]);
export const writeSP = (n: number, value: Expr): readonly Statement[] => [set(n, value)];

/** Leaves to a system operation. */
export const system = (call: number, word: number, ends: boolean): readonly Statement[] => [
  { kind: 'system', call, word, ends },
];
/** An unallocated encoding. */
export const undefinedInstruction = (word: number): readonly Statement[] => system(SystemCall.undefined, word, true);

const TWO_32 = 0x1_0000_0000;

/** The instruction's address plus an offset in bytes, as an unsigned 64-bit address. */
export function pcPlus(site: Site, offset: number): bigint {
  const low = (site.pcLo >>> 0) + offset;
  if (low >= 0 && low < TWO_32) return addressOf(low, site.pcHi);
  return BigInt.asUintN(64, addressOf(0, site.pcHi) + BigInt(low));
}

/** Wraps statements up. @param anywhere see {@link LiftedInstruction.anywhere} */
export function lifted(statements: readonly Statement[], length: number, anywhere: boolean): LiftedInstruction {
  const last = statements[statements.length - 1];
  return { statements, ends: last !== undefined && endsBlock(last), length, anywhere };
}

function endsBlock(statement: Statement): boolean {
  switch (statement.kind) {
    case 'branch':
    case 'goto':
    case 'jump':
    case 'switch':
      return true;
    case 'system':
      return statement.ends;
    default:
      return false;
  }
}

/** Adds one to a slot. */
export const increment = (n: number): Statement =>
  set(n, binary('add', { kind: 'reg', slot: n, width: 64 }, int(1, 64)));
