/** Rounding of a result: FPCR.RMode's four values, then those that instructions name. */
export const Rounding = {
  nearestEven: 0,
  plusInfinity: 1,
  minusInfinity: 2,
  zero: 3,
  nearestAway: 4,
  /** Von Neumann rounding: an inexact result gets an odd fraction (FCVTXN). */
  odd: 5,
} as const;
export type RoundingMode = 0 | 1 | 2 | 3 | 4 | 5;

/** Cumulative flags of FPSR (Arm ARM C5.2.8). */
export const FpFlag = {
  /** Invalid operation. */
  IOC: 1,
  /** Division by zero. */
  DZC: 2,
  /** Overflow. */
  OFC: 4,
  /** Underflow. */
  UFC: 8,
  /** Inexact. */
  IXC: 16,
  /** A denormal input was flushed to zero. */
  IDC: 128,
  /** A SIMD integer saturated. */
  QC: 1 << 27,
} as const;

/** Fields of FPCR (Arm ARM C5.2.7). */
const Fpcr = { RMODE_SHIFT: 22, RMODE_MASK: 3, FZ: 1 << 24, DN: 1 << 25, AHP: 1 << 26 } as const;

/** What FPCR says, and the flags that operations raise for FPSR. */
export class FpEnvironment {
  rounding: RoundingMode = Rounding.nearestEven;
  /** FZ: single and double denormals count as zero, and become zero. */
  flushToZero = false;
  /** DN: every NaN result is the default NaN. */
  defaultNan = false;
  /** AHP: half precision without infinities and NaNs, with one more binade. */
  alternativeHalf = false;
  /** Bits of {@link FpFlag} raised since the last {@link load}. */
  flags = 0;

  /** Takes a value of FPCR and forgets the flags. */
  load(fpcr: number): void {
    this.rounding = ((fpcr >>> Fpcr.RMODE_SHIFT) & Fpcr.RMODE_MASK) as RoundingMode;
    this.flushToZero = (fpcr & Fpcr.FZ) !== 0;
    this.defaultNan = (fpcr & Fpcr.DN) !== 0;
    this.alternativeHalf = (fpcr & Fpcr.AHP) !== 0;
    this.flags = 0;
  }

  /** `FPProcessException`; on this machine no exception is trapped. */
  raise(flag: number): void {
    this.flags |= flag;
  }
}
