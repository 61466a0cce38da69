import { describe, expect, it } from 'vitest';
import { type CareOp, type Expr, imm, op, type ValueOp, type Width } from '../../ir/ir.ts';
import { evaluate, type OracleMachine } from '../../ir/oracle.ts';
import { createTier0 } from './interpreter.ts';

const SAMPLES = Number(process.env.RINGWARDEN_FP_SAMPLES ?? 4000);
const { exports } = createTier0(new WebAssembly.Memory({ initial: 16 }));
type Helper = (...args: (bigint | number)[]) => bigint | number;

let seed = Number(process.env.RINGWARDEN_SEED ?? 1);
const random = (): number => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return (seed ^ (seed >>> 15)) >>> 0;
};
const bits = (x: number, width: Width): bigint =>
  width === 64
    ? new BigUint64Array(new Float64Array([x]).buffer)[0]!
    : BigInt(new Uint32Array(new Float32Array([x]).buffer)[0]!);
const number = (x: bigint, width: Width): number =>
  width === 64
    ? new Float64Array(new BigUint64Array([x]).buffer)[0]!
    : new Float32Array(new BigUint64Array([x]).buffer)[0]!;

/** Floats of close exponents, few or many bits, and now and then an edge. */
function float(width: Width): bigint {
  const sign = random() & 1 ? -1 : 1;
  switch (random() % 8) {
    case 0:
      return bits(sign * (random() % 32), width);
    case 1:
      return bits(sign * 2 ** ((random() % 2200) - 1120), width);
    case 2:
      return BigInt.asUintN(width, (BigInt(random()) << 32n) | BigInt(random()));
    case 3:
      return bits(sign * (1 + 2 ** -(random() % 53)), width);
    default:
      return bits(sign * (random() + random() * 2 ** -32) * 2 ** ((random() % 40) - 50), width);
  }
}

const call = (name: string, ...args: (bigint | number)[]): bigint => BigInt((exports[name] as Helper)(...args));
const given = (value: bigint, width: Width): bigint | number =>
  width === 64 ? BigInt.asIntN(64, value) : Number(BigInt.asIntN(32, value));
const oracle = (name: ValueOp, ...args: Expr[]): bigint =>
  evaluate(op(name, ...args), undefined as unknown as OracleMachine);
const isNan = (value: bigint, width: Width): boolean => Number.isNaN(number(value, width));

describe.each<Width>([32, 64])('helpers on floats of %i bits agree with the oracle', (width) => {
  const x = (value: bigint): Expr => imm(value, width);

  it('fma rounds once, or gives a NaN where it is not certain', () => {
    let certain = 0;
    for (let i = 0; i < SAMPLES; i++) {
      const [a, b] = [float(width), float(width)];
      // Every other addend cancels most of the product.
      const product = bits(-number(a, width) * number(b, width) * (1 + (random() % 3) * 2 ** -50), width);
      const c = random() & 1 ? product : float(width);
      const got = BigInt.asUintN(width, call(`fma${width}`, given(c, width), given(a, width), given(b, width)));
      if (isNan(got, width)) continue;
      const wanted = oracle('fma', x(c), x(a), x(b));
      if (isNan(wanted, width)) continue;
      certain++;
      if (got !== wanted)
        throw new Error(`${c.toString(16)} + ${a.toString(16)} * ${b.toString(16)}: ${got.toString(16)}`);
    }
    expect(certain).toBeGreaterThan(SAMPLES / 3);
  });

  it.each<[CareOp, ValueOp, number]>([
    ['careSum', 'fadd', 2],
    ['careDifference', 'fsub', 2],
    ['careProduct', 'fmul', 2],
    ['careQuotient', 'fdiv', 2],
    ['careRoot', 'fsqrt', 1],
  ])('%s of %s', (care, name, operands) => {
    const seen = [0, 0];
    for (let i = 0; i < SAMPLES; i++) {
      const args = Array.from({ length: operands }, () => float(width));
      const result = oracle(name, ...args.map(x));
      const status = random() & 16;
      const got = call(`${care}${width}`, status, ...[...args, result].map((value) => given(value, width)));
      const wanted = oracle(care, imm(status, 32), ...args.map(x), x(result));
      seen[Number(wanted)]!++;
      if ((got !== 0n) !== (wanted !== 0n)) {
        throw new Error(`${care}(${status}, ${[...args, result].map((v) => v.toString(16)).join(', ')}) is ${got}`);
      }
    }
    expect(Math.min(...seen)).toBeGreaterThan(SAMPLES / 50);
  });
});
