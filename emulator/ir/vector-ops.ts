/**
 * The table of operations on 128-bit values, by what they emit: the lanes' width in bits ends the name. `oracle-vector.ts` says the
 * same in plain TypeScript.
 */
import type { Code } from '../wasm/code.ts';
import { VectorByLane, VectorOpcode } from '../wasm/opcodes.ts';
import type { Push } from './micro-ops.ts';

export const LANES = [8, 16, 32, 64] as const;
export type Lane = (typeof LANES)[number];

type LaneName = keyof typeof VectorByLane;
/** How the two operands' lanes are chosen: as the instructions of these names do. */
const PERMUTATIONS = ['zip1', 'zip2', 'uzp1', 'uzp2', 'trn1', 'trn2'] as const;
type Permutation = (typeof PERMUTATIONS)[number];

/**
 * `and` ... `xor`, `not`; `select(mask, a, b)`: a where the mask is 1; `low`: the upper half cleared; `zero`; `swizzle(a, i)`: bytes
 * of a by index, 0 beyond 15. By lane: `splat`: an element of the state everywhere; see `VectorByLane` and the permutations.
 */
export type VectorOp =
  | 'and'
  | 'andnot'
  | 'or'
  | 'xor'
  | 'not'
  | 'select'
  | 'low'
  | 'zero'
  | 'swizzle'
  | `splat${Lane}`
  | `${Exclude<LaneName, 'loadSplat'>}${Lane}`
  | `${Permutation}${Lane}`;

export interface VectorRow {
  readonly op: VectorOp;
  readonly operands: number;
  /** Takes `amount`. */
  readonly amount: boolean;
  readonly emit: (c: Code, args: readonly Push[], amount: Push) => void;
}

const plain = (op: VectorOp, opcode: number, operands: number): VectorRow => ({
  op,
  operands,
  amount: false,
  emit: (c, args) => {
    for (const push of args) push();
    c.simd(opcode);
  },
});

function constant(c: Code, low: bigint, high: bigint): void {
  c.simd(VectorOpcode.constant);
  for (const half of [low, high]) for (let i = 0n; i < 64n; i += 8n) c.byte(Number((half >> i) & 0xffn));
}

const ONES = 0xffffffffffffffffn;
const SIGN = 0x8000000000000000n;

/** Index of the source lane (those of the second operand follow the first's) of each lane. */
export function permutation(name: Permutation, lane: Lane): number[] {
  const count = 128 / lane;
  const second = name.endsWith('2') ? 1 : 0;
  return Array.from({ length: count }, (_, i) => {
    const from = i & 1 ? count : 0;
    switch (name.slice(0, 3)) {
      case 'zip':
        return (i >> 1) + second * (count / 2) + from;
      case 'uzp':
        return 2 * i + second;
      default:
        return (i & ~1) + second + from;
    }
  });
}

const permuted = (name: Permutation, lane: Lane): VectorRow => ({
  op: `${name}${lane}`,
  operands: 2,
  amount: false,
  emit: (c, args) => {
    for (const push of args) push();
    c.simd(VectorOpcode.shuffle);
    const bytes = lane / 8;
    for (const from of permutation(name, lane)) for (let i = 0; i < bytes; i++) c.byte(from * bytes + i);
  },
});

const UNARY: ReadonlySet<LaneName> = new Set([
  ...(['neg', 'abs', 'popcnt', 'lowS', 'highS', 'lowU', 'highU', 'pairsS', 'pairsU'] as const),
]);
const SHIFTS: ReadonlySet<LaneName> = new Set(['shl', 'shrs', 'shru'] as const);

function* byLane(): Generator<VectorRow> {
  for (const [name, opcodes] of Object.entries(VectorByLane) as [LaneName, readonly number[]][]) {
    for (const [i, lane] of LANES.entries()) {
      const opcode = opcodes[i]!;
      if (opcode === 0) continue;
      if (name === 'loadSplat') {
        yield {
          op: `splat${lane}`,
          operands: 0,
          amount: true,
          emit: (c, _args, amount) => {
            amount();
            c.simdMemory(opcode, 0);
          },
        };
      } else if (SHIFTS.has(name)) {
        yield {
          op: `${name}${lane}`,
          operands: 1,
          amount: true,
          emit: (c, [a], amount) => {
            a();
            amount();
            c.simd(opcode);
          },
        };
      } else yield plain(`${name}${lane}`, opcode, UNARY.has(name) ? 1 : 2);
    }
  }
}

/** Unsigned comparison of 64-bit lanes: signed, after both signs were turned. */
const unsigned64 = (op: 'gtu64' | 'geu64', opcode: number): VectorRow => ({
  op,
  operands: 2,
  amount: false,
  emit: (c, args) => {
    for (const push of args) {
      push();
      constant(c, SIGN, SIGN);
      c.simd(VectorOpcode.xor);
    }
    c.simd(opcode);
  },
});

export const VECTOR_ROWS: readonly VectorRow[] = [
  plain('and', VectorOpcode.and, 2),
  plain('andnot', VectorOpcode.andnot, 2),
  plain('or', VectorOpcode.or, 2),
  plain('xor', VectorOpcode.xor, 2),
  plain('not', VectorOpcode.not, 1),
  plain('swizzle', VectorOpcode.swizzle, 2),
  {
    op: 'select',
    operands: 3,
    amount: false,
    emit: (c, [mask, a, b]) => {
      a();
      b();
      mask();
      c.simd(VectorOpcode.bitselect);
    },
  },
  {
    op: 'low',
    operands: 1,
    amount: false,
    emit: (c, [a]) => {
      a();
      constant(c, ONES, 0n);
      c.simd(VectorOpcode.and);
    },
  },
  { op: 'zero', operands: 0, amount: false, emit: (c) => constant(c, 0n, 0n) },
  unsigned64('gtu64', VectorByLane.gts[3]),
  unsigned64('geu64', VectorByLane.ges[3]),
  ...byLane(),
  ...PERMUTATIONS.flatMap((name) => LANES.map((lane) => permuted(name, lane))),
];

/** Rows by operation. */
export const VECTOR_ROW: ReadonlyMap<VectorOp, VectorRow> = new Map(VECTOR_ROWS.map((row) => [row.op, row]));
