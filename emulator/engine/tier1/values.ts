/** Values in a region: expressions, conditions on lazy flags, and 128-bit values, with registers in locals. */
import type { Expr, FlagKindName, VectorExpr, Width } from '../../ir/ir.ts';
import { FlagKind } from '../../ir/ir.ts';
import { type EmitTarget, emitValue, type Push } from '../../ir/micro-ops.ts';
import { Slot } from '../../ir/slots.ts';
import { VECTOR_ROW, type VectorRow } from '../../ir/vector-ops.ts';
import type { Code } from '../../wasm/code.ts';
import { Op, ValueType, VectorOpcode } from '../../wasm/opcodes.ts';
import { emitDirectCondition, emitPackedCondition, isAlways, isDirect, kindOf, kindWidth } from '../conditions.ts';
import type { KnownKind } from './flag-kinds.ts';
import type { Imports } from './imports.ts';
import type { Locals } from './locals.ts';

export class ValueWriter {
  private readonly c: Code;
  private readonly locals: Locals;
  private readonly imports: Imports;
  private readonly scratch: number;
  private readonly vectorScratch: number;
  private readonly target: EmitTarget;
  /** Kind of the flags where code is being written, if known. */
  private kind: FlagKindName | undefined;
  /** Whether the flags are packed where code is being written, if known. */
  private packed = false;

  constructor(c: Code, locals: Locals, imports: Imports) {
    this.c = c;
    this.locals = locals;
    this.imports = imports;
    this.scratch = c.local(ValueType.i32);
    this.vectorScratch = c.local(ValueType.v128);
    this.target = {
      code: c,
      callHelper: (name) => c.call(imports.indexOf(name)),
      pushFlags: () => this.pushFlags(),
    };
  }

  /** A block begins; `kind` is that of the flags that stand. */
  beginBlock(kind: KnownKind): void {
    this.kind = kind === 'unknown' || kind === 'packed' ? undefined : kind;
    this.packed = kind === 'packed';
  }

  /** slot := what `push` pushes. */
  assign(slot: number, push: Push): void {
    const c = this.c;
    if (slot === Slot.SINK) {
      push();
      c.op(Op.drop);
      return;
    }
    const local = this.locals.of(slot);
    if (local !== undefined) {
      push();
      c.set(local);
      return;
    }
    c.i32(0);
    push();
    c.memory(Op.i64Store, slot * 8);
  }

  register(slot: number, width: Width): void {
    const c = this.c;
    if (slot === Slot.ZERO) {
      c.constant(0, width);
      return;
    }
    const local = this.locals.of(slot);
    if (local === undefined) {
      c.i32(0);
      c.memory(width === 64 ? Op.i64Load : Op.i32Load, slot * 8);
      return;
    }
    c.get(local);
    if (width === 32) c.op(Op.i32WrapI64);
  }

  value(e: Expr): void {
    switch (e.kind) {
      case 'reg':
        this.register(e.slot, e.width);
        return;
      case 'imm':
        this.c.constant(e.value, e.width);
        return;
      case 'cond':
        this.condition(e.cc);
        return;
      default:
        emitValue(
          this.target,
          e.op,
          e.width,
          e.source,
          e.args.map((arg) => () => this.value(arg)),
        );
    }
  }

  /** Pushes a value as an i32 that is not zero where the value is not. */
  truth(e: Expr): void {
    this.value(e);
    if (e.width === 32) return;
    this.c.i64(0);
    this.c.wide('ne', 64);
  }

  private condition(cc: number): void {
    const c = this.c;
    if (isAlways(cc)) {
      c.i32(1);
      return;
    }
    const pair = cc >> 1;
    if (this.kind !== undefined && isDirect(this.kind, pair)) {
      const narrow = kindWidth(this.kind) === 32;
      const operand = (local: number) => (): void => {
        c.get(local);
        if (narrow) c.op(Op.i32WrapI64);
      };
      emitDirectCondition(c, this.kind, pair, operand(this.locals.flagA), operand(this.locals.flagB));
    } else {
      this.pushFlags();
      c.set(this.scratch);
      emitPackedCondition(c, pair, () => c.get(this.scratch));
    }
    if (cc & 1) c.wide('eqz', 32);
  }

  private pushFlags(): void {
    const c = this.c;
    const { flagA, flagB, flagKind, flags } = this.locals;
    if (this.packed) {
      c.get(flags);
      return;
    }
    c.get(flagKind);
    c.get(flagA);
    c.get(flagB);
    c.get(flags);
    c.call(this.imports.indexOf('pack'));
  }

  /** Flags from a packed value. */
  setPackedFlags(value: Expr): void {
    const c = this.c;
    this.value(value);
    c.i32(15);
    c.wide('and', 32);
    c.set(this.locals.flags);
    c.i32(FlagKind.packed);
    c.set(this.locals.flagKind);
    this.kind = undefined;
    this.packed = true;
  }

  /** Flags from the operands of an operation, and its result if a slot is given. */
  setFlags(kind: FlagKindName, slot: number | undefined, a: Expr, b: Expr | undefined): void {
    const c = this.c;
    const { flagA, flagB, flagKind } = this.locals;
    const width = kindWidth(kind);
    const narrow = width === 32;
    const widen = (e: Expr): void => {
      this.value(e);
      if (narrow) c.op(Op.i64ExtendI32U);
    };
    // Both operands are read before either is remembered: they may be conditions on the flags that stand.
    widen(a);
    if (b) {
      widen(b);
      c.set(flagB);
    }
    c.set(flagA);
    c.i32(FlagKind[kind]);
    c.set(flagKind);
    this.kind = kind;
    this.packed = false;
    if (slot === undefined) return;
    const operand = (local: number): void => {
      c.get(local);
      if (narrow) c.op(Op.i32WrapI64);
    };
    this.assign(slot, () => {
      operand(flagA);
      const family = kindOf(kind);
      if (family !== 'log') {
        operand(flagB);
        c.wide(family, width);
      }
      if (narrow) c.op(Op.i64ExtendI32U);
    });
  }

  /** Temporaries are two locals each. */
  setVector(slot: number, value: VectorExpr): void {
    const c = this.c;
    const first = this.locals.of(slot);
    if (first === undefined) {
      c.i32(0);
      this.vector(value);
      c.simdMemory(VectorOpcode.store, slot * 8);
      return;
    }
    this.vector(value);
    c.tee(this.vectorScratch);
    for (const half of [0, 1]) {
      if (half === 1) c.get(this.vectorScratch);
      c.simd(VectorOpcode.i64x2Extract);
      c.byte(half);
      c.set(this.locals.of(slot + half) as number);
    }
  }

  private vector(e: VectorExpr): void {
    const c = this.c;
    if (e.kind === 'vop') {
      const row = VECTOR_ROW.get(e.op) as VectorRow;
      row.emit(
        c,
        e.args.map((arg) => () => this.vector(arg)),
        () => c.i32(e.amount),
      );
      return;
    }
    const first = this.locals.of(e.slot);
    if (first === undefined) {
      c.i32(0);
      c.simdMemory(VectorOpcode.load, e.slot * 8);
      return;
    }
    c.get(first);
    c.simd(VectorOpcode.i64x2Splat);
    c.get(this.locals.of(e.slot + 1) as number);
    c.simd(VectorOpcode.i64x2Replace);
    c.byte(1);
  }
}
