import type { Initiator } from '../../devices/device.ts';
import { PAGE_BYTES, type PhysicalMemory } from '../../memory/physical.ts';

/** Pages that a reader remembers, a power of two. */
const PLACES = 16;

/** Reads translation table descriptors. Tables lie in RAM or ROM: a walk that meets anything else aborts on the bus. */
export class DescriptorReader {
  lo = 0;
  hi = 0;
  /** Descriptors read since the CPU was made. */
  reads = 0;
  private readonly phys: PhysicalMemory;
  /** Pages of tables that were read lately: page * 2 + 1 where the initiator was secure, and linear-memory offset. */
  private readonly pages = new Float64Array(PLACES).fill(-1);
  private readonly offsets = new Int32Array(PLACES);
  private decisions = -1;

  constructor(phys: PhysicalMemory) {
    this.phys = phys;
  }

  /** Reads the descriptor at `pa`, 8-byte aligned. @returns false on an external abort */
  read(pa: number, by: Initiator): boolean {
    const offset = this.offsetOf(pa, by);
    this.reads++;
    if (offset < 0) return false;
    this.lo = this.phys.words[offset >> 2];
    this.hi = this.phys.words[(offset >> 2) + 1];
    return true;
  }

  /** Where a descriptor lies, or -1. What may be read is asked once for each page, and again when decisions may differ. */
  private offsetOf(pa: number, by: Initiator): number {
    const { phys } = this;
    if (this.decisions !== phys.decisions) {
      this.decisions = phys.decisions;
      this.pages.fill(-1);
    }
    const page = Math.floor(pa / PAGE_BYTES);
    const key = page * 2 + (by.secure ? 1 : 0);
    const place = page & (PLACES - 1);
    const within = pa - page * PAGE_BYTES;
    if (this.pages[place] === key) return this.offsets[place] + within;
    const offset = phys.ramFor(pa, false, by);
    if (offset >= 0) {
      this.pages[place] = key;
      this.offsets[place] = offset - within;
    }
    return offset;
  }
}
