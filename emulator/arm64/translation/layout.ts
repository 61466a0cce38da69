import { type Granule, PAGE_SHIFT } from './granule.ts';

/** How the tables of a range of addresses are laid out, and where its walks begin. It follows from a control register alone. */
export interface Layout {
  readonly granule: Granule;
  /** Address bits that are translated. */
  readonly inputBits: number;
  /** Level of the first look-up, and the lowest address bit that it resolves. */
  readonly level: number;
  readonly shift: number;
  /** Index bits of the first look-up, and of the others. */
  readonly rootIndex: number;
  readonly tableIndex: number;
  /** What of a table base register's low half is the first table's address. */
  readonly rootMask: number;
  /** What of a page number in a table descriptor is the next table's. */
  readonly tableMask: number;
  /** An address whose bits 47:32, shifted right by this, are not zero is beyond the output size. */
  readonly outputShift: number;
}

const DESCRIPTOR_SHIFT = 3;
const HIGH_HALF = 32;

/** @param inputBits @param outputBits sizes of addresses, the latter 32 or more */
export function layoutOf(granule: Granule, inputBits: number, outputBits: number, level: number): Layout {
  const shift = granule.shift + (3 - level) * granule.stride;
  const indexBits = inputBits - shift;
  return {
    ...{ granule, inputBits, level, shift },
    rootIndex: (1 << indexBits) - 1,
    tableIndex: (1 << granule.stride) - 1,
    rootMask: -1 << (indexBits + DESCRIPTOR_SHIFT),
    tableMask: -1 << (granule.shift - PAGE_SHIFT),
    outputShift: outputBits - HIGH_HALF,
  };
}

/** Remembers what was worked out from a control register's last value: it seldom changes, and each walk asks. */
export class LayoutCache {
  private readonly make: (lo: number, hi: number) => Layout | undefined;
  private lo = 0;
  private hi = 0;
  private layout: Layout | undefined;

  /** @param make works it out; undefined where the register allows no walk */
  constructor(make: (lo: number, hi: number) => Layout | undefined) {
    this.make = make;
    this.layout = make(0, 0);
  }

  of(lo: number, hi: number): Layout | undefined {
    if (lo !== this.lo || hi !== this.hi) {
      this.lo = lo;
      this.hi = hi;
      this.layout = this.make(lo, hi);
    }
    return this.layout;
  }
}
