import { PAGE_BYTES } from '../../memory/physical.ts';
import type { RamFinder } from '../../memory/ram-finder.ts';
import { PAGE_SHIFT } from './granule.ts';

/** Reads translation table descriptors. Tables lie in RAM or ROM: a walk that meets anything else aborts on the bus. */
export class DescriptorReader {
  lo = 0;
  hi = 0;
  /** Descriptors read since the CPU was made. */
  reads = 0;
  private readonly words: Int32Array;
  private readonly ram: RamFinder;

  /** @param words linear memory @param ram where the CPU finds RAM */
  constructor(words: Int32Array, ram: RamFinder) {
    this.words = words;
    this.ram = ram;
  }

  /**
   * Reads a descriptor.
   * @param page of the table @param byte offset from the page's first byte, a multiple of 8; it may lie beyond the page
   * @returns false on an external abort
   */
  read(page: number, byte: number, secure: boolean): boolean {
    this.reads++;
    const offset = this.ram.find((page + (byte >>> PAGE_SHIFT)) | 0, false, secure);
    if (offset < 0) return false;
    const word = (offset + (byte & (PAGE_BYTES - 1))) >> 2;
    this.lo = this.words[word];
    this.hi = this.words[word + 1];
    return true;
  }
}
