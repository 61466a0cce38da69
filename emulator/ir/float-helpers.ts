/**
 * Helpers of floating-point micro-operations: whether a result may be taken as it is where that is not seen at a glance, and the
 * fused multiply-add, which WebAssembly lacks. Parameters and results are bit patterns. `oracle-float.ts` says the same.
 */
import type { Code } from '../wasm/code.ts';
import { Op, ValueType } from '../wasm/opcodes.ts';
import { FLOAT_LAYOUT } from './float-layout.ts';
import type { Helper } from './helpers.ts';
import { INEXACT_SIGNALLED, type Width } from './ir.ts';

const { i32, i64, f64 } = ValueType;
const QUIET_NAN = 0x7ff8000000000000n;

/** What a helper's body is written with. */
class Body {
  readonly c: Code;
  readonly width: Width;

  constructor(c: Code, width: Width) {
    this.c = c;
    this.width = width;
  }

  /** Pushes a parameter or local bit pattern as a double. */
  double(local: number): void {
    const { c, width } = this;
    c.get(local);
    c.float('ofBits', width);
    if (width === 32) c.op(Op.f64PromoteF32);
  }

  /** A parameter in a local of its own, as a double. */
  asDouble(parameter: number): number {
    const local = this.c.local(f64);
    this.double(parameter);
    this.c.set(local);
    return local;
  }

  /** local := a op b, all doubles. */
  compute(name: 'add' | 'sub' | 'mul', a: number, b: number, to: number = this.c.local(f64)): number {
    const { c } = this;
    c.get(a);
    c.get(b);
    c.float(name, 64);
    c.set(to);
    return to;
  }

  /** Returns `value` if the i32 on the stack is not zero. */
  returnIf(value: number): void {
    const { c } = this;
    c.open(Op.if);
    c.i32(value);
    c.op(Op.return);
    c.end();
  }

  /** Pushes 1 if a pattern is zero, whatever its sign. */
  isZero(local: number): void {
    const { c, width } = this;
    c.get(local);
    c.constant(1, width);
    c.wide('shl', width);
    c.wide('eqz', width);
  }

  /** Pushes a pattern's exponent field, in place. */
  exponent(local: number): void {
    const { c, width } = this;
    c.get(local);
    c.constant(FLOAT_LAYOUT[width].exponentMask, width);
    c.wide('and', width);
  }

  notFinite(local: number): void {
    const { c, width } = this;
    this.exponent(local);
    c.constant(FLOAT_LAYOUT[width].exponentMask, width);
    c.wide('eq', width);
  }

  /** Pushes 1 if the exponent field is 0 or 1: the exact value may have been smaller than the least normal number. */
  tiny(local: number): void {
    const { c, width } = this;
    this.exponent(local);
    c.constant(2n << BigInt(FLOAT_LAYOUT[width].fractionBits), width);
    c.wide('ltu', width);
  }

  signalled(status: number): void {
    const { c } = this;
    c.get(status);
    c.i32(INEXACT_SIGNALLED);
    c.wide('and', 32);
  }

  /** Pushes the number of zeros at the end of a significand. */
  trailing(local: number): void {
    const { c, width } = this;
    c.get(local);
    c.constant(1n << BigInt(FLOAT_LAYOUT[width].fractionBits), width);
    c.wide('or', width);
    c.wide('ctz', width);
  }

  /** Pushes 1 if the significands of two patterns are so short that their product is exact. */
  shortProduct(a: number, b: number): void {
    const { c, width } = this;
    this.trailing(a);
    this.trailing(b);
    c.wide('add', width);
    c.constant(FLOAT_LAYOUT[width].fractionBits + 1, width);
    c.wide('geu', width);
  }

  /** Knuth's sum: `sum` + `error` = a + b exactly, unless something overflows. */
  twoSum(a: number, b: number): readonly [sum: number, error: number] {
    const sum = this.compute('add', a, b);
    const rest = this.compute('sub', sum, a);
    const back = this.compute('sub', sum, rest);
    this.compute('sub', a, back, back);
    this.compute('sub', b, rest, rest);
    this.compute('add', back, rest, back);
    return [sum, back];
  }
}

const typed = (width: Width): number => (width === 64 ? i64 : i32);

/** care(status, operands..., result) */
const careOf = (width: Width, operands: number, write: (b: Body, result: number) => void): Helper => ({
  type: { parameters: [i32, ...new Array<number>(operands + 1).fill(typed(width))], results: [i32] },
  write: (c) => write(new Body(c, width), operands + 1),
});

/** Pushes 1 if a local double differs from zero, or is a NaN. */
function differsFromZero(c: Code, local: number): void {
  c.get(local);
  c.get(local);
  c.get(local);
  c.float('sub', 64);
  c.float('ne', 64);
}

const careSum = (width: Width, negated: boolean): Helper =>
  careOf(width, 2, (b, result) => {
    const { c } = b;
    b.notFinite(result);
    b.returnIf(1);
    b.signalled(0);
    b.returnIf(0);
    const x = b.asDouble(1);
    const y = b.asDouble(2);
    if (negated) {
      c.get(y);
      c.float('neg', 64);
      c.set(y);
    }
    const [sum, error] = b.twoSum(x, y);
    differsFromZero(c, error);
    if (width === 32) {
      c.get(sum);
      b.double(result);
      c.float('ne', 64);
      c.wide('or', 32);
    }
  });

const careProduct = (width: Width): Helper =>
  careOf(width, 2, (b, result) => {
    const { c } = b;
    b.notFinite(result);
    b.returnIf(1);
    b.isZero(1);
    b.isZero(2);
    c.wide('or', 32);
    b.returnIf(0);
    b.tiny(result);
    b.returnIf(1);
    b.signalled(0);
    b.returnIf(0);
    if (width === 64) {
      b.shortProduct(1, 2);
      c.wide('eqz', 32);
      return;
    }
    b.double(1);
    b.double(2);
    c.float('mul', 64);
    b.double(result);
    c.float('ne', 64);
  });

const careFused = (width: Width): Helper =>
  careOf(width, 2, (b, result) => {
    b.notFinite(result);
    b.returnIf(1);
    // With a zero factor the result is the addend.
    b.isZero(1);
    b.isZero(2);
    b.c.wide('or', 32);
    b.returnIf(0);
    b.tiny(result);
    b.signalled(0);
    b.c.wide('eqz', 32);
    b.c.wide('or', 32);
  });

/** Pushes 1 if result * factor, which must be exact to tell, is not the operand. */
function differsFromProduct(b: Body, operand: number, result: number, factor: number): void {
  const { c } = b;
  b.double(result);
  b.double(factor);
  c.float('mul', 64);
  b.double(operand);
  c.float('ne', 64);
  if (b.width === 32) return;
  b.shortProduct(result, factor);
  c.wide('eqz', 32);
  c.wide('or', 32);
  b.tiny(operand);
  c.wide('or', 32);
}

const careQuotient = (width: Width): Helper =>
  careOf(width, 2, (b, result) => {
    b.notFinite(result);
    b.returnIf(1);
    b.isZero(1);
    b.returnIf(0);
    b.tiny(result);
    b.returnIf(1);
    b.signalled(0);
    b.returnIf(0);
    differsFromProduct(b, 1, result, 2);
  });

const careRoot = (width: Width): Helper =>
  careOf(width, 1, (b, result) => {
    const { c } = b;
    b.notFinite(result);
    b.returnIf(1);
    b.isZero(1);
    b.signalled(0);
    c.wide('or', 32);
    b.returnIf(0);
    differsFromProduct(b, 1, result, result);
  });

/** careNarrow(status, operand): of the conversion from double to single. */
const careNarrow: Helper = {
  type: { parameters: [i32, i64], results: [i32] },
  write: (c) => {
    const wide = new Body(c, 64);
    const narrow = new Body(c, 32);
    const result = c.local(i32);
    wide.double(1);
    c.op(Op.f32DemoteF64);
    c.float('toBits', 32);
    c.set(result);
    narrow.notFinite(result);
    wide.returnIf(1);
    wide.isZero(1);
    wide.returnIf(0);
    narrow.tiny(result);
    wide.returnIf(1);
    wide.signalled(0);
    wide.returnIf(0);
    narrow.double(result);
    wide.double(1);
    c.float('ne', 64);
  },
};

/** sum := the sum rounded to odd, from the sum to nearest and its error: so that rounding once more is exact (Boldo, Melquiond). */
function roundToOdd(b: Body, sum: number, error: number): void {
  const { c } = b;
  const bits = c.local(i64);
  c.get(sum);
  c.float('toBits', 64);
  c.set(bits);
  differsFromZero(c, error);
  c.get(bits);
  c.op(Op.i32WrapI64);
  c.i32(1);
  c.wide('xor', 32);
  c.wide('and', 32);
  c.open(Op.if);
  c.get(bits);
  c.i64(1);
  c.i64(-1);
  // Away from zero if the error has the sum's sign.
  c.get(error);
  c.float('toBits', 64);
  c.get(bits);
  c.wide('xor', 64);
  c.i64(0);
  c.wide('ges', 64);
  c.op(Op.select);
  c.wide('add', 64);
  c.float('ofBits', 64);
  c.set(sum);
  c.end();
}

/** Returns product + addend if a factor (parameters 1 and 2) is zero: then the sum is exact, whatever the addend is. */
function returnIfZeroFactor(b: Body, product: number, addend: number): void {
  const { c, width } = b;
  b.isZero(1);
  b.isZero(2);
  c.wide('or', 32);
  c.open(Op.if);
  c.get(product);
  c.get(addend);
  c.float('add', 64);
  if (width === 32) c.op(Op.f32DemoteF64);
  c.float('toBits', width);
  c.op(Op.return);
  c.end();
}

/** fma32(c, a, b): the product is exact in double precision, the sum is rounded to odd there. */
const fma32: Helper = {
  type: { parameters: [i32, i32, i32], results: [i32] },
  write: (c) => {
    const b = new Body(c, 32);
    const addend = b.asDouble(0);
    const [x, y] = [b.asDouble(1), b.asDouble(2)];
    const product = b.compute('mul', x, y);
    returnIfZeroFactor(b, product, addend);
    const [sum, error] = b.twoSum(product, addend);
    roundToOdd(b, sum, error);
    c.get(sum);
    c.op(Op.f32DemoteF64);
    c.float('toBits', 32);
  },
};

/** Exponent fields for which the steps of {@link fma64} neither overflow nor underflow. */
const FMA_LIMITS = {
  /** Of a factor, so that splitting it does not overflow. */
  factor: 1990,
  addend: 2040,
  /** Of the sum of the factors' fields: so that the product's error is exact, and the product finite. */
  least: 1023 + 120,
  most: 1023 + 2030,
} as const;

/** Splits a double into two halves of 26 bits (Veltkamp). */
const SPLITTER = 134217729;

function split(b: Body, x: number): readonly [high: number, low: number] {
  const { c } = b;
  const scaled = c.local(f64);
  c.get(x);
  c.i64(SPLITTER);
  c.float('ofS64', 64);
  c.float('mul', 64);
  c.set(scaled);
  const high = b.compute('sub', scaled, x);
  b.compute('sub', scaled, high, high);
  return [high, b.compute('sub', x, high)];
}

/** error of product = a * b, exact (Dekker). */
function productError(b: Body, x: number, y: number, product: number): number {
  const [xh, xl] = split(b, x);
  const [yh, yl] = split(b, y);
  const error = b.compute('mul', xh, yh);
  b.compute('sub', error, product, error);
  const part = b.compute('mul', xh, yl);
  b.compute('add', error, part, error);
  b.compute('mul', xl, yh, part);
  b.compute('add', error, part, error);
  b.compute('mul', xl, yl, part);
  b.compute('add', error, part, error);
  return error;
}

/** fma64(c, a, b) by exact product and sums, the last but one rounded to odd (Boldo and Melquiond, 2008). */
const fma64: Helper = {
  type: { parameters: [i64, i64, i64], results: [i64] },
  write: (c) => {
    const b = new Body(c, 64);
    const addend = b.asDouble(0);
    const [x, y] = [b.asDouble(1), b.asDouble(2)];
    const product = b.compute('mul', x, y);
    returnIfZeroFactor(b, product, addend);
    const field = (parameter: number): number => {
      const local = c.local(i32);
      b.exponent(parameter);
      c.i64(52);
      c.wide('shru', 64);
      c.op(Op.i32WrapI64);
      c.set(local);
      return local;
    };
    const [fieldC, fieldA, fieldB] = [field(0), field(1), field(2)];
    const outside = (push: () => void, least: number, most: number): void => {
      push();
      c.i32(least);
      c.wide('sub', 32);
      c.i32(most - least);
      c.wide('gtu', 32);
    };
    outside(() => c.get(fieldC), 0, FMA_LIMITS.addend);
    outside(() => c.get(fieldA), 1, FMA_LIMITS.factor);
    c.wide('or', 32);
    outside(() => c.get(fieldB), 1, FMA_LIMITS.factor);
    c.wide('or', 32);
    outside(
      () => {
        c.get(fieldA);
        c.get(fieldB);
        c.wide('add', 32);
      },
      FMA_LIMITS.least,
      FMA_LIMITS.most,
    );
    c.wide('or', 32);
    c.open(Op.if);
    c.i64(QUIET_NAN);
    c.op(Op.return);
    c.end();
    const error = productError(b, x, y, product);
    const [middle, middleError] = b.twoSum(addend, error);
    const [top, topError] = b.twoSum(product, middle);
    const [tail, tailError] = b.twoSum(middleError, topError);
    roundToOdd(b, tail, tailError);
    c.get(top);
    c.get(tail);
    c.float('add', 64);
    c.float('toBits', 64);
  },
};

export const FLOAT_HELPERS = {
  careSum32: careSum(32, false),
  careSum64: careSum(64, false),
  careDifference32: careSum(32, true),
  careDifference64: careSum(64, true),
  careProduct32: careProduct(32),
  careProduct64: careProduct(64),
  careQuotient32: careQuotient(32),
  careQuotient64: careQuotient(64),
  careRoot32: careRoot(32),
  careRoot64: careRoot(64),
  careFused32: careFused(32),
  careFused64: careFused(64),
  careNarrow,
  fma32,
  fma64,
} as const satisfies Record<string, Helper>;
