/** From one statement to tier 0's records. What no handler takes whole is split by {@link Values}. */

import { highOf, lowOf } from '../../ir/address.ts';
import type { AccessSize, Expr, Extend, FlagKindName, Statement, VectorExpr } from '../../ir/ir.ts';
import { FlagKind } from '../../ir/ir.ts';
import { Slot } from '../../ir/slots.ts';
import { CONDITION_PAIRS, isAlways, isDirect, isNeverAfterLogical } from '../conditions.ts';
import { handlerOf } from './handlers.ts';
import { CHECK_FIELDS, Field } from './records.ts';
import { startOf } from './shape-index.ts';
import { Head } from './shapes.ts';
import type { RecordSink } from './sink.ts';
import type { Values } from './values.ts';

export type FlagsStatement = Statement & { readonly kind: 'flags' };
export type BranchStatement = Statement & { readonly kind: 'branch' };
type Of<Kind extends Statement['kind']> = Statement & { readonly kind: Kind };

const GOTO = handlerOf(Head.goto);
const JUMP = handlerOf(Head.jump);
const JUMP_CONSTANT = handlerOf(Head.jumpConstant);
const SWITCH = handlerOf(Head.switch);
const SYSTEM = handlerOf(Head.system);
const LINE = [false, true].map((zero) => handlerOf(Head.line(zero)));
const SET_FLAGS = handlerOf(Head.setFlags);
const BRANCH = startOf(Head.branch);
const CHECK = { 32: startOf(Head.check(32)), 64: startOf(Head.check(64)) } as const;

/** Starts of accesses by size, extension and, as 0 or 1, whether they have EL0's permissions. */
const bySize = (start: (size: AccessSize) => number): Record<AccessSize, number> => ({
  1: start(1),
  2: start(2),
  4: start(4),
  8: start(8),
});
const LOAD = [false, true].map((user): Record<Extend, Record<AccessSize, number>> => {
  const load = (extend: Extend, most: AccessSize): Record<AccessSize, number> =>
    bySize((size) => (size > most ? -1 : startOf(Head.load(size, extend, user))));
  return { zero: load('zero', 8), sign32: load('sign32', 2), sign64: load('sign64', 4) };
});
const STORE = [false, true].map((user) => bySize((size) => startOf(Head.store(size, user))));
const LOAD_PAIR = { 4: startOf(Head.loadPair(4)), 8: startOf(Head.loadPair(8)) } as const;
const STORE_PAIR = { 4: startOf(Head.storePair(4)), 8: startOf(Head.storePair(8)) } as const;

/** Starts of flag-setting statements by kind and, as 0 or 1, whether the result is wanted; then by condition pair. */
type ByKind<T> = Record<FlagKindName, readonly T[]>;
const KINDS = Object.keys(FlagKind).filter((kind): kind is FlagKindName => kind !== 'packed');
const byKind = <T>(make: (kind: FlagKindName, result: boolean) => T): ByKind<T> =>
  Object.fromEntries(KINDS.map((kind) => [kind, [make(kind, false), make(kind, true)]])) as unknown as ByKind<T>;
const FLAGS = byKind((kind, result) => startOf(Head.flags(kind, result)));
const FLAGS_BRANCH = byKind((kind, result) =>
  Array.from({ length: CONDITION_PAIRS }, (_, pair) =>
    isDirect(kind, pair) ? startOf(Head.flagsBranch(kind, pair, result)) : -1,
  ),
);

export class Statements {
  /** Constant addresses that the block leads to, as far as they have its high half: low halves, as int32. */
  readonly leads: number[] = [];
  private readonly sink: RecordSink;
  private readonly values: Values;

  constructor(sink: RecordSink, values: Values) {
    this.sink = sink;
    this.values = values;
  }

  /** Lowers one statement. */
  lower(s: Statement): void {
    const { values } = this;
    values.beginStatement();
    switch (s.kind) {
      case 'set':
        values.set(s.slot, s.value);
        return;
      case 'setVector':
        this.setVector(s.slot, s.value);
        return;
      case 'load':
        this.access(LOAD[s.user ? 1 : 0][s.extend][s.size], s.slot, this.address(s.address, s.user));
        values.known.forget(s.slot);
        return;
      case 'store':
        this.access(STORE[s.user ? 1 : 0][s.size], s.value, this.address(s.address, s.user));
        return;
      case 'loadPair':
        this.access(LOAD_PAIR[s.size], s.slot, this.address(s.address), s.slot2);
        values.known.forget(s.slot);
        values.known.forget(s.slot2);
        return;
      case 'storePair':
        this.access(STORE_PAIR[s.size], s.value, this.address(s.address), s.value2);
        return;
      case 'storeExclusive':
        this.storeExclusive(s);
        return;
      case 'flags':
        this.beginFlags(s, FLAGS[s.flags][s.slot === undefined ? 0 : 1]);
        values.setKind(s.flags);
        return;
      case 'setFlags':
        this.registers(SET_FLAGS, s.value);
        values.setKind(undefined);
        return;
      case 'branch':
        this.branch(s);
        return;
      case 'goto':
        this.goto(s.target);
        return;
      case 'jump':
        this.registers(JUMP, s.target);
        return;
      case 'switch':
        this.registers(SWITCH, s.target, s.level);
        this.sink.u16(Field.c, s.arrival);
        return;
      case 'system':
        values.begin(SYSTEM);
        this.sink.u16(Field.a, s.call);
        this.sink.u16(Field.b, s.ends ? 1 : 0);
        this.sink.i32(Field.word, s.word | 0);
        // Whatever it wrote, nothing is known any more.
        values.reset();
        return;
      case 'check':
        this.check(s);
        return;
      case 'line':
        this.registers(LINE[s.zero ? 1 : 0], s.address);
        this.leaving(s);
        return;
    }
  }

  /** Ends a block at an instruction that is not part of it. */
  goto(target: bigint): void {
    const local = this.lead(target);
    if (local !== undefined) {
      this.values.begin(GOTO);
      this.sink.link(Field.link0, local);
    } else {
      this.values.begin(JUMP_CONSTANT);
      this.sink.i64(target);
    }
  }

  /** Whether a comparison can be fused with the branch on it. */
  canFuse(f: FlagsStatement, next: BranchStatement): boolean {
    const { condition } = next;
    if (condition.kind !== 'cond' || isAlways(condition.cc)) return false;
    return isDirect(f.flags, condition.cc >> 1) && this.isLocal(next.taken) && this.isLocal(next.otherwise);
  }

  /** Lowers a comparison and the branch on it to one record. */
  fuse(f: FlagsStatement, next: BranchStatement): void {
    this.values.beginStatement();
    const { cc } = next.condition as { readonly cc: number };
    this.beginFlags(f, FLAGS_BRANCH[f.flags][f.slot === undefined ? 0 : 1][cc >> 1]);
    this.links(cc & 1, this.lead(next.taken) as number, this.lead(next.otherwise) as number);
  }

  /** Begins a record and writes registers into its first fields. */
  private registers(handler: number, ...operands: readonly Expr[]): void {
    const slots = operands.map((operand) => this.values.toRegister(operand).slot);
    this.values.begin(handler);
    slots.forEach((slot, i) => {
      this.sink.u16(i === 0 ? Field.a : Field.b, slot * 8);
    });
  }

  private setVector(slot: number, value: VectorExpr): void {
    const { values, sink } = this;
    const place = (expr: VectorExpr): number => {
      if (expr.kind === 'vreg') return expr.slot;
      const low = values.temp();
      values.temp();
      // What this operand itself needs is free again once it stands there.
      values.releasing(() => this.setVector(low, expr));
      return low;
    };
    const operands: number[] = [];
    if (value.kind === 'vreg') operands.push(value.slot);
    else for (const arg of value.args) operands.push(arg === value.args[0] ? (operands[0] ?? place(arg)) : place(arg));
    values.begin(handlerOf(Head.vector(value.kind === 'vreg' ? undefined : value.op)));
    sink.u16(Field.d, slot * 8);
    values.fields.length = 0;
    for (const operand of operands) values.fields.push(operand * 8);
    values.operands();
    if (value.kind === 'vop') sink.u16(Field.e, value.amount);
    values.known.forget(slot);
    values.known.forget(slot + 1);
  }

  private address(expr: Expr, user?: boolean): Expr {
    const { values } = this;
    const constant = values.known.evaluate(expr);
    if (constant || user) return values.toRegister(constant ?? expr);
    return normaliseAddress(expr);
  }

  /** Emits an access by one register or two: they come first, the address' leaves follow. */
  private access(start: number, first: number, address: Expr, second?: number): void {
    const { values, sink } = this;
    for (let tree = address; ; tree = tree.kind === 'op' ? this.splitAddress(tree) : tree) {
      const handler = values.match(start, tree);
      if (handler < 0) continue;
      values.begin(handler);
      sink.u16(Field.d, first * 8);
      if (second !== undefined) sink.u16(Field.a, second * 8);
      values.operands(second === undefined ? 0 : 1);
      return;
    }
  }

  private splitAddress(tree: Expr & { kind: 'op' }): Expr {
    const { values } = this;
    return tree.args.some((arg) => arg.kind === 'op' || arg.kind === 'cond') ? values.split(tree) : values.toTemp(tree);
  }

  private storeExclusive(s: Of<'storeExclusive'>): void {
    const { values, sink } = this;
    const address = values.toRegister(s.address);
    values.begin(handlerOf(Head.storeExclusive(s.size, s.value2 !== undefined)));
    sink.u16(Field.d, s.status * 8);
    sink.u16(Field.a, s.value * 8);
    sink.u16(Field.b, (s.value2 ?? Slot.ZERO) * 8);
    sink.u16(Field.c, address.slot * 8);
    values.known.forget(s.status);
  }

  private check(s: Of<'check'>): void {
    const { values, sink } = this;
    let handler = values.match(CHECK[s.condition.width], s.condition);
    if (handler < 0) handler = values.matchRegisters(CHECK[s.condition.width], values.toRegister(s.condition));
    values.begin(handler);
    values.fields.forEach((field, i) => {
      sink.u16(CHECK_FIELDS[i], field);
    });
    this.leaving(s);
  }

  /** What a record that may leave to a system operation says of it. */
  private leaving({ call, word }: { readonly call: number; readonly word: number }): void {
    this.sink.u16(Field.c, call);
    this.sink.i32(Field.word, word | 0);
  }

  /** Begins the record of what sets flags, and writes its operands and result. */
  private beginFlags(s: FlagsStatement, start: number): void {
    const { values } = this;
    values.begin(this.matchFlags(s, start));
    values.operands();
    if (s.slot === undefined) return;
    this.sink.u16(Field.d, s.slot * 8);
    values.known.forget(s.slot);
  }

  private matchFlags({ flags, a, b }: FlagsStatement, start: number): number {
    const { values } = this;
    if (!flags.startsWith('log')) {
      const x = values.toRegister(a);
      return values.matchRegisters(start, x, values.toRegister(b as Expr));
    }
    const whole = values.match(start, a);
    if (whole >= 0) return whole;
    // A conjunction: both operands as registers, then the fused form.
    if (a.kind === 'op' && a.op === 'and')
      return values.match(start, { ...a, args: a.args.map((arg) => values.toRegister(arg)) });
    return values.matchRegisters(start, values.toRegister(a));
  }

  private branch(s: BranchStatement): void {
    const { values } = this;
    const known = this.alwaysOrNever(s.condition);
    if (known !== undefined) {
      this.goto(known ? s.taken : s.otherwise);
      return;
    }
    const taken = this.lead(s.taken);
    const otherwise = this.lead(s.otherwise);
    if (taken === undefined || otherwise === undefined) {
      this.branchAway(s);
      return;
    }
    let inverted = 0;
    let test = s.condition;
    if (test.kind === 'cond') {
      inverted = test.cc & 1;
      test = { ...test, cc: test.cc & ~1 };
    } else if (test.kind === 'op' && (test.op === 'nez' || test.op === 'eqz')) {
      inverted = test.op === 'nez' ? 1 : 0;
      const inner = test.args[0];
      // "bit is clear" is the inverted test of the bit.
      if (inner.kind === 'op' && inner.op === 'bit') {
        inverted ^= 1;
        test = inner;
      } else test = { ...test, op: 'eqz' };
    }
    values.begin(this.matchBranch(test));
    values.operands();
    this.links(inverted, taken, otherwise);
  }

  private matchBranch(test: Expr): number {
    const { values } = this;
    const whole = values.match(BRANCH, test);
    if (whole >= 0) return whole;
    if (test.kind === 'op' && (test.op === 'eqz' || test.op === 'bit')) {
      const handler = values.match(BRANCH, { ...test, args: [values.toRegister(test.args[0]), ...test.args.slice(1)] });
      if (handler >= 0) return handler;
    }
    return values.matchRegisters(BRANCH, values.toRegister(test));
  }

  /** A target on another page goes through the jump cache, which holds only what the fetch check let pass. */
  private branchAway({ condition, taken, otherwise }: BranchStatement): void {
    const address = (value: bigint): Expr => ({ kind: 'imm', value: BigInt.asIntN(64, value), width: 64 });
    const args = [condition, address(taken), address(otherwise)];
    this.registers(JUMP, { kind: 'op', op: 'sel', width: 64, source: 64, args });
  }

  private links(inverted: number, taken: number, otherwise: number): void {
    this.sink.link(Field.link0, inverted ? otherwise : taken);
    this.sink.link(Field.link1, inverted ? taken : otherwise);
  }

  /** Whether a condition holds always or never, where that is known. */
  private alwaysOrNever(condition: Expr): boolean | undefined {
    if (condition.kind !== 'cond') return undefined;
    if (isAlways(condition.cc)) return true;
    if (this.values.kind?.startsWith('log') && isNeverAfterLogical(condition.cc >> 1)) return (condition.cc & 1) === 1;
    return undefined;
  }

  /** Notes where the block leads. @returns the low half of a target on the block's page, which a link may lead to */
  private lead(target: bigint): number | undefined {
    const lo = lowOf(target);
    const hi = highOf(target);
    if (this.sink.isNear(hi)) this.leads.push(lo);
    return this.sink.isLocal(lo, hi) ? lo : undefined;
  }

  private isLocal(target: bigint): boolean {
    return this.sink.isLocal(lowOf(target), highOf(target));
  }
}

/** Brings an address into the listed forms: an extended register is always shifted, if only by zero. */
function normaliseAddress(expr: Expr): Expr {
  if (expr.kind !== 'op' || expr.op !== 'add') return expr;
  const [base, index] = expr.args;
  if (index.kind !== 'op' || (index.op !== 'zx32' && index.op !== 'sx32')) return expr;
  const by: Expr = { kind: 'imm', value: 0n, width: 64 };
  return { ...expr, args: [base, { kind: 'op', op: 'shl', width: 64, source: 64, args: [index, by] }] };
}
