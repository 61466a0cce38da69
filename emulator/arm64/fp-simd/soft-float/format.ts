/** A binary interchange format of IEEE 754. Values are bit patterns: unsigned BigInts of `bits` bits. */
export interface Format {
  readonly bits: 16 | 32 | 64;
  readonly fractionBits: number;
  readonly fractionShift: bigint;
  readonly fractionMask: bigint;
  readonly bias: number;
  /** The exponent field with all bits set: infinities and NaNs. */
  readonly topExponent: number;
  readonly signBit: bigint;
  readonly infinity: bigint;
  /** The greatest finite number. */
  readonly maxNormal: bigint;
  /** Bit of the fraction that makes a NaN quiet. */
  readonly quietBit: bigint;
  /** `FPDefaultNaN`: positive, quiet, otherwise zero. */
  readonly defaultNan: bigint;
  readonly one: bigint;
}

function format(bits: 16 | 32 | 64, exponentBits: number): Format {
  const fractionBits = bits - 1 - exponentBits;
  const fractionShift = BigInt(fractionBits);
  const bias = 2 ** (exponentBits - 1) - 1;
  const topExponent = 2 ** exponentBits - 1;
  const infinity = BigInt(topExponent) << fractionShift;
  const quietBit = 1n << (fractionShift - 1n);
  return {
    bits,
    fractionBits,
    fractionShift,
    fractionMask: (1n << fractionShift) - 1n,
    bias,
    topExponent,
    signBit: 1n << BigInt(bits - 1),
    infinity,
    maxNormal: infinity - 1n,
    quietBit,
    defaultNan: infinity | quietBit,
    one: BigInt(bias) << fractionShift,
  };
}

export const HALF = format(16, 5);
export const SINGLE = format(32, 8);
export const DOUBLE = format(64, 11);

/** `FPZero`, `FPInfinity`, `FPMaxNormal` and others with a sign. */
export const signed = (f: Format, negative: boolean, magnitude: bigint): bigint =>
  negative ? f.signBit | magnitude : magnitude;

/** `FPAbs`: no exception, no NaN rule. */
export const abs = (f: Format, a: bigint): bigint => a & ~f.signBit;

/** `FPNeg`. */
export const neg = (f: Format, a: bigint): bigint => a ^ f.signBit;
