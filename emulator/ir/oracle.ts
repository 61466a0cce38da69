/**
 * The third executor of the IR: plain, slow and obvious, over BigInt. Tests alone use it, as the judge of the other
 * two. Every value is an unsigned BigInt below 2^width.
 */
import type { Expr, FlagKindName, OpExpr, Statement, Width } from './ir.ts';
import { FlagKind } from './ir.ts';
import { applyFloat } from './oracle-float.ts';
import { evaluateVector } from './oracle-vector.ts';
import { LevelSlot, levelSlot, Slot } from './slots.ts';

/** What the oracle runs on. */
export interface OracleMachine {
  /** A slot as an unsigned 64-bit value. */
  readSlot(slot: number): bigint;
  writeSlot(slot: number, value: bigint): void;
  /**
   * Reads 1 to 16 bytes, little-endian, as one access. A fault is thrown: nothing has changed by then.
   * @param size bytes of one register of a pair
   */
  load(address: bigint, bytes: number, user: boolean, size: number): bigint;
  store(address: bigint, bytes: number, value: bigint, user: boolean, size: number): void;
  /** Faults as a store would: a store-exclusive asks this first, so that one that fails still faults. */
  probeStore?(address: bigint, bytes: number, size: number): void;
  /** A system operation. @returns where it leads, or undefined if execution goes on */
  system(call: number, word: number): bigint | undefined;
}

const ALL_ONES = (1n << 64n) - 1n;

const unsigned = (value: bigint, width: number): bigint => BigInt.asUintN(width, value);
const signed = (value: bigint, width: number): bigint => BigInt.asIntN(width, value);
const bool = (value: boolean): bigint => (value ? 1n : 0n);

/** AArch64's packed flags. */
const N = 8n;
const Z = 4n;
const C = 2n;
const V = 1n;

/** `AddWithCarry()` of the Arm ARM (J1.3): the flags of a + b + carry. */
function flagsOfSum(a: bigint, b: bigint, carry: bigint, width: number): bigint {
  const result = unsigned(a + b + carry, width);
  const signedSum = signed(a, width) + signed(b, width) + carry;
  return (
    flagsOfResult(result, width) | (result === a + b + carry ? 0n : C) | (signed(result, width) === signedSum ? 0n : V)
  );
}

const flagsOfResult = (result: bigint, width: number): bigint =>
  (signed(result, width) < 0n ? N : 0n) | (result === 0n ? Z : 0n);

const flagsOfDifference = (a: bigint, b: bigint, width: number): bigint =>
  flagsOfSum(a, unsigned(~b, width), 1n, width);

/** The current flags, packed, however they are remembered. */
export function packedFlags(readSlot: (slot: number) => bigint): bigint {
  const kind = Number(unsigned(readSlot(Slot.FLAG_KIND), 32));
  if (kind === FlagKind.packed) return readSlot(Slot.FLAGS) & 15n;
  const width = kind === FlagKind.sub32 || kind === FlagKind.add32 || kind === FlagKind.log32 ? 32 : 64;
  const a = unsigned(readSlot(Slot.FLAG_A), width);
  const b = unsigned(readSlot(Slot.FLAG_B), width);
  if (kind === FlagKind.sub32 || kind === FlagKind.sub64) return flagsOfDifference(a, b, width);
  if (kind === FlagKind.add32 || kind === FlagKind.add64) return flagsOfSum(a, b, 0n, width);
  return flagsOfResult(a, width);
}

/** `ConditionHolds()` of the Arm ARM (J1.3). */
export function conditionHolds(cc: number, flags: bigint): boolean {
  const [n, z, c, v] = [N, Z, C, V].map((flag) => (flags & flag) !== 0n);
  const base = [z, c, n, v, c && !z, n === v, n === v && !z, true][cc >> 1]!;
  return (cc & 1) === 1 && cc !== 15 ? !base : base;
}

/** Value of an expression: unsigned, below 2^width. */
export function evaluate(expr: Expr, m: OracleMachine): bigint {
  switch (expr.kind) {
    case 'reg':
      return unsigned(m.readSlot(expr.slot), expr.width);
    case 'imm':
      return unsigned(expr.value, expr.width);
    case 'cond':
      return bool(
        conditionHolds(
          expr.cc,
          packedFlags((slot) => m.readSlot(slot)),
        ),
      );
    case 'op': {
      if (expr.op === 'flags') return packedFlags((slot) => m.readSlot(slot));
      const args = expr.args.map((arg) => evaluate(arg, m));
      return unsigned(apply(expr, args), expr.width);
    }
  }
}

/** Result of an operation; what exceeds the width is cut off by the caller. */
function apply(expr: OpExpr, [x = 0n, y = 0n, z = 0n, t = 0n]: bigint[]): bigint {
  const { width, source } = expr;
  const amount = y % BigInt(width);
  switch (expr.op) {
    case 'add':
      return x + y;
    case 'sub':
      return x - y;
    case 'mul':
      return x * y;
    case 'and':
      return x & y;
    case 'or':
      return x | y;
    case 'xor':
      return x ^ y;
    case 'shl':
      return x << amount;
    case 'shru':
      return x >> amount;
    case 'shrs':
      return signed(x, width) >> amount;
    case 'rotr':
      return (x >> amount) | (x << (BigInt(width) - amount));
    case 'eq':
      return bool(x === y);
    case 'ne':
      return bool(x !== y);
    case 'lts':
      return bool(signed(x, source) < signed(y, source));
    case 'ltu':
      return bool(x < y);
    case 'gts':
      return bool(signed(x, source) > signed(y, source));
    case 'gtu':
      return bool(x > y);
    case 'les':
      return bool(signed(x, source) <= signed(y, source));
    case 'leu':
      return bool(x <= y);
    case 'ges':
      return bool(signed(x, source) >= signed(y, source));
    case 'geu':
      return bool(x >= y);
    case 'not':
      return ~x;
    case 'neg':
      return -x;
    case 'clz':
      return BigInt(leadingZeros(x, width));
    case 'cls':
      return BigInt(leadingZeros(signed(x, width) < 0n ? unsigned(~x, width) : x, width) - 1);
    case 'rbit':
      return reverse(x, width, 1);
    case 'rev16':
      return pieces(x, width, 16).reduce((sum, half, i) => sum | (reverse(half, 16, 8) << BigInt(16 * i)), 0n);
    case 'rev32':
      return pieces(x, width, 32).reduce((sum, word, i) => sum | (reverse(word, 32, 8) << BigInt(32 * i)), 0n);
    case 'rev':
      return reverse(x, width, 8);
    case 'zx8':
      return unsigned(x, 8);
    case 'zx16':
      return unsigned(x, 16);
    case 'zx32':
      return x;
    case 'sx8':
      return signed(x, 8);
    case 'sx16':
      return signed(x, 16);
    case 'sx32':
      return signed(x, 32);
    case 'eqz':
      return bool(x === 0n);
    case 'nez':
      return bool(x !== 0n);
    case 'sel':
      return x !== 0n ? y : z;
    case 'exu':
      return unsigned(x << amount, width) >> z;
    case 'exs':
      return signed(x << amount, width) >> z;
    case 'dep': {
      const mask = ((1n << (BigInt(width) - t)) - 1n) << z;
      return (x & ~mask) | ((y << z) & mask);
    }
    case 'extr':
      return ((y << BigInt(width)) | x) >> z;
    case 'bit':
      return (x >> (y % BigInt(source))) & 1n;
    case 'umulh':
      return (x * y) >> 64n;
    case 'smulh':
      return (signed(x, 64) * signed(y, 64)) >> 64n;
    case 'udiv':
      return y === 0n ? 0n : x / y;
    case 'sdiv':
      return y === 0n ? 0n : signed(x, width) / signed(y, width);
    case 'crc32b':
      return crc(x, y, 8, CRC32);
    case 'crc32h':
      return crc(x, y, 16, CRC32);
    case 'crc32w':
      return crc(x, y, 32, CRC32);
    case 'crc32x':
      return crc(x, y, 64, CRC32);
    case 'crc32cb':
      return crc(x, y, 8, CRC32C);
    case 'crc32ch':
      return crc(x, y, 16, CRC32C);
    case 'crc32cw':
      return crc(x, y, 32, CRC32C);
    case 'crc32cx':
      return crc(x, y, 64, CRC32C);
    case 'flagsAdc':
      return flagsOfSum(x, y, z, source);
    case 'flagsSub':
      return flagsOfDifference(x, y, source);
    case 'flagsAdd':
      return flagsOfSum(x, y, 0n, source);
    case 'flagsLog':
      return flagsOfResult(x, source);
    case 'flags':
      throw new Error('"flags" has no operand');
    default:
      return applyFloat(expr.op, width, source, [x, y, z, t]);
  }
}

const leadingZeros = (x: bigint, width: number): number => (x === 0n ? width : width - x.toString(2).length);

/** The low-to-high pieces of `size` bits. */
const pieces = (x: bigint, width: number, size: number): bigint[] =>
  Array.from({ length: width / size }, (_, i) => unsigned(x >> BigInt(size * i), size));

/** The pieces of `size` bits in opposite order. */
const reverse = (x: bigint, width: number, size: number): bigint =>
  pieces(x, width, size).reduce((sum, piece) => (sum << BigInt(size)) | piece, 0n);

/** The polynomials of CRC32 and CRC32C (Arm ARM C6.2), bits reversed: data goes in from bit 0. */
const CRC32 = 0xedb88320n;
const CRC32C = 0x82f63b78n;

function crc(sum: bigint, data: bigint, bits: number, polynomial: bigint): bigint {
  let rest = unsigned(sum, 32) ^ unsigned(data, bits);
  for (let i = 0; i < bits; i++) rest = rest & 1n ? (rest >> 1n) ^ polynomial : rest >> 1n;
  return rest;
}

/**
 * Executes the statements of one instruction.
 * @returns where a branch or system operation leads, undefined if the next instruction follows
 */
export function execute(statements: readonly Statement[], m: OracleMachine): bigint | undefined {
  for (const s of statements) {
    switch (s.kind) {
      case 'branch':
        return unsigned(evaluate(s.condition, m) !== 0n ? s.taken : s.otherwise, 64);
      case 'goto':
        return unsigned(s.target, 64);
      case 'jump':
        return evaluate(s.target, m);
      case 'switch': {
        const arrivals = levelSlot(Number(evaluate(s.level, m)), LevelSlot.arrivals + s.arrival);
        m.writeSlot(arrivals, m.readSlot(arrivals) + 1n);
        m.writeSlot(Slot.SWITCHED, 1n);
        return evaluate(s.target, m);
      }
      case 'system': {
        const target = m.system(s.call, s.word);
        if (target !== undefined) return target;
        break;
      }
      case 'check':
        if (evaluate(s.condition, m) !== 0n) return m.system(s.call, s.word);
        break;
      case 'line':
        return m.system(s.call, s.word);
      default:
        perform(s, m);
    }
  }
  return undefined;
}

type Plain = Exclude<Statement, { kind: 'branch' | 'goto' | 'jump' | 'switch' | 'system' | 'check' | 'line' }>;

function perform(s: Plain, m: OracleMachine): void {
  switch (s.kind) {
    case 'set':
      m.writeSlot(s.slot, evaluate(s.value, m));
      return;
    case 'setVector': {
      const value = evaluateVector(s.value, m);
      m.writeSlot(s.slot, unsigned(value, 64));
      m.writeSlot(s.slot + 1, value >> 64n);
      return;
    }
    case 'load': {
      const value = m.load(evaluate(s.address, m), s.size, s.user ?? false, s.size);
      const bits = s.size * 8;
      if (s.extend === 'zero') m.writeSlot(s.slot, value);
      else m.writeSlot(s.slot, unsigned(signed(value, bits), s.extend === 'sign32' ? 32 : 64));
      return;
    }
    case 'store':
      m.store(evaluate(s.address, m), s.size, unsigned(m.readSlot(s.value), s.size * 8), s.user ?? false, s.size);
      return;
    case 'loadPair': {
      const bits = s.size * 8;
      const both = m.load(evaluate(s.address, m), 2 * s.size, false, s.size);
      // Where both are one register, the first value stays.
      m.writeSlot(s.slot2, both >> BigInt(bits));
      m.writeSlot(s.slot, unsigned(both, bits));
      return;
    }
    case 'storePair':
      m.store(evaluate(s.address, m), 2 * s.size, joined(m, s.size, s.value, s.value2), false, s.size);
      return;
    case 'storeExclusive':
      storeExclusive(s, m);
      return;
    case 'flags': {
      const width: Width = s.flags.endsWith('64') ? 64 : 32;
      const a = evaluate(s.a, m);
      const b = s.b ? evaluate(s.b, m) : 0n;
      setFlags(m, flagsOf(s.flags, a, b, width));
      if (s.slot !== undefined) m.writeSlot(s.slot, resultOf(s.flags, a, b, width));
      return;
    }
    case 'setFlags':
      setFlags(m, evaluate(s.value, m) & 15n);
      return;
  }
}

function setFlags(m: OracleMachine, packed: bigint): void {
  m.writeSlot(Slot.FLAG_KIND, BigInt(FlagKind.packed));
  m.writeSlot(Slot.FLAGS, packed);
}

function flagsOf(kind: FlagKindName, a: bigint, b: bigint, width: Width): bigint {
  if (kind.startsWith('sub')) return flagsOfDifference(a, b, width);
  return kind.startsWith('add') ? flagsOfSum(a, b, 0n, width) : flagsOfResult(a, width);
}

function resultOf(kind: FlagKindName, a: bigint, b: bigint, width: Width): bigint {
  if (kind.startsWith('sub')) return unsigned(a - b, width);
  return kind.startsWith('add') ? unsigned(a + b, width) : a;
}

/** Two registers as one value, the first in the low part. */
function joined(m: OracleMachine, size: number, low: number, high: number | undefined): bigint {
  const bits = size * 8;
  const value = unsigned(m.readSlot(low), bits);
  return high === undefined ? value : value | (unsigned(m.readSlot(high), bits) << BigInt(bits));
}

function storeExclusive(s: Statement & { kind: 'storeExclusive' }, m: OracleMachine): void {
  const address = evaluate(s.address, m);
  const pair = s.value2 !== undefined;
  const bytes = pair ? 2 * s.size : s.size;
  let status = 1n;
  m.probeStore?.(address, bytes, s.size);
  if (m.readSlot(Slot.EXCLUSIVE_ADDRESS) === address) {
    const seen = joined(m, s.size, Slot.EXCLUSIVE_VALUE, pair ? Slot.EXCLUSIVE_VALUE2 : undefined);
    if (m.load(address, bytes, false, s.size) === seen) {
      m.store(address, bytes, joined(m, s.size, s.value, s.value2), false, s.size);
      status = 0n;
    }
  }
  m.writeSlot(Slot.EXCLUSIVE_ADDRESS, ALL_ONES);
  m.writeSlot(s.status, status);
}
