/**
 * Functions that micro-operations call where WebAssembly has no single instruction. Each is written once and stands in
 * the permanent module; both tiers call it.
 */
import { Code } from '../wasm/code.ts';
import type { FunctionType } from '../wasm/module.ts';
import { Op, ValueType } from '../wasm/opcodes.ts';
import { FLOAT_HELPERS } from './float-helpers.ts';
import type { Width } from './ir.ts';

const { i32, i64 } = ValueType;

export interface Helper {
  readonly type: FunctionType;
  /** Writes the body; parameters are locals 0, 1, ... */
  readonly write: (c: Code) => void;
}

const typeOf = (width: Width): number => (width === 64 ? i64 : i32);
const unary64: FunctionType = { parameters: [i64], results: [i64] };
const binary = (width: Width): FunctionType => ({
  parameters: [typeOf(width), typeOf(width)],
  results: [typeOf(width)],
});
const flagsOf = (width: Width, count: number): FunctionType => ({
  parameters: [...new Array<number>(count).fill(typeOf(width))],
  results: [i32],
});

/** Swaps neighbouring groups of `bits` bits within local 0: one step of every reversal. */
function swapStep(c: Code, bits: number, mask: bigint): void {
  c.get(0);
  c.i64(bits);
  c.wide('shru', 64);
  c.i64(mask);
  c.wide('and', 64);
  c.get(0);
  c.i64(mask);
  c.wide('and', 64);
  c.i64(bits);
  c.wide('shl', 64);
  c.wide('or', 64);
  c.set(0);
}

const SWAP_MASKS: readonly [number, bigint][] = [
  [1, 0x5555555555555555n],
  [2, 0x3333333333333333n],
  [4, 0x0f0f0f0f0f0f0f0fn],
  [8, 0x00ff00ff00ff00ffn],
  [16, 0x0000ffff0000ffffn],
];

/** Reverses by swapping groups of the given sizes; `rotate` swaps the two words at the end. */
const reversal = (from: number, to: number, rotate: boolean): Helper => ({
  type: unary64,
  write: (c) => {
    for (const [bits, mask] of SWAP_MASKS) if (bits >= from && bits <= to) swapStep(c, bits, mask);
    c.get(0);
    if (!rotate) return;
    c.i64(32);
    c.wide('rotr', 64);
  },
});

/** High half of a 64 x 64 bit product from four 32-bit products; the signed form corrects the unsigned one. */
const multiplyHigh = (signed: boolean): Helper => ({
  type: binary(64),
  write: (c) => {
    const mid = c.local(i64);
    const low = c.local(i64);
    const half = (local: number, high: boolean): void => {
      c.get(local);
      if (high) {
        c.i64(32);
        c.wide('shru', 64);
      } else {
        c.i64(0xffffffffn);
        c.wide('and', 64);
      }
    };
    const product = (ah: boolean, bh: boolean): void => {
      half(0, ah);
      half(1, bh);
      c.wide('mul', 64);
    };
    // mid = aH*bL + (aL*bL >> 32); low = aL*bH + low32(mid)
    product(true, false);
    product(false, false);
    c.i64(32);
    c.wide('shru', 64);
    c.wide('add', 64);
    c.set(mid);
    product(false, true);
    half(mid, false);
    c.wide('add', 64);
    c.set(low);
    product(true, true);
    half(mid, true);
    c.wide('add', 64);
    half(low, true);
    c.wide('add', 64);
    if (!signed) return;
    for (const [a, b] of [
      [0, 1],
      [1, 0],
    ]) {
      // subtract b where a is negative
      c.get(a);
      c.i64(63);
      c.wide('shrs', 64);
      c.get(b);
      c.wide('and', 64);
      c.wide('sub', 64);
    }
  },
});

/** Division as AArch64 defines it (Arm ARM C6.2, UDIV and SDIV): by zero gives zero, no trap on overflow. */
const divide = (width: Width, signed: boolean): Helper => ({
  type: binary(width),
  write: (c) => {
    c.get(1);
    c.wide('eqz', width);
    c.open(Op.if);
    c.constant(0, width);
    c.op(Op.return);
    c.end();
    if (signed) {
      c.get(1);
      c.constant(-1, width);
      c.wide('eq', width);
      c.open(Op.if);
      c.constant(0, width);
      c.get(0);
      c.wide('sub', width);
      c.op(Op.return);
      c.end();
    }
    c.get(0);
    c.get(1);
    c.wide(signed ? 'divs' : 'divu', width);
  },
});

/** crc(accumulator, value, bits): `bits` low bits of value, least significant first, reflected polynomial. */
const crc = (polynomial: number): Helper => ({
  type: { parameters: [i32, i64, i32], results: [i32] },
  write: (c) => {
    const bit = c.local(i32);
    c.open(Op.loop);
    c.get(0);
    c.get(1);
    c.op(Op.i32WrapI64);
    c.wide('xor', 32);
    c.i32(1);
    c.wide('and', 32);
    c.set(bit);
    c.get(0);
    c.i32(1);
    c.wide('shru', 32);
    c.i32(0);
    c.get(bit);
    c.wide('sub', 32);
    c.i32(polynomial);
    c.wide('and', 32);
    c.wide('xor', 32);
    c.set(0);
    c.get(1);
    c.i64(1);
    c.wide('shru', 64);
    c.set(1);
    c.get(2);
    c.i32(1);
    c.wide('sub', 32);
    c.tee(2);
    c.brIf(1);
    c.end();
    c.get(0);
  },
});

/** N and Z of the value on the stack's local `result`, as bits 3 and 2. */
function negativeZero(c: Code, result: number, width: Width): void {
  c.get(result);
  c.constant(0, width);
  c.wide('lts', width);
  c.i32(3);
  c.wide('shl', 32);
  c.get(result);
  c.wide('eqz', width);
  c.i32(2);
  c.wide('shl', 32);
  c.wide('or', 32);
}

function pushSignOf(c: Code, width: Width): void {
  c.constant(0, width);
  c.wide('lts', width);
}

/** NZCV of a - b (Arm ARM, AddWithCarry of a, NOT b, 1). */
const flagsSub = (width: Width): Helper => ({
  type: flagsOf(width, 2),
  write: (c) => {
    const result = c.local(typeOf(width));
    c.get(0);
    c.get(1);
    c.wide('sub', width);
    c.set(result);
    negativeZero(c, result, width);
    c.get(0);
    c.get(1);
    c.wide('geu', width);
    c.i32(1);
    c.wide('shl', 32);
    c.wide('or', 32);
    c.get(0);
    c.get(1);
    c.wide('xor', width);
    c.get(0);
    c.get(result);
    c.wide('xor', width);
    c.wide('and', width);
    pushSignOf(c, width);
    c.wide('or', 32);
  },
});

/** Overflow of result = a + b (+ carry): both operands differ in sign from the result. */
function overflowOfSum(c: Code, result: number, width: Width): void {
  c.get(0);
  c.get(result);
  c.wide('xor', width);
  c.get(1);
  c.get(result);
  c.wide('xor', width);
  c.wide('and', width);
  pushSignOf(c, width);
}

const flagsAdd = (width: Width): Helper => ({
  type: flagsOf(width, 2),
  write: (c) => {
    const result = c.local(typeOf(width));
    c.get(0);
    c.get(1);
    c.wide('add', width);
    c.set(result);
    negativeZero(c, result, width);
    c.get(result);
    c.get(0);
    c.wide('ltu', width);
    c.i32(1);
    c.wide('shl', 32);
    c.wide('or', 32);
    overflowOfSum(c, result, width);
    c.wide('or', 32);
  },
});

/** NZCV of a + b + carry (carry is 0 or 1, 32 bits). */
const flagsAdc = (width: Width): Helper => ({
  type: { parameters: [typeOf(width), typeOf(width), i32], results: [i32] },
  write: (c) => {
    const result = c.local(typeOf(width));
    c.get(0);
    c.get(1);
    c.wide('add', width);
    c.get(2);
    if (width === 64) c.op(Op.i64ExtendI32U);
    c.wide('add', width);
    c.set(result);
    negativeZero(c, result, width);
    // With a carry in, the sum wrapped where result <= a; without, where result < a.
    c.get(result);
    c.get(0);
    c.wide('leu', width);
    c.get(result);
    c.get(0);
    c.wide('ltu', width);
    c.get(2);
    c.op(Op.select);
    c.i32(1);
    c.wide('shl', 32);
    c.wide('or', 32);
    overflowOfSum(c, result, width);
    c.wide('or', 32);
  },
});

const flagsLog = (width: Width): Helper => ({
  type: flagsOf(width, 1),
  write: (c) => negativeZero(c, 0, width),
});

/** Reflected polynomials of CRC-32 and CRC-32C (Arm ARM C6.2, CRC32B ... CRC32CX). */
const CRC32 = 0xedb88320 | 0;
const CRC32C = 0x82f63b78 | 0;

export const HELPERS = {
  rbit: reversal(1, 16, true),
  rev: reversal(8, 16, true),
  rev32: reversal(8, 16, false),
  rev16: reversal(8, 8, false),
  umulh: multiplyHigh(false),
  smulh: multiplyHigh(true),
  udiv32: divide(32, false),
  udiv64: divide(64, false),
  sdiv32: divide(32, true),
  sdiv64: divide(64, true),
  crc32: crc(CRC32),
  crc32c: crc(CRC32C),
  flagsSub32: flagsSub(32),
  flagsSub64: flagsSub(64),
  flagsAdd32: flagsAdd(32),
  flagsAdd64: flagsAdd(64),
  flagsAdc32: flagsAdc(32),
  flagsAdc64: flagsAdc(64),
  flagsLog32: flagsLog(32),
  flagsLog64: flagsLog(64),
  ...FLOAT_HELPERS,
} as const satisfies Record<string, Helper>;

export type HelperName = keyof typeof HELPERS;

/** Writes a helper's function body. */
export function helperBody(name: HelperName): Uint8Array {
  const helper: Helper = HELPERS[name];
  const c = new Code(helper.type.parameters.length);
  helper.write(c);
  return c.body();
}
