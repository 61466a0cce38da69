/** Values in tier 0's records: matches trees with handlers, and computes into temporaries what no handler takes whole. */
import type { Expr, FlagKindName, RegExpr, ValueOp } from '../../ir/ir.ts';
import { reg } from '../../ir/ir.ts';
import { operandWidth } from '../../ir/micro-ops.ts';
import { Slot, TEMP_COUNT } from '../../ir/slots.ts';
import { isAlways, isDirect } from '../conditions.ts';
import { KnownConstants } from './fold.ts';
import { handlerOf } from './handlers.ts';
import { Field } from './records.ts';
import { conditionSymbol, DEAD, endOf, operationSymbol, REGISTER, SMALL, startOf, step } from './shape-index.ts';
import { Head } from './shapes.ts';
import type { RecordSink } from './sink.ts';

const OPERAND_FIELDS = [Field.a, Field.b, Field.c, Field.e] as const;
/** Operations whose last operands may be small constants in the record: index of the first such operand. */
const SMALL_FROM: Partial<Record<ValueOp, number>> = {
  shl: 1,
  shru: 1,
  shrs: 1,
  rotr: 1,
  bit: 1,
  exu: 1,
  exs: 1,
  dep: 2,
  extr: 2,
};
/** Small constants are below this. */
const SMALL_END = 64n;

const CONSTANT = handlerOf(Head.constant);
const SET = { 32: startOf(Head.set(32)), 64: startOf(Head.set(64)) } as const;

export class Values {
  readonly known = new KnownConstants();
  /** Fields of the leaves of the trees that were matched last. */
  readonly fields: number[] = [];
  /** Kind of the flags where translation stands; undefined: not known. */
  kind: FlagKindName | undefined;
  /** Whether somebody asked for the kind since {@link listen}, and set it. */
  kindAsked = false;
  kindSet = false;
  private readonly sink: RecordSink;
  private nextTemp = 0;
  /** Slot that the last record sets to a constant, or -1: a constant that replaces it makes that record needless. */
  private lastConstant = -1;

  constructor(sink: RecordSink) {
    this.sink = sink;
  }

  /** Forgets what was known. */
  reset(): void {
    this.known.clear();
    this.setKind(undefined);
    this.lastConstant = -1;
  }

  /** Begins to note what is asked and what changes. */
  listen(): void {
    this.known.listen();
    this.kindAsked = this.kindSet = false;
  }

  setKind(kind: FlagKindName | undefined): void {
    this.kind = kind;
    this.kindSet = true;
  }

  /** A statement begins: temporaries live no longer than one. */
  beginStatement(): void {
    this.nextTemp = 0;
  }

  /** Begins a record. */
  begin(handler: number): void {
    this.lastConstant = -1;
    this.sink.begin(handler);
  }

  /** Finished records were added. */
  appended(): void {
    this.lastConstant = -1;
  }

  /** Writes what was matched last into the operand fields, from the `first` one on. */
  operands(first = 0): void {
    const { fields, sink } = this;
    for (let i = 0; i < fields.length; i++) sink.u16(OPERAND_FIELDS[first + i], fields[i]);
  }

  /** The handler of a statement with one operand, or -1; its leaves' fields are in {@link fields}. */
  match(start: number, expr: Expr): number {
    this.fields.length = 0;
    return endOf(this.follow(start, expr, false));
  }

  /** The handler of a statement whose operands are registers. */
  matchRegisters(start: number, ...registers: readonly RegExpr[]): number {
    this.fields.length = 0;
    let state = start;
    for (const register of registers) state = this.follow(state, register, false);
    return endOf(state);
  }

  private follow(state: number, expr: Expr, small: boolean): number {
    switch (expr.kind) {
      case 'reg':
        this.fields.push(expr.slot * 8);
        return step(state, REGISTER);
      case 'imm': {
        const value = BigInt.asUintN(expr.width, expr.value);
        if (small && value < SMALL_END) {
          this.fields.push(Number(value));
          return step(state, SMALL);
        }
        this.fields.push(value === 0n ? Slot.ZERO * 8 : this.sink.constant(value));
        return step(state, REGISTER);
      }
      case 'cond':
        // No handler has an odd condition inside: it is split off and inverted.
        return expr.cc & 1 ? DEAD : step(state, this.conditionSymbol(expr.cc >> 1));
      default: {
        const { op, args } = expr;
        let next = step(state, operationSymbol(op, expr.source));
        const from = SMALL_FROM[op] ?? args.length;
        for (let i = 0; i < args.length && next !== DEAD; i++) {
          const arg = args[i];
          const constant = arg.kind === 'op' ? this.known.evaluate(arg) : undefined;
          next = this.follow(next, constant ?? arg, i >= from);
        }
        return next;
      }
    }
  }

  private conditionSymbol(pair: number): number {
    this.kindAsked = true;
    const direct = this.kind !== undefined && isDirect(this.kind, pair);
    return conditionSymbol(direct ? (this.kind as FlagKindName) : null, pair);
  }

  /** slot := value. */
  set(slot: number, value: Expr): void {
    const constant = this.known.evaluate(value);
    if (constant) {
      // A 32-bit result is zero-extended.
      this.setConstant(slot, BigInt.asUintN(constant.width, constant.value));
      return;
    }
    this.compute(slot, value);
    this.known.forget(slot);
  }

  private setConstant(slot: number, value: bigint): void {
    if (this.lastConstant === slot) this.sink.dropLast();
    this.begin(CONSTANT);
    this.sink.u16(Field.d, slot * 8);
    this.sink.i64(value);
    this.known.learn(slot, value);
    this.lastConstant = slot;
  }

  private compute(slot: number, value: Expr): void {
    for (let tree = simplify(value); ; tree = this.split(tree)) {
      const handler = this.match(SET[tree.width], tree);
      if (handler < 0) continue;
      this.begin(handler);
      this.sink.u16(Field.d, slot * 8);
      this.operands();
      return;
    }
  }

  /** Moves the deepest, last operation of a tree into a temporary. */
  split(expr: Expr): Expr {
    if (expr.kind === 'cond') {
      // An odd condition stands alone: the even one, inverted.
      if (expr.cc & 1)
        return { kind: 'op', op: 'eqz', width: 32, source: 32, args: [this.toTemp({ ...expr, cc: expr.cc ^ 1 })] };
      throw new Error(`no handler for condition ${expr.cc}`);
    }
    if (expr.kind !== 'op') throw new Error(`no handler for a plain ${expr.kind}`);
    let deepest = -1;
    let depth = 0;
    expr.args.forEach((arg, i) => {
      const d = heightOf(arg);
      if (d > depth) {
        depth = d;
        deepest = i;
      }
    });
    if (deepest < 0) return this.materialise(expr);
    const part = expr.args[deepest];
    const replacement = depth === 1 ? this.toTemp(part) : this.split(part);
    return { ...expr, args: expr.args.map((arg, i) => (i === deepest ? replacement : arg)) };
  }

  /** Last resort: small constants become registers. */
  private materialise(expr: Expr & { kind: 'op' }): Expr {
    const index = expr.args.findIndex((arg) => arg.kind === 'imm');
    if (index < 0) throw new Error(`no handler for ${expr.op}${expr.source}`);
    const width = operandWidth(expr.op, index, expr.width, expr.source);
    const temp = this.temp();
    this.setConstant(temp, BigInt.asUintN(width, (expr.args[index] as { value: bigint }).value));
    return { ...expr, args: expr.args.map((arg, i) => (i === index ? reg(temp, width) : arg)) };
  }

  /** A temporary's slot, taken until the statement ends. */
  temp(): number {
    if (this.nextTemp === TEMP_COUNT) throw new Error('a statement needs more temporaries than there are');
    return Slot.SPLIT + this.nextTemp++;
  }

  /** Does something after which the temporaries that it took are free again. */
  releasing(work: () => void): void {
    const mark = this.nextTemp;
    work();
    this.nextTemp = mark;
  }

  /** A value, computed into a temporary. */
  toTemp(expr: Expr): RegExpr {
    const temp = this.temp();
    this.compute(temp, expr);
    return reg(temp, expr.width);
  }

  /** The expression as a register leaf. */
  toRegister(expr: Expr): RegExpr {
    const constant = this.known.evaluate(expr);
    if (expr.kind === 'reg') return expr;
    if (constant) {
      const value = BigInt.asUintN(constant.width, constant.value);
      return reg(value === 0n ? Slot.ZERO : this.sink.constant(value) / 8, expr.width);
    }
    return this.toTemp(expr);
  }
}

/** Brings a tree into the forms that the shapes are written in. */
function simplify(expr: Expr): Expr {
  if (expr.kind !== 'op' || expr.op !== 'sel') return expr;
  const [condition, a, b] = expr.args;
  if (condition.kind !== 'cond') return expr;
  if (isAlways(condition.cc)) return a;
  return condition.cc & 1 ? { ...expr, args: [{ ...condition, cc: condition.cc ^ 1 }, b, a] } : expr;
}

/** Height of a tree: 0 for a leaf. */
function heightOf(expr: Expr): number {
  if (expr.kind === 'cond') return 1;
  if (expr.kind !== 'op') return 0;
  return 1 + Math.max(0, ...expr.args.map(heightOf));
}
