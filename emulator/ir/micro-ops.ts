/**
 * The table of value micro-operations: each is defined here once, by what it emits in WebAssembly. Both tiers are made
 * from it; `oracle.ts` says the same again in plain TypeScript, for tests.
 */
import type { Code } from '../wasm/code.ts';
import { Op } from '../wasm/opcodes.ts';
import { FLOAT_EMITTERS } from './float-ops.ts';
import type { HelperName } from './helpers.ts';
import type { ValueOp, Width } from './ir.ts';
import { BINARY_OPS, COMPARE_OPS } from './ir.ts';

/** Pushes one operand on the stack. May be called more than once: operands have no effects. */
export type Push = () => void;

/** Where a micro-operation is emitted. */
export interface EmitTarget {
  readonly code: Code;
  /** Calls a function of `helpers.ts`. */
  callHelper(name: HelperName): void;
  /** Pushes the packed current flags (i32). */
  pushFlags(): void;
}

export type Emit = (t: EmitTarget, args: readonly Push[], width: Width, source: Width) => void;

const simple =
  (name: (typeof BINARY_OPS)[number] | (typeof COMPARE_OPS)[number]): Emit =>
  (t, [a, b], _width, source) => {
    a();
    b();
    t.code.wide(name, source);
  };

/** Applies a 64-bit helper to an operand of either width; `shift` brings a 32-bit result down. */
const helper64 =
  (name: HelperName, name32: HelperName = name, shift = 0): Emit =>
  (t, [a], width) => {
    const c = t.code;
    a();
    if (width === 32) c.op(Op.i64ExtendI32U);
    t.callHelper(width === 32 ? name32 : name);
    if (width === 64) return;
    if (shift) {
      c.i64(shift);
      c.wide('shru', 64);
    }
    c.op(Op.i32WrapI64);
  };

const byWidth =
  (name32: HelperName, name64: HelperName): Emit =>
  (t, args, _width, source) => {
    for (const push of args) push();
    t.callHelper(source === 64 ? name64 : name32);
  };

const crc =
  (name: HelperName, bits: number): Emit =>
  (t, [accumulator, value], _width, source) => {
    accumulator();
    value();
    if (source === 32) t.code.op(Op.i64ExtendI32U);
    t.code.i32(bits);
    t.callHelper(name);
  };

const masked =
  (mask: number): Emit =>
  (t, [a], width) => {
    a();
    t.code.constant(mask, width);
    t.code.wide('and', width);
  };

const extract =
  (right: 'shru' | 'shrs'): Emit =>
  (t, [x, left, down], width) => {
    x();
    left();
    t.code.wide('shl', width);
    down();
    t.code.wide(right, width);
  };

const OTHERS: Partial<Record<ValueOp, Emit>> = {
  not: (t, [a], width) => {
    a();
    t.code.constant(-1, width);
    t.code.wide('xor', width);
  },
  neg: (t, [a], width) => {
    t.code.constant(0, width);
    a();
    t.code.wide('sub', width);
  },
  clz: (t, [a], width) => {
    a();
    t.code.wide('clz', width);
  },
  cls: (t, [a], width) => {
    a();
    a();
    t.code.constant(width - 1, width);
    t.code.wide('shrs', width);
    t.code.wide('xor', width);
    t.code.wide('clz', width);
    t.code.constant(1, width);
    t.code.wide('sub', width);
  },
  rbit: helper64('rbit', 'rbit', 32),
  rev: helper64('rev', 'rev32'),
  rev16: helper64('rev16'),
  rev32: helper64('rev32'),
  zx8: masked(0xff),
  zx16: masked(0xffff),
  sx8: (t, [a], width) => {
    a();
    t.code.wide('extend8s', width);
  },
  sx16: (t, [a], width) => {
    a();
    t.code.wide('extend16s', width);
  },
  zx32: (t, [a]) => {
    a();
    t.code.op(Op.i64ExtendI32U);
  },
  sx32: (t, [a]) => {
    a();
    t.code.op(Op.i64ExtendI32S);
  },
  eqz: (t, [a], _width, source) => {
    a();
    t.code.wide('eqz', source);
  },
  nez: (t, [a], _width, source) => {
    a();
    t.code.constant(0, source);
    t.code.wide('ne', source);
  },
  sel: (t, [c, a, b]) => {
    a();
    b();
    c();
    t.code.op(Op.select);
  },
  exu: extract('shru'),
  exs: extract('shrs'),
  // x ^ ((x ^ y << position) & (ones >> (width - length) << position))
  dep: (t, [x, y, position, rest], width) => {
    const c = t.code;
    x();
    x();
    y();
    position();
    c.wide('shl', width);
    c.wide('xor', width);
    c.constant(-1, width);
    rest();
    c.wide('shru', width);
    position();
    c.wide('shl', width);
    c.wide('and', width);
    c.wide('xor', width);
  },
  extr: (t, [lo, hi, n], width) => {
    const c = t.code;
    lo();
    n();
    c.wide('shru', width);
    hi();
    c.constant(width, width);
    n();
    c.wide('sub', width);
    c.wide('shl', width);
    c.wide('or', width);
  },
  bit: (t, [x, n], _width, source) => {
    x();
    n();
    t.code.wide('shru', source);
    if (source === 64) t.code.op(Op.i32WrapI64);
    t.code.i32(1);
    t.code.wide('and', 32);
  },
  umulh: byWidth('umulh', 'umulh'),
  smulh: byWidth('smulh', 'smulh'),
  udiv: byWidth('udiv32', 'udiv64'),
  sdiv: byWidth('sdiv32', 'sdiv64'),
  crc32b: crc('crc32', 8),
  crc32h: crc('crc32', 16),
  crc32w: crc('crc32', 32),
  crc32x: crc('crc32', 64),
  crc32cb: crc('crc32c', 8),
  crc32ch: crc('crc32c', 16),
  crc32cw: crc('crc32c', 32),
  crc32cx: crc('crc32c', 64),
  flagsAdc: byWidth('flagsAdc32', 'flagsAdc64'),
  flagsSub: byWidth('flagsSub32', 'flagsSub64'),
  flagsAdd: byWidth('flagsAdd32', 'flagsAdd64'),
  flagsLog: byWidth('flagsLog32', 'flagsLog64'),
  flags: (t) => t.pushFlags(),
};

const TABLE: Record<string, Emit> = {
  ...Object.fromEntries([...BINARY_OPS, ...COMPARE_OPS].map((name) => [name, simple(name)])),
  ...(OTHERS as Record<string, Emit>),
  ...(FLOAT_EMITTERS as Record<string, Emit>),
};

/** Emits one micro-operation: its operands by `args`, then the operation; the result is left on the stack. */
export function emitValue(target: EmitTarget, op: ValueOp, width: Width, source: Width, args: readonly Push[]): void {
  TABLE[op](target, args, width, source);
}

/** Width of the operand at `index` of an operation: most have one width for all. */
export function operandWidth(op: ValueOp, index: number, width: Width, source: Width): Width {
  if (op === 'sel') return index === 0 ? 32 : width;
  if (op.startsWith('crc32')) return index === 0 ? 32 : source;
  if (op.startsWith('care')) return index === 0 ? 32 : source;
  if (op === 'flagsAdc' && index === 2) return 32;
  return source;
}
