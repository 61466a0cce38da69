/**
 * The intermediate representation: what a frontend makes of an instruction, and the only place where the meaning of
 * an ordinary instruction stands. An instruction becomes a list of *statements* over small *expression* trees.
 *
 * Rules that frontends keep, and on which both tiers and the exactness of faults rest:
 * 1. An instruction's last memory access comes before its first write of an architectural register (temporaries do
 *    not count). So an instruction can be started again after a fault, and a fault leaves no trace.
 * 2. A statement with a memory access evaluates its address first; a failing access changes nothing.
 * 3. A statement that ends a block (`branch`, `goto`, `jump`, `system` with `ends`) is the last of its instruction.
 * 4. A 32-bit result written by `set` is zero-extended to the 64-bit slot.
 */
import { Slot } from './slots.ts';
import type { VectorOp } from './vector-ops.ts';

export type Width = 32 | 64;

/** A guest register or temporary, read as 32 or 64 bits. */
export interface RegExpr {
  readonly kind: 'reg';
  readonly slot: number;
  readonly width: Width;
}

/** A constant, kept signed: -2^(width-1) <= value < 2^(width-1). */
export interface ImmExpr {
  readonly kind: 'imm';
  readonly value: bigint;
  readonly width: Width;
}

/** A micro-operation on values. `source` is the width of the operands where it differs from the result's. */
export interface OpExpr {
  readonly kind: 'op';
  readonly op: ValueOp;
  readonly width: Width;
  readonly source: Width;
  readonly args: readonly Expr[];
}

/** 1 if AArch64 condition `cc` (0-15, as in the encoding) holds for the current flags, else 0. 32 bits wide. */
export interface CondExpr {
  readonly kind: 'cond';
  readonly cc: number;
  readonly width: 32;
}

export type Expr = RegExpr | ImmExpr | OpExpr | CondExpr;

/** Two slots as a 128-bit value, the low half first. */
export interface VectorRegExpr {
  readonly kind: 'vreg';
  readonly slot: number;
}

/** An operation on 128-bit values. `amount`: the lanes' shift, or the byte offset in the state of what is spread. */
export interface VectorOpExpr {
  readonly kind: 'vop';
  readonly op: VectorOp;
  readonly args: readonly VectorExpr[];
  readonly amount: number;
}

export type VectorExpr = VectorRegExpr | VectorOpExpr;

/** Operands and result have one width. Shift amounts are taken modulo the width. */
export const BINARY_OPS = ['add', 'sub', 'mul', 'and', 'or', 'xor', 'shl', 'shru', 'shrs', 'rotr'] as const;
/** Result is 0 or 1, 32 bits wide; operands have width `source`. */
export const COMPARE_OPS = ['eq', 'ne', 'lts', 'ltu', 'gts', 'gtu', 'les', 'leu', 'ges', 'geu'] as const;
/**
 * One operand of the result's width. `rev16` swaps the bytes of each half-word, `rev32` of each word (64 bits only),
 * `rev` of the whole; `rbit` reverses bits; `clz` counts leading zeros; `cls` leading sign bits less one.
 * `zx8 zx16 sx8 sx16` extend the low part of an operand of the same width.
 */
export const UNARY_OPS = [
  'not',
  'neg',
  'clz',
  'cls',
  'rbit',
  'rev16',
  'rev32',
  'rev',
  'zx8',
  'zx16',
  'sx8',
  'sx16',
] as const;
/** 64-bit result from a 32-bit operand. */
export const WIDEN_OPS = ['zx32', 'sx32'] as const;
/** Result is 0 or 1, 32 bits wide, one operand of width `source`. */
export const TEST_OPS = ['eqz', 'nez'] as const;
/**
 * Floating point on bit patterns, to nearest. A NaN result is some NaN: whoever uses these checks for it first. One width for operands
 * and result.
 */
export const FLOAT_BINARY_OPS = ['fadd', 'fsub', 'fmul', 'fdiv', 'fmin', 'fmax'] as const;
export const FLOAT_UNARY_OPS = ['fsqrt', 'fceil', 'ffloor', 'ftrunc', 'fnearest'] as const;
/**
 * Conversions. `fcvt`: to the other float width; `ofS`, `ofU`: from an integer of width `source`; `toS`, `toU`: from a
 * float of width `source`, towards zero, saturating, NaN to 0.
 */
export const FLOAT_CONVERSIONS = ['fcvt', 'ofS', 'ofU', 'toS', 'toU'] as const;
/**
 * Whether an arithmetic result may be taken as it is: 0, or 1 where an exception may have to be signalled or a NaN made, so
 * that the exact operation must do it. The first operand is a 32-bit status whose bit 4 says that inexactness has been signalled
 * already; the others are floats of width `source`, the last the result (`careNarrow`: the operand alone).
 */
export const CARE_OPS = [
  'careSum',
  'careDifference',
  'careProduct',
  'careQuotient',
  'careRoot',
  'careFused',
  'careNarrow',
  /** Of x and x rounded: 1 if they differ and inexactness has not been signalled yet. */
  'careRounded',
] as const;
/** The status bit of {@link CARE_OPS}. */
export const INEXACT_SIGNALLED = 1 << 4;

export const OTHER_OPS = [
  /** Packed AArch64 flags of a comparison of floats: less 8, equal 6, greater 2, unordered 3. */
  'fcmp',
  /** `fma(c, a, b)`: c + a * b rounded once, or a NaN where that is not certain. */
  'fma',
  /** `sel(c, a, b)`: a if the 32-bit c is not zero, else b. */
  'sel',
  /** `exu(x, l, r)`: (x << l) >>u r; `exs`: the same with an arithmetic right shift. */
  'exu',
  'exs',
  /** `dep(x, y, position, width - length)`: x with `length` bits at `position` replaced by y's low bits. */
  'dep',
  /** `extr(lo, hi, n)`: low bits of (hi:lo) >> n, 0 < n < width. */
  'extr',
  /** `bit(x, n)`: bit n of x, as 0 or 1; `source` is x's width. */
  'bit',
  /** High 64 bits of the 128-bit product. */
  'umulh',
  'smulh',
  /** Division as AArch64 has it: x/0 = 0, most negative / -1 = most negative. */
  'udiv',
  'sdiv',
  /** `crc32b(acc, x)` and so on: 32-bit result; `x` is 64 bits wide for `crc32x`, `crc32cx`, else 32. */
  'crc32b',
  'crc32h',
  'crc32w',
  'crc32x',
  'crc32cb',
  'crc32ch',
  'crc32cw',
  'crc32cx',
  /** Packed flags of a + b + carry; 32-bit result; `source` is the operands' width (carry is 32). */
  'flagsAdc',
  /** Packed flags of a - b, of a + b, of the logical result a (C = V = 0). */
  'flagsSub',
  'flagsAdd',
  'flagsLog',
  /** The packed current flags, no operand. */
  'flags',
] as const;

export type BinaryOp = (typeof BINARY_OPS)[number];
export type CompareOp = (typeof COMPARE_OPS)[number];
export type UnaryOp = (typeof UNARY_OPS)[number];
export type CareOp = (typeof CARE_OPS)[number];
export type ValueOp =
  | BinaryOp
  | CompareOp
  | UnaryOp
  | CareOp
  | (typeof FLOAT_BINARY_OPS)[number]
  | (typeof FLOAT_UNARY_OPS)[number]
  | (typeof FLOAT_CONVERSIONS)[number]
  | (typeof WIDEN_OPS)[number]
  | (typeof TEST_OPS)[number]
  | (typeof OTHER_OPS)[number];

/**
 * How flags are remembered: by the operands of the operation that set them. `sub`: of a - b; `add`: of a + b;
 * `log`: of the result a. The number is what stands in {@link Slot.FLAG_KIND}.
 */
export const FlagKind = { packed: 0, sub32: 1, sub64: 2, add32: 3, add64: 4, log32: 5, log64: 6 } as const;
export type FlagKindName = Exclude<keyof typeof FlagKind, 'packed'>;

/** Bytes of a memory access by one register. */
export type AccessSize = 1 | 2 | 4 | 8;
/** What fills the rest of the destination: zeros, the sign to 32 bits (then zeros), the sign to 64 bits. */
export type Extend = 'zero' | 'sign32' | 'sign64';

export type Statement =
  /** slot := value. */
  | { readonly kind: 'set'; readonly slot: number; readonly value: Expr }
  /** slot, slot + 1 := a 128-bit value. */
  | { readonly kind: 'setVector'; readonly slot: number; readonly value: VectorExpr }
  /** slot := memory[address]. `user`: with EL0's permissions (LDTR). */
  | {
      readonly kind: 'load';
      readonly slot: number;
      readonly size: AccessSize;
      readonly extend: Extend;
      readonly address: Expr;
      readonly user?: boolean;
    }
  /** memory[address] := low bytes of register `value`. */
  | {
      readonly kind: 'store';
      readonly value: number;
      readonly size: AccessSize;
      readonly address: Expr;
      readonly user?: boolean;
    }
  /** Two registers of 4 or 8 bytes at consecutive addresses; the whole is one access for faults. */
  | {
      readonly kind: 'loadPair';
      readonly slot: number;
      readonly slot2: number;
      readonly size: 4 | 8;
      readonly address: Expr;
    }
  | {
      readonly kind: 'storePair';
      readonly value: number;
      readonly value2: number;
      readonly size: 4 | 8;
      readonly address: Expr;
    }
  /**
   * Store-exclusive. If the monitor holds `address` (same virtual address) and memory still holds the values that the
   * load-exclusive saw, stores and sets `status` to 0, else sets it to 1; the monitor is open afterwards. The
   * load-exclusive itself is lifted to loads and sets of the EXCLUSIVE_ slots. `value2` and `size` 4 or 8 for pairs.
   */
  | {
      readonly kind: 'storeExclusive';
      readonly status: number;
      readonly value: number;
      readonly value2?: number;
      readonly size: AccessSize;
      readonly address: Expr;
    }
  /** Sets the flags lazily from operands and, if `slot` is given, slot := the operation's result. */
  | {
      readonly kind: 'flags';
      readonly flags: FlagKindName;
      readonly slot?: number;
      readonly a: Expr;
      readonly b?: Expr;
    }
  /** Sets the flags to a packed value (low four bits). */
  | { readonly kind: 'setFlags'; readonly value: Expr }
  /** pc := condition ? taken : otherwise. */
  | { readonly kind: 'branch'; readonly condition: Expr; readonly taken: bigint; readonly otherwise: bigint }
  | { readonly kind: 'goto'; readonly target: bigint }
  /** pc := the value of a 64-bit expression. */
  | { readonly kind: 'jump'; readonly target: Expr }
  /**
   * Goes over to another level's context (`LevelSlot`), which holds, without leaving translated code: other TLB bank, other jump
   * cache, then pc := target. Counts the arrival; the core learns of it before anything else asks.
   */
  | { readonly kind: 'switch'; readonly level: Expr; readonly arrival: number; readonly target: Expr }
  /**
   * Leaves to TypeScript: the instruction set's own table of system operations gets `call` and the instruction word.
   * If the operation does not redirect, execution goes on at the next instruction. `ends`: the block ends here (the
   * operation always redirects, or what follows may mean something else afterwards).
   */
  | { readonly kind: 'system'; readonly call: number; readonly word: number; readonly ends: boolean }
  /**
   * If `condition` is not zero, leaves to the system operation `call`, which redirects (an alignment fault) or performs the
   * whole instruction, after which the next one follows.
   */
  | { readonly kind: 'check'; readonly condition: Expr; readonly call: number; readonly word: number }
  /**
   * Reaches the naturally aligned line of 64 bytes around an address: zeroes it, or does nothing where it may be read. Where
   * translated code may not do that, leaves to the system operation `call`, as a check does.
   */
  | {
      readonly kind: 'line';
      readonly zero: boolean;
      readonly address: Expr;
      readonly call: number;
      readonly word: number;
    };

/** One lifted instruction. */
export interface LiftedInstruction {
  readonly statements: readonly Statement[];
  /** True if the last statement ends the block. */
  readonly ends: boolean;
  /** Bytes of the encoding. */
  readonly length: number;
  /** True if the same encoding means the same at every address, in the same mode. */
  readonly anywhere: boolean;
}

const BOOLEAN_OPS: ReadonlySet<string> = new Set([...COMPARE_OPS, ...TEST_OPS, 'fcmp']);
const CARE: ReadonlySet<string> = new Set(CARE_OPS);

/** A register or temporary. */
export const reg = (slot: number, width: Width): RegExpr => ({ kind: 'reg', slot, width });

/** A constant, wrapped to its width. */
export const imm = (value: bigint | number, width: Width): ImmExpr => ({
  kind: 'imm',
  value: BigInt.asIntN(width, BigInt(value)),
  width,
});

export const cond = (cc: number): CondExpr => ({ kind: 'cond', cc, width: 32 });

/**
 * Builds an operation and derives its widths: comparisons, tests, `bit`, CRCs and packed flags yield 32 bits, widenings 64,
 * everything else the width of its first value operand.
 */
export function op(name: ValueOp, ...args: Expr[]): OpExpr {
  const source = name === 'sel' ? args[1]!.width : (args[0]?.width ?? 32);
  if (BOOLEAN_OPS.has(name) || name === 'bit' || name.startsWith('flags')) {
    return { kind: 'op', op: name, width: 32, source, args };
  }
  if (name.startsWith('crc32') || CARE.has(name)) {
    return { kind: 'op', op: name, width: 32, source: args[1]!.width, args };
  }
  if (name === 'fcvt') return { kind: 'op', op: name, width: source === 64 ? 32 : 64, source, args };
  if (name === 'zx32' || name === 'sx32') return { kind: 'op', op: name, width: 64, source: 32, args };
  return { kind: 'op', op: name, width: source, source, args };
}

/** A conversion between integer and float of given widths. */
export const convert = (name: 'ofS' | 'ofU' | 'toS' | 'toU', width: Width, arg: Expr): OpExpr => ({
  kind: 'op',
  op: name,
  width,
  source: arg.width,
  args: [arg],
});

/** The general register `n` of 0-30 as a slot. */
export const general = (n: number): number => Slot.GENERAL + n;
