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

/** Address bits by TCR_ELx.IPS or PS, no more than this CPU implements: the number of a 4 KiB page always fits 32 bits. */
export const PA_BITS = 44;
export const OUTPUT_BITS: readonly number[] = [32, 36, 40, 42, 44, 44, 44, 44];
export const MAX_INPUT_BITS = 48;
/** Smallest input of a stage: TxSZ = 39. */
export const MIN_INPUT_BITS = 25;

/** log2 of the smallest page: addresses travel as the number of such a page, an int32, and the bits below. */
export const PAGE_SHIFT = 12;

/** The page that a descriptor or an address below 2^44 names. */
export const pageOf = (lo: number, hi: number): number => (lo >>> PAGE_SHIFT) | (hi << (32 - PAGE_SHIFT));
