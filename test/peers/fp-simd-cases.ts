/** Random FP, Advanced SIMD and cryptographic instructions with operands near the edges of IEEE 754. */
import { decodeA64 } from '../../emulator/arm64/decode/index.ts';
import { parsePattern } from '../../emulator/arm64/decode/pattern.ts';
import { SIMD_TABLE } from '../../emulator/arm64/fp-simd/index.ts';
import { LOAD_STORE_FORMS } from '../../emulator/arm64/fp-simd/load-store-forms.ts';
import type { Random } from '../differential/random.ts';

/** Where the window of memory stands, in both machines, and where the instruction stands. */
export const DATA_BASE = 0x4010_0000n;
export const DATA_BYTES = 0x2000;
export const CODE_BASE = 0x4020_0000n;

/** FPCR: RMode, FZ, DN, AHP. */
const FPCR_FIELDS = [3 << 22, 1 << 24, 1 << 25, 1 << 26] as const;

/** FPSR: QC, IDC, IXC, UFC, OFC, DZC, IOC. */
const FPSR_FLAGS = 0x0800_009f;

/** One instruction and the state before it. */
export interface Case {
  readonly name: string;
  readonly word: number;
  readonly fpcr: number;
  readonly fpsr: number;
  readonly nzcv: number;
  /** X0-X30, SP. */
  readonly general: readonly bigint[];
  /** V0-V31, low half first. */
  readonly vectors: BigUint64Array;
  readonly isMemory: boolean;
}

interface Row {
  readonly name: string;
  readonly pattern: string;
}

const ATTEMPTS = 1000;

/** A random encoding of a row that the A64 table allocates, or undefined. */
function encode(row: Row, r: Random): number | undefined {
  const { mask, value } = parsePattern(row.pattern);
  for (let i = 0; i < ATTEMPTS; i++) {
    const word = (value | (r.next() & ~mask)) >>> 0;
    if (decodeA64(word) !== undefined) return word;
  }
  return undefined;
}

const EDGES_16 = [0, 0x8000, 0x3c00, 0x7c00, 0xfc00, 0x7e00, 0x7d01, 0xfe55, 1, 0x3ff, 0x400, 0x7bff, 0x7fff, 0xffff];
const EDGES_32 = [
  ...[0, 0x80000000, 0x3f800000, 0xbf800000, 0x40000000, 0x7f800000, 0xff800000, 0x7fc00000, 0x7fa00001, 0xffc12345],
  ...[0xff812345, 1, 0x80000001, 0x7fffff, 0x800000, 0x80800000, 0x7f7fffff, 0xff7fffff, 0x3f000000, 0x4b000000],
  ...[0x4f000000, 0xcf000000, 0x4effffff, 0x4f7fffff, 0x4f800000, 0x5f000000, 0x5f800000, 0x00400000, 0x00200000],
  ...[0x7e800000, 0x7f000000, 0x7e7fffff, 0x33000000, 0x387fc000, 0x477ff000, 0x477fefff, 0x33000001, 0x38000000],
];
const EDGES_64 = [
  ...[0n, 1n << 63n, 0x3ff0n << 48n, 0xbff0n << 48n, 0x7ff0n << 48n, 0xfff0n << 48n, 0x7ff8n << 48n, 0x7ff4n << 48n],
  ...[(0xfff4n << 48n) | 5n, (0xfff8n << 48n) | 0x123n, 1n, (1n << 52n) - 1n, 1n << 52n, (0x7ff0n << 48n) - 1n],
  ...[0x4340n << 48n, 0x43e0n << 48n, 0xc3e0n << 48n, 0x43f0n << 48n, (0x43f0n << 48n) - 1n, 0x41dfffffffc00000n],
  ...[0x41e0n << 48n, 0x36a0n << 48n, 0x3690n << 48n, 0x380fffffffffffffn, 0x47efffffefffffffn, 0x47effffff0000000n],
  ...[0x7fd0n << 48n, 0x7fe0n << 48n, 1n << 51n, 1n << 50n, 0x3fe0n << 48n, 0x8010n << 48n, 0xffffffffffffffffn],
];

/** A floating-point number of ordinary size: so that sums cancel and products stay in range. */
function ordinary(r: Random, exponentBits: number, fractionBits: number): bigint {
  const bias = 2 ** (exponentBits - 1) - 1;
  const exponent = BigInt(bias + r.between(-20, 20));
  const fraction = r.chance(0.3)
    ? BigInt(r.below(16)) << BigInt(fractionBits - 4)
    : BigInt.asUintN(fractionBits, (BigInt(r.next()) << 32n) | BigInt(r.next()));
  return (BigInt(r.below(2)) << BigInt(exponentBits + fractionBits)) | (exponent << BigInt(fractionBits)) | fraction;
}

const random64 = (r: Random): bigint => (BigInt(r.next()) << 32n) | BigInt(r.next());

/** Half a vector register. */
function half(r: Random): bigint {
  switch (r.below(8)) {
    case 0:
      return random64(r);
    case 1:
      return r.pick(EDGES_64);
    case 2: {
      // Next to an edge, or a denormal.
      const near = r.pick(EDGES_64) + BigInt(r.between(-2, 2));
      return BigInt.asUintN(64, r.chance(0.5) ? near : random64(r) & 0x800fffffffffffffn);
    }
    case 3:
    case 4: {
      const word = (): bigint => (r.chance(0.5) ? BigInt(r.pick(EDGES_32)) : ordinary(r, 8, 23));
      return (word() << 32n) | word();
    }
    case 5: {
      let value = 0n;
      for (let i = 0; i < 4; i++) value = (value << 16n) | BigInt(r.chance(0.6) ? r.pick(EDGES_16) : r.below(65536));
      return value;
    }
    case 6: {
      let value = 0n;
      for (let i = 0; i < 8; i++) {
        value = (value << 8n) | BigInt(r.chance(0.6) ? r.pick([0, 1, 0x7f, 0x80, 0xff]) : r.below(256));
      }
      return value;
    }
    default:
      return ordinary(r, 11, 52);
  }
}

function fpcr(r: Random): number {
  if (r.chance(0.3)) return 0;
  return FPCR_FIELDS.reduce((value, field) => value | (r.next() & field), 0);
}

const IMM19 = 0x00ff_ffe0;

/** A literal's offset that leads from the code into the window. */
function toWindow(word: number, r: Random): number {
  const offset = (Number(DATA_BASE - CODE_BASE) + DATA_BYTES / 2 + r.between(-64, 64)) >> 2;
  return ((word & ~IMM19) | ((offset << 5) & IMM19)) >>> 0;
}

/** What LDR and STR (unsigned offset) add to the base: it must lead back into the window. */
function unsignedOffset(word: number): number {
  if (((word >>> 24) & 0x3b) !== 0x39) return 0;
  const bytes = (word >>> 23) & 1 ? 16 : 1 << (word >>> 30);
  return ((word >>> 10) & 0xfff) * bytes;
}

/** A case of a row. @returns undefined if none of its encodings is allocated */
export function randomCase(row: Row, r: Random): Case | undefined {
  const encoding = encode(row, r);
  if (encoding === undefined) return undefined;
  const isLiteral = row.name.includes('literal');
  const word = isLiteral ? toWindow(encoding, r) : encoding;
  const isMemory = LOAD_STORE_FORMS.includes(row as (typeof LOAD_STORE_FORMS)[number]);
  const general = Array.from({ length: 32 }, () => (r.chance(0.3) ? half(r) : random64(r)));
  if (isMemory) {
    // An offset register first, so that the base wins where both are one.
    general[(word >>> 16) & 31] = BigInt.asUintN(64, BigInt(r.between(-16, 16)));
    general[(word >>> 5) & 31] = DATA_BASE + BigInt(DATA_BYTES / 2 + r.between(-80, 16) - unsignedOffset(word));
    if (((word >>> 5) & 31) === 31) general[31] &= ~15n;
  }
  const vectors = new BigUint64Array(64);
  // Equal registers give exact cancellation and ties.
  const pool = Array.from({ length: 24 }, () => half(r));
  for (let i = 0; i < 64; i++) vectors[i] = r.pick(pool);
  return {
    name: row.name,
    word,
    fpcr: fpcr(r),
    fpsr: r.next() & FPSR_FLAGS,
    nzcv: r.below(16),
    general,
    vectors,
    isMemory,
  };
}

/** All rows: data processing and loads and stores. */
export const ROWS: readonly Row[] = [...SIMD_TABLE, ...LOAD_STORE_FORMS];
