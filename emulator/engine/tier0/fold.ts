/**
 * Constant folding over one block: MOVZ/MOVK chains, ADRP and ADD. Only what is exact at any width and cheap to know.
 */
import { type Expr, type ImmExpr, imm } from '../../ir/ir.ts';
import { Slot } from '../../ir/slots.ts';

const FOLDS: Record<string, (a: bigint, b: bigint, width: bigint) => bigint> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shl: (a, b, width) => a << (b & (width - 1n)),
};

/** Registers whose value is known where translation stands. Values are unsigned, 64 bits. */
export class KnownConstants {
  private values = new Map<number, bigint>();

  /** Not by the map's own way: a map that is cleared leads from its old table to its new one, so that none of a long line dies young. */
  clear(): void {
    if (this.values.size > 0) this.values = new Map();
  }

  forget(slot: number): void {
    this.values.delete(slot);
  }

  learn(slot: number, value: bigint): void {
    this.values.set(slot, value);
  }

  /** The expression as a constant, or undefined. */
  evaluate(expr: Expr): ImmExpr | undefined {
    if (expr.kind === 'imm') return expr;
    if (expr.kind === 'reg') {
      if (expr.slot === Slot.ZERO) return imm(0, expr.width);
      const value = this.values.get(expr.slot);
      return value === undefined ? undefined : imm(value, expr.width);
    }
    if (expr.kind === 'cond') return undefined;
    if (expr.op === 'dep') return this.evaluateDeposit(expr.args, expr.width);
    const fold = FOLDS[expr.op];
    if (!fold) return undefined;
    const a = this.evaluate(expr.args[0]);
    if (!a) return undefined;
    const b = this.evaluate(expr.args[1]);
    if (!b) return undefined;
    return imm(fold(a.value, BigInt.asUintN(expr.width, b.value), BigInt(expr.width)), expr.width);
  }

  private evaluateDeposit(args: readonly Expr[], width: 32 | 64): ImmExpr | undefined {
    const [x, y, position, rest] = args.map((a) => this.evaluate(a));
    if (!x || !y || !position || !rest) return undefined;
    const mask = ((1n << BigInt(width)) - 1n) >> rest.value;
    return imm((x.value & ~(mask << position.value)) | ((y.value & mask) << position.value), width);
  }
}
