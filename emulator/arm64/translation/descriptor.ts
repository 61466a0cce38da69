import type { Initiator } from '../../devices/device.ts';
import type { PhysicalMemory } from '../../memory/physical.ts';

/** Reads translation table descriptors. Tables lie in RAM or ROM: a walk that meets anything else aborts on the bus. */
export class DescriptorReader {
  lo = 0;
  hi = 0;
  /** Descriptors read since the CPU was made. */
  reads = 0;
  private readonly phys: PhysicalMemory;

  constructor(phys: PhysicalMemory) {
    this.phys = phys;
  }

  /** Reads the descriptor at `pa`, 8-byte aligned. @returns false on an external abort */
  read(pa: number, by: Initiator): boolean {
    const offset = this.phys.ramFor(pa, false, by);
    this.reads++;
    if (offset < 0) return false;
    this.lo = this.phys.words[offset >> 2];
    this.hi = this.phys.words[(offset >> 2) + 1];
    return true;
  }
}
