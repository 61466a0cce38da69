/** The oracle's operations on 128-bit values: lane by lane over BigInt. */
import type { VectorExpr } from './ir.ts';
import type { OracleMachine } from './oracle.ts';
import { type Lane, permutation, type VectorOp } from './vector-ops.ts';

const WHOLE = (1n << 128n) - 1n;
const LOW = (1n << 64n) - 1n;

/** Value of an expression: unsigned, below 2^128. */
export function evaluateVector(expr: VectorExpr, m: OracleMachine): bigint {
  if (expr.kind === 'vreg') return m.readSlot(expr.slot) | (m.readSlot(expr.slot + 1) << 64n);
  const args = expr.args.map((arg) => evaluateVector(arg, m));
  return apply(expr.op, args, expr.amount, m);
}

type Lanewise = (a: bigint, b: bigint, lane: Lane, amount: bigint) => bigint;
const s = (value: bigint, lane: number): bigint => BigInt.asIntN(lane, value);
const mask = (holds: boolean): bigint => (holds ? -1n : 0n);
const bits = (value: bigint): bigint => BigInt(value.toString(2).replaceAll('0', '').length);

/** Lanes are unsigned; what exceeds a lane is cut off. */
const LANEWISE: Readonly<Record<string, Lanewise>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  eq: (a, b) => mask(a === b),
  gts: (a, b, lane) => mask(s(a, lane) > s(b, lane)),
  ges: (a, b, lane) => mask(s(a, lane) >= s(b, lane)),
  gtu: (a, b) => mask(a > b),
  geu: (a, b) => mask(a >= b),
  mins: (a, b, lane) => (s(a, lane) < s(b, lane) ? a : b),
  maxs: (a, b, lane) => (s(a, lane) > s(b, lane) ? a : b),
  minu: (a, b) => (a - b < 0n ? a : b),
  maxu: (a, b) => (a - b > 0n ? a : b),
  avgu: (a, b) => (a + b + 1n) >> 1n,
  neg: (a) => -a,
  abs: (a, _b, lane) => (s(a, lane) < 0n ? -s(a, lane) : a),
  popcnt: (a) => bits(a),
  shl: (a, _b, lane, amount) => a << (amount % BigInt(lane)),
  shru: (a, _b, lane, amount) => a >> (amount % BigInt(lane)),
  shrs: (a, _b, lane, amount) => s(a, lane) >> (amount % BigInt(lane)),
};

const split = (value: bigint, lane: number): bigint[] =>
  Array.from({ length: 128 / lane }, (_, i) => BigInt.asUintN(lane, value >> BigInt(lane * i)));
const join = (lanes: readonly bigint[], lane: number): bigint =>
  lanes.reduce((sum, value, i) => sum | (BigInt.asUintN(lane, value) << BigInt(lane * i)), 0n);

function apply(op: VectorOp, [a = 0n, b = 0n, c = 0n]: readonly bigint[], amount: number, m: OracleMachine): bigint {
  switch (op) {
    case 'and':
      return a & b;
    case 'andnot':
      return a & ~b;
    case 'or':
      return a | b;
    case 'xor':
      return a ^ b;
    case 'not':
      return a ^ WHOLE;
    case 'select':
      return (b & a) | (c & (a ^ WHOLE));
    case 'low':
      return a & LOW;
    case 'zero':
      return 0n;
    case 'swizzle': {
      const bytes = split(a, 8);
      return join(
        split(b, 8).map((i) => bytes[Number(i)] ?? 0n),
        8,
      );
    }
    default:
      return applyLanes(op, a, b, amount, m);
  }
}

function applyLanes(op: string, a: bigint, b: bigint, amount: number, m: OracleMachine): bigint {
  const lane = Number(/(8|16|32|64)$/.exec(op)![0]) as Lane;
  const name = op.slice(0, -String(lane).length);
  const [x, y] = [split(a, lane), split(b, lane)];
  if (name === 'splat') {
    const value = m.readSlot(amount >> 3) >> BigInt((amount & 7) * 8);
    return join(new Array(128 / lane).fill(value), lane);
  }
  if (/^(zip|uzp|trn)/.test(name)) {
    const both = [...x, ...y];
    return join(
      permutation(name as Parameters<typeof permutation>[0], lane).map((i) => both[i]!),
      lane,
    );
  }
  const widened = /^(mul)?(low|high|Low|High)([SU])$/.exec(name);
  if (widened) return widen(x, y, lane, widened[1] !== undefined, /high/i.test(name), widened[3] === 'S');
  if (name === 'pairsS' || name === 'pairsU') {
    const value = (v: bigint): bigint => (name === 'pairsS' ? s(v, lane) : v);
    const sums = Array.from({ length: x.length / 2 }, (_, i) => value(x[2 * i]!) + value(x[2 * i + 1]!));
    return join(sums, 2 * lane);
  }
  const each = LANEWISE[name]!;
  return join(
    x.map((value, i) => each(value, y[i]!, lane, BigInt(amount))),
    lane,
  );
}

function widen(
  x: readonly bigint[],
  y: readonly bigint[],
  lane: Lane,
  multiply: boolean,
  upper: boolean,
  signed: boolean,
): bigint {
  const from = upper ? x.length / 2 : 0;
  const value = (v: bigint): bigint => (signed ? s(v, lane) : v);
  const lanes = Array.from({ length: x.length / 2 }, (_, i) => {
    const wide = value(x[from + i]!);
    return multiply ? wide * value(y[from + i]!) : wide;
  });
  return join(lanes, 2 * lane);
}
