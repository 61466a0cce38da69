import type { Initiator } from '../../devices/device.ts';
import { PAGE_BYTES, type PhysicalMemory } from '../../memory/physical.ts';
import { PAGE_SHIFT } from './granule.ts';

/** Pages that a reader remembers for each security state, a power of two. */
const PLACES = 16;

/** Reads translation table descriptors. Tables lie in RAM or ROM: a walk that meets anything else aborts on the bus. */
export class DescriptorReader {
  lo = 0;
  hi = 0;
  /** Descriptors read since the CPU was made. */
  reads = 0;
  private readonly phys: PhysicalMemory;
  private readonly words: Int32Array;
  private readonly initiators: readonly [nonSecure: Initiator, secure: Initiator];
  /** Pages of tables that were read lately, and where they lie in linear memory, in words, or -1. */
  private readonly pages = new Int32Array(2 * PLACES);
  private readonly places = new Int32Array(2 * PLACES).fill(-1);
  private decisions = -1;

  constructor(phys: PhysicalMemory, initiators: readonly [nonSecure: Initiator, secure: Initiator]) {
    this.phys = phys;
    this.words = phys.words;
    this.initiators = initiators;
  }

  /**
   * Reads a descriptor.
   * @param page of the table @param byte offset from the page's first byte, a multiple of 8; it may lie beyond the page
   * @returns false on an external abort
   */
  read(page: number, byte: number, secure: boolean): boolean {
    const at = (page + (byte >>> PAGE_SHIFT)) | 0;
    const key = (at & (PLACES - 1)) | (secure ? PLACES : 0);
    this.reads++;
    let place = this.places[key];
    if (this.pages[key] !== at || place < 0 || this.decisions !== this.phys.decisions) {
      place = this.find(at, key, secure);
      if (place < 0) return false;
    }
    const word = place + ((byte & (PAGE_BYTES - 1)) >> 2);
    this.lo = this.words[word];
    this.hi = this.words[word + 1];
    return true;
  }

  /** Asks whether a page may be read, once for each page, and again when decisions may differ. */
  private find(page: number, key: number, secure: boolean): number {
    const { phys } = this;
    if (this.decisions !== phys.decisions) {
      this.decisions = phys.decisions;
      this.places.fill(-1);
    }
    const offset = phys.ramFor((page >>> 0) * PAGE_BYTES, false, this.initiators[secure ? 1 : 0]);
    this.pages[key] = page;
    this.places[key] = offset < 0 ? -1 : offset >> 2;
    return this.places[key];
  }
}
