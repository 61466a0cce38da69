/** 64-bit addresses: as BigInt, unsigned, and as two int32 halves. */

const HALF = 32n;
/** The high half asked for last, ready to be added to: addresses come in runs that share it. */
let lastHigh = 0;
let lastBase = 0n;

/** @param lo low half, int32 or uint32 @param hi high half, likewise */
export function addressOf(lo: number, hi: number): bigint {
  if (hi !== lastHigh) {
    lastHigh = hi;
    lastBase = BigInt(hi >>> 0) << HALF;
  }
  return lastBase + BigInt(lo >>> 0);
}

/** Low half as int32. */
export const lowOf = (address: bigint): number => Number(BigInt.asIntN(32, address));
/** High half as int32. */
export const highOf = (address: bigint): number => Number(BigInt.asIntN(32, address >> HALF));
