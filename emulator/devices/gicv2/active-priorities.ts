const LOWEST_PRIORITY = 0xff;

/**
 * Active priorities of a CPU interface: one bit for each preemption level that has an active interrupt (GICC_APRn,
 * GICC_NSAPRn, GICH_APR; IHI 0048B 4.4.13).
 */
export class ActivePriorities {
  readonly words: Uint32Array;
  /** log2 of the distance between two levels. */
  readonly shift: number;

  /** @param levels number of preemption levels, a multiple of 32 up to 128 */
  constructor(levels: number) {
    this.words = new Uint32Array(levels / 32);
    this.shift = 8 - Math.log2(levels);
  }

  set(groupPriority: number): void {
    const level = groupPriority >> this.shift;
    this.words[level >> 5] |= 1 << (level & 31);
  }

  /** The highest active priority (lowest number), or 0x100 when none is active. */
  highest(): number {
    for (let i = 0; i < this.words.length; i++) {
      const word = this.words[i];
      if (word !== 0) return (i * 32 + 31 - Math.clz32(word & -word)) << this.shift;
    }
    return 0x100;
  }

  /**
   * Whether a pending interrupt may preempt: nothing is active, or its group priority is higher than that of what runs
   * (3.3.2, 3.3.3).
   * @param mask the pending interrupt's {@link groupPriorityMask}
   */
  static preempts(priority: number, mask: number, running: number): boolean {
    return running > LOWEST_PRIORITY || (priority & mask) < (running & mask);
  }

  /** Priority drop: clears the highest active priority. */
  drop(): void {
    for (let i = 0; i < this.words.length; i++) {
      if (this.words[i] !== 0) {
        this.words[i] &= this.words[i] - 1;
        return;
      }
    }
  }
}

/**
 * Bits of a priority that make its group priority, for a binary point n as GICC_BPR has it for Group 0: [7:n+1]
 * (table 3-6).
 */
export function groupPriorityMask(binaryPoint: number): number {
  return (0xff << (binaryPoint + 1)) & 0xff;
}
