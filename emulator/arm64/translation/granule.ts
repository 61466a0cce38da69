/** Translation granules (Arm ARM D4.2.6) and the encodings that choose them. */
export interface Granule {
  /** log2 of the page size. */
  readonly shift: number;
  /** Address bits that one level resolves. */
  readonly stride: number;
  /** Lowest level at which a block descriptor is allowed. */
  readonly firstBlockLevel: number;
}

const KIB4: Granule = { shift: 12, stride: 9, firstBlockLevel: 1 };
const KIB64: Granule = { shift: 16, stride: 13, firstBlockLevel: 2 };

/**
 * By TCR_ELx.TG0 and VTCR_EL2.TG0. A granule that is not implemented (16 KiB) and the reserved value act as 4 KiB, the
 * choice that D12.2.103 leaves.
 */
export const GRANULE_TG0: readonly Granule[] = [KIB4, KIB64, KIB4, KIB4];
/** By TCR_EL1.TG1. */
export const GRANULE_TG1: readonly Granule[] = [KIB4, KIB4, KIB4, KIB64];

/** Address bits by TCR_ELx.IPS or PS, no more than this CPU implements. */
export const PA_BITS = 44;
export const OUTPUT_BITS: readonly number[] = [32, 36, 40, 42, 44, 44, 44, 44];
export const MAX_INPUT_BITS = 48;
/** Smallest input of a stage: TxSZ = 39. */
export const MIN_INPUT_BITS = 25;

const TWO_32 = 0x1_0000_0000;
const ADDRESS_HIGH = 0xffff;

/** Bits 47:0 of a 64-bit value as a number. */
export function low48(lo: number, hi: number): number {
  return (hi & ADDRESS_HIGH) * TWO_32 + (lo >>> 0);
}

/** `count` (at most 20) bits of a 64-bit value from bit `shift` on. */
export function bits(lo: number, hi: number, shift: number, count: number): number {
  const mask = (1 << count) - 1;
  if (shift >= 32) return (hi >>> (shift - 32)) & mask;
  return ((lo >>> shift) | (shift === 0 ? 0 : hi << (32 - shift))) & mask;
}

/** The low `count` bits of an address below 2^48. */
export function lowBits(address: number, count: number): number {
  if (count < 32) return (address & ((1 << count) - 1)) >>> 0;
  const lo = address >>> 0;
  if (count === 32) return lo;
  const hi = (address - lo) / TWO_32;
  return (hi & ((1 << (count - 32)) - 1)) * TWO_32 + lo;
}

/** `address`, below 2^48, with its low `shift` bits cleared. */
export function alignDown(address: number, shift: number): number {
  return address - lowBits(address, shift);
}

/** First address that does not fit into a number of bits, at most 52: looked up, because walks ask often. */
export const LIMIT: readonly number[] = Array.from({ length: 53 }, (_, n) => 2 ** n);
