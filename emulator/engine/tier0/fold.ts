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

/** General registers; nothing else is worth knowing. */
const GENERAL = 31;
const ALL = -1;
/** The bit of a slot in a set of general registers, 0 for any other slot. */
const bitOf = (slot: number): number => (slot < GENERAL ? 1 << slot : 0);

/** General registers whose value is known where translation stands. Values are unsigned, 64 bits. */
export class KnownConstants {
  private readonly values = new Array<bigint>(GENERAL).fill(0n);
  /** The registers that are known, as bits. */
  private known = 0;
  /** The registers that were asked for and written since {@link listen}, as bits. */
  asked = 0;
  written = 0;
  /** True if a value was learned or given since then: what was lowered holds for these values alone. */
  involved = false;

  clear(): void {
    this.forgetAll(ALL);
  }

  /** Begins to note what is asked and what changes. */
  listen(): void {
    this.asked = 0;
    this.written = 0;
    this.involved = false;
  }

  knowsNone(registers: number): boolean {
    return (this.known & registers) === 0;
  }

  forgetAll(registers: number): void {
    this.written |= registers;
    this.known &= ~registers;
  }

  forget(slot: number): void {
    this.forgetAll(bitOf(slot));
  }

  learn(slot: number, value: bigint): void {
    this.involved = true;
    const bit = bitOf(slot);
    if (bit === 0) return;
    this.values[slot] = value;
    this.known |= bit;
  }

  /** The expression as a constant, or undefined. */
  evaluate(expr: Expr): ImmExpr | undefined {
    if (expr.kind === 'imm') return expr;
    if (expr.kind === 'reg') {
      if (expr.slot === Slot.ZERO) return imm(0, expr.width);
      const bit = bitOf(expr.slot);
      this.asked |= bit;
      if ((this.known & bit) === 0) return undefined;
      this.involved = true;
      return imm(this.values[expr.slot], expr.width);
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
