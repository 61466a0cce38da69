import { describe, expect, it } from 'vitest';
import { execute, type OracleMachine } from './oracle.ts';
import { VECTOR_ROWS, type VectorOp } from './vector-ops.ts';

const ONES = (1n << 128n) - 1n;
/** Bytes 0x00, 0x01, ... 0x0f and 0x10 ... 0x1f, the lowest first. */
const COUNT = 0x0f0e0d0c0b0a09080706050403020100n;
const NEXT = 0x1f1e1d1c1b1a19181716151413121110n;

class Bench implements OracleMachine {
  readonly slots = new Map<number, bigint>();
  readSlot = (slot: number): bigint => this.slots.get(slot) ?? 0n;
  writeSlot = (slot: number, value: bigint): void => {
    this.slots.set(slot, value);
  };
  load = (): bigint => 0n;
  store = (): void => {};
  system = (): undefined => undefined;
}

function evaluated(op: VectorOp, operands: readonly bigint[], amount: number): bigint {
  const m = new Bench();
  operands.forEach((operand, i) => {
    m.writeSlot(2 * i, BigInt.asUintN(64, operand));
    m.writeSlot(2 * i + 1, operand >> 64n);
  });
  const args = operands.map((_, i) => ({ kind: 'vreg', slot: 2 * i }) as const);
  execute([{ kind: 'setVector', slot: 10, value: { kind: 'vop', op, args, amount } }], m);
  return m.readSlot(10) | (m.readSlot(11) << 64n);
}

/** Operation, operands, amount, result: worked out by hand. */
const CASES: readonly (readonly [VectorOp, readonly bigint[], number, bigint])[] = [
  ['and', [COUNT, 0xffn], 0, 0n],
  ['andnot', [0xffn, 0x0fn], 0, 0xf0n],
  ['or', [0xf0n, 0x0fn], 0, 0xffn],
  ['xor', [ONES, ONES], 0, 0n],
  ['not', [0n], 0, ONES],
  ['select', [0xf0n, 0xabn, 0xcdn], 0, 0xadn],
  ['low', [ONES], 0, 0xffffffffffffffffn],
  ['zero', [], 0, 0n],
  ['swizzle', [COUNT, 0x00000000000000000000000000100f02n], 0, 0x0f02n],
  ['splat8', [], 3, 0n],
  ['add8', [0xffn, 0x01n], 0, 0n],
  ['add64', [0xffffffffffffffffn, 1n], 0, 0n],
  ['sub16', [0n, 1n], 0, 0xffffn],
  ['mul32', [0x10001n, 0x10001n], 0, 0x20001n],
  ['eq8', [COUNT, 0n], 0, 0xffn],
  ['gts8', [0x7f80n, 0x0000n], 0, 0xff00n],
  ['ges64', [0n, 1n], 0, ONES ^ 0xffffffffffffffffn],
  ['gtu64', [0x8000000000000000n, 1n], 0, 0xffffffffffffffffn],
  ['geu64', [1n, 0x8000000000000000n], 0, ONES ^ 0xffffffffffffffffn],
  ['gtu8', [0x80n, 0x7fn], 0, 0xffn],
  ['mins16', [0x8000n, 0x7fffn], 0, 0x8000n],
  ['minu16', [0x8000n, 0x7fffn], 0, 0x7fffn],
  ['maxs8', [0x80n, 0x7fn], 0, 0x7fn],
  ['maxu8', [0x80n, 0x7fn], 0, 0x80n],
  ['avgu8', [0xffn, 0xfen], 0, 0xffn],
  ['neg16', [1n], 0, 0xffffn],
  ['abs8', [0x80ffn], 0, 0x8001n],
  ['popcnt8', [0xff01n], 0, 0x0801n],
  ['shl8', [0x8181n], 1, 0x0202n],
  ['shrs16', [0x8000n], 15, 0xffffn],
  ['shru16', [0x8000n], 15, 1n],
  ['lowS8', [0xff7fn], 0, 0xffff007fn],
  ['lowU16', [0x80018000n], 0, 0x0000800100008000n],
  ['highS8', [0x80n << 64n], 0, 0xff80n],
  ['highU32', [1n << 127n], 0, 0x80000000n << 64n],
  ['mulLowS16', [0xffffn, 2n], 0, 0xfffffffen],
  ['mulLowU32', [0xffffffffn, 0xffffffffn], 0, 0xfffffffe00000001n],
  ['mulHighS16', [0x8000n << 64n, 0x8000n << 64n], 0, 0x40000000n],
  ['mulHighU8', [0xffn << 64n, 0xffn << 64n], 0, 0xfe01n],
  ['pairsU8', [0xffffn], 0, 0x1fen],
  ['pairsS8', [0xffffn], 0, 0xfffen],
  ['zip18', [COUNT, NEXT], 0, 0x17071606150514041303120211011000n],
  ['zip28', [COUNT, NEXT], 0, 0x1f0f1e0e1d0d1c0c1b0b1a0a19091808n],
  ['uzp18', [COUNT, NEXT], 0, 0x1e1c1a18161412100e0c0a0806040200n],
  ['uzp28', [COUNT, NEXT], 0, 0x1f1d1b19171513110f0d0b0907050301n],
  ['trn18', [COUNT, NEXT], 0, 0x1e0e1c0c1a0a18081606140412021000n],
  ['trn28', [COUNT, NEXT], 0, 0x1f0f1d0d1b0b19091707150513031101n],
  ['zip164', [COUNT, NEXT], 0, 0x17161514131211100706050403020100n],
];

describe('operations on 128 bits', () => {
  it.each(CASES)('%s of %o by %i', (op, operands, amount, expected) => {
    expect(evaluated(op, operands, amount)).toBe(expected);
  });

  it('a splat takes the element at a byte of the state', () => {
    const m = new Bench();
    m.writeSlot(5, 0x1122334455667788n);
    const value = { kind: 'vop', op: 'splat16', args: [], amount: 5 * 8 + 2 } as const;
    execute([{ kind: 'setVector', slot: 10, value }], m);
    expect(m.readSlot(10)).toBe(0x5566556655665566n);
  });

  it('every family of operations has a case here', () => {
    const family = (op: string): string => op.replace(/(8|16|32|64)$/, '');
    const tested = new Set(CASES.map(([op]) => family(op)));
    expect(VECTOR_ROWS.map(({ op }) => family(op)).filter((name) => !tested.has(name))).toEqual([]);
  });
});
