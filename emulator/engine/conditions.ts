/**
 * Conditions on lazy flags: what to compute from the operands of the operation that set the flags, instead of the
 * flags themselves. Conditions are numbered as AArch64's pairs (cc >> 1): EQ, CS, MI, VS, HI, GE, GT; the odd
 * condition of a pair is the opposite, which users reach by swapping what they select between.
 */
import type { FlagKindName, Width } from '../ir/ir.ts';
import type { Push } from '../ir/micro-ops.ts';
import type { Code } from '../wasm/code.ts';

export const CONDITION_PAIRS = 7;

/** AArch64's AL and NV: always. */
export const isAlways = (cc: number): boolean => cc >> 1 === 7;

export const kindWidth = (kind: FlagKindName): Width => (kind.endsWith('64') ? 64 : 32);
export const kindOf = (kind: FlagKindName): 'sub' | 'add' | 'log' => kind.slice(0, 3) as 'sub' | 'add' | 'log';

/** Pairs that can be had from the operands without packing the flags. */
const DIRECT: Record<'sub' | 'add' | 'log', readonly number[]> = {
  sub: [0, 1, 2, 3, 4, 5, 6],
  add: [0, 2],
  log: [0, 2, 5, 6],
};

/** Pairs that never hold after a logical operation (C = V = 0): CS, VS, HI. */
export const isNeverAfterLogical = (pair: number): boolean => pair === 1 || pair === 3 || pair === 4;

export const isDirect = (kind: FlagKindName, pair: number): boolean => DIRECT[kindOf(kind)].includes(pair);

const SUB_COMPARE = { 0: 'eq', 1: 'geu', 4: 'gtu', 5: 'ges', 6: 'gts' } as const;
const LOG_COMPARE = { 2: 'lts', 5: 'ges', 6: 'gts' } as const;

/** Pushes 1 if the pair's even condition holds for flags of a known kind, else 0. */
export function emitDirectCondition(c: Code, kind: FlagKindName, pair: number, a: Push, b: Push): void {
  const width = kindWidth(kind);
  const family = kindOf(kind);
  const zero = (): void => c.constant(0, width);
  if (family === 'sub') {
    const compare = SUB_COMPARE[pair as keyof typeof SUB_COMPARE];
    a();
    if (compare) {
      b();
      c.wide(compare, width);
      return;
    }
    b();
    c.wide(pair === 2 ? 'sub' : 'xor', width);
    if (pair === 3) {
      // V: the operands differ in sign, and so do the first operand and the result.
      a();
      a();
      b();
      c.wide('sub', width);
      c.wide('xor', width);
      c.wide('and', width);
    }
    zero();
    c.wide('lts', width);
    return;
  }
  a();
  if (family === 'add') {
    b();
    c.wide('add', width);
  }
  if (pair === 0) {
    c.wide('eqz', width);
    return;
  }
  zero();
  c.wide(LOG_COMPARE[pair as keyof typeof LOG_COMPARE], width);
}

/** Pushes 1 if the pair's even condition holds for packed flags (N=8 Z=4 C=2 V=1), else 0. */
export function emitPackedCondition(c: Code, pair: number, flags: Push): void {
  const bit = (mask: number): void => {
    flags();
    c.i32(mask);
    c.wide('and', 32);
  };
  const isNotZero = (): void => {
    c.i32(0);
    c.wide('ne', 32);
  };
  /** 1 where N differs from V. */
  const differs = (): void => {
    flags();
    c.i32(3);
    c.wide('shru', 32);
    flags();
    c.wide('xor', 32);
    c.i32(1);
    c.wide('and', 32);
  };
  switch (pair) {
    case 0:
      bit(4);
      break;
    case 1:
      bit(2);
      break;
    case 2:
      bit(8);
      break;
    case 3:
      bit(1);
      break;
    case 4:
      bit(6);
      c.i32(2);
      c.wide('eq', 32);
      return;
    case 5:
      differs();
      c.wide('eqz', 32);
      return;
    default:
      differs();
      bit(4);
      c.wide('or', 32);
      c.wide('eqz', 32);
      return;
  }
  isNotZero();
}
