import type { RoundingMode } from './environment.ts';

/** Bit patterns of the host's numbers, for tests. */

export const doubleBits = (value: number): bigint => new BigUint64Array(new Float64Array([value]).buffer)[0];
export const singleBits = (value: number): bigint => BigInt(new Uint32Array(new Float32Array([value]).buffer)[0]);
export const numberOf = (bits: bigint): number => new Float64Array(new BigUint64Array([bits]).buffer)[0];

/** A value of FPCR. @param mode one of FPCR's four */
export const fpcr = (
  of: { mode?: RoundingMode; flushToZero?: boolean; defaultNan?: boolean; alternativeHalf?: boolean } = {},
): number =>
  ((of.mode ?? 0) << 22) |
  (of.flushToZero ? 1 << 24 : 0) |
  (of.defaultNan ? 1 << 25 : 0) |
  (of.alternativeHalf ? 1 << 26 : 0);
