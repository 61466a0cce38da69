import type { Initiator } from '../devices/device.ts';
import { PAGE_BYTES, type PhysicalMemory } from './physical.ts';

/** Pages that are remembered for each kind of access, a power of two. */
const PLACES = 32;
const WRITE = PLACES;
const SECURE = 2 * PLACES;

/**
 * Where RAM lies for one bus master, as {@link PhysicalMemory.ramFor} says: asked once for each page and kind of access, and again
 * when decisions may differ.
 */
export class RamFinder {
  private readonly phys: PhysicalMemory;
  private readonly initiators: readonly [nonSecure: Initiator, secure: Initiator];
  private readonly pages = new Int32Array(4 * PLACES);
  /** Linear-memory offsets of the pages' first bytes, or -1 where nothing is known. */
  private readonly offsets = new Int32Array(4 * PLACES).fill(-1);
  private decisions = -1;

  constructor(phys: PhysicalMemory, initiators: readonly [nonSecure: Initiator, secure: Initiator]) {
    this.phys = phys;
    this.initiators = initiators;
  }

  /** @param page physical address >> 12, as an int32 @returns linear-memory offset of the page, or -1 */
  find(page: number, write: boolean, secure: boolean): number {
    const place = (page & (PLACES - 1)) | (write ? WRITE : 0) | (secure ? SECURE : 0);
    if (this.pages[place] === page && this.decisions === this.phys.decisions && this.offsets[place] >= 0)
      return this.offsets[place];
    return this.ask(page, place, write, secure);
  }

  private ask(page: number, place: number, write: boolean, secure: boolean): number {
    const { phys } = this;
    if (this.decisions !== phys.decisions) {
      this.decisions = phys.decisions;
      this.offsets.fill(-1);
    }
    this.pages[place] = page;
    const offset = phys.ramFor((page >>> 0) * PAGE_BYTES, write, this.initiators[secure ? 1 : 0]);
    this.offsets[place] = offset;
    return offset;
  }
}
