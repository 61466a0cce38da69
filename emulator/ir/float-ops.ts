/** Floating-point micro-operations: what they emit. Bit patterns go in and come out. */
import type { Code } from '../wasm/code.ts';
import { emitFused, hasFusedMultiplyAdd } from '../wasm/features.ts';
import { type FloatName, Op, SATURATING, saturating, ValueType } from '../wasm/opcodes.ts';
import { FLOAT_LAYOUT } from './float-layout.ts';
import type { HelperName } from './helpers.ts';
import { type CARE_OPS, FLOAT_BINARY_OPS, FLOAT_UNARY_OPS, INEXACT_SIGNALLED, type ValueOp, type Width } from './ir.ts';
import type { Emit, Push } from './micro-ops.ts';

/** Pushes an operand as a float. */
function push(c: Code, operand: Push, width: Width): void {
  operand();
  c.float('ofBits', width);
}

const arithmetic =
  (name: FloatName): Emit =>
  (t, args, width) => {
    for (const arg of args) push(t.code, arg, width);
    t.code.float(name, width);
    t.code.float('toBits', width);
  };

const fromInteger =
  (signed: boolean): Emit =>
  (t, [a], width, source) => {
    a();
    t.code.float(`of${signed ? 'S' : 'U'}${source}`, width);
    t.code.float('toBits', width);
  };

const toInteger =
  (signed: boolean): Emit =>
  (t, [a], width, source) => {
    push(t.code, a, source);
    t.code.op(SATURATING, saturating(width, source, signed));
  };

const fcvt: Emit = (t, [a], width, source) => {
  push(t.code, a, source);
  t.code.op(width === 64 ? Op.f64PromoteF32 : Op.f32DemoteF64);
  t.code.float('toBits', width);
};

const fcmp: Emit = (t, [a, b], _width, source) => {
  const c = t.code;
  for (const flags of [8, 6, 2, 3]) c.i32(flags);
  for (const test of ['gt', 'eq', 'lt'] as const) {
    push(c, a, source);
    push(c, b, source);
    c.float(test, source);
    c.op(Op.select);
  }
};

const fma: Emit = (t, args, width) => {
  if (hasFusedMultiplyAdd()) {
    const [addend, a, b] = args;
    emitFused(t.code, width, (operand) => push(t.code, [a, b, addend][operand], width));
    t.code.float('toBits', width);
    return;
  }
  for (const arg of args) arg();
  t.callHelper(width === 64 ? 'fma64' : 'fma32');
};

const pushSignalled = (c: Code, status: Push): void => {
  status();
  c.i32(INEXACT_SIGNALLED);
  c.wide('and', 32);
};

/** Pushes a value's exponent field as an i32: no wide constants are needed to test it. */
const pushExponent = (c: Code, value: Push, width: Width): void => {
  const { fractionBits } = FLOAT_LAYOUT[width];
  value();
  c.constant(fractionBits, width);
  c.wide('shru', width);
  if (width === 64) c.op(Op.i32WrapI64);
  c.i32(maximumOf(width));
  c.wide('and', 32);
};
/** The exponent field of infinities and NaNs. */
const maximumOf = (width: Width): number => (width === 64 ? 0x7ff : 0xff);

/** Pushes 1 if the value's exponent field is all ones. */
const pushNotFinite = (c: Code, value: Push, width: Width): void => {
  pushExponent(c, value, width);
  c.i32(maximumOf(width));
  c.wide('eq', 32);
};

/** What needs no care at a glance is decided here; the rest by a helper over the same operands. */
const care =
  (name: HelperName, name32: HelperName, glance: (c: Code, result: Push, width: Width) => void): Emit =>
  (t, args, _width, source) => {
    const c = t.code;
    glance(c, args[args.length - 1], source);
    pushSignalled(c, args[0]);
    c.wide('eqz', 32);
    c.wide('or', 32);
    c.open(Op.if, ValueType.i32);
    for (const arg of args) arg();
    t.callHelper(source === 64 ? name : name32);
    c.op(Op.else);
    c.i32(0);
    c.end();
  };

/** Pushes 1 unless the exponent field lies in 2 ... maximum - 1: neither tiny nor infinite. */
const pushNotOrdinary = (c: Code, value: Push, width: Width): void => {
  pushExponent(c, value, width);
  c.i32(2);
  c.wide('sub', 32);
  c.i32(maximumOf(width) - 2);
  c.wide('geu', 32);
};

const careRounded: Emit = (t, [status, value, rounded], _width, source) => {
  const c = t.code;
  pushSignalled(c, status);
  c.wide('eqz', 32);
  value();
  rounded();
  c.wide('ne', source);
  c.wide('and', 32);
};

const careNarrow: Emit = (t, args) => {
  for (const arg of args) arg();
  t.callHelper('careNarrow');
};

const CARE: Record<(typeof CARE_OPS)[number], Emit> = {
  careSum: care('careSum64', 'careSum32', pushNotFinite),
  careDifference: care('careDifference64', 'careDifference32', pushNotFinite),
  careProduct: care('careProduct64', 'careProduct32', pushNotOrdinary),
  careQuotient: care('careQuotient64', 'careQuotient32', pushNotOrdinary),
  careRoot: care('careRoot64', 'careRoot32', pushNotFinite),
  careFused: care('careFused64', 'careFused32', pushNotOrdinary),
  careNarrow,
  careRounded,
};

/** `fadd` is WebAssembly's add. */
const plain = (name: (typeof FLOAT_BINARY_OPS)[number] | (typeof FLOAT_UNARY_OPS)[number]): [ValueOp, Emit] => [
  name,
  arithmetic(name.slice(1) as FloatName),
];

export const FLOAT_EMITTERS: Partial<Record<ValueOp, Emit>> = {
  ...(Object.fromEntries([...FLOAT_BINARY_OPS, ...FLOAT_UNARY_OPS].map(plain)) as Partial<Record<ValueOp, Emit>>),
  ...CARE,
  fcvt,
  ofS: fromInteger(true),
  ofU: fromInteger(false),
  toS: toInteger(true),
  toU: toInteger(false),
  fcmp,
  fma,
};
