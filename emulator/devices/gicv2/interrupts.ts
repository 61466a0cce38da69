import { NORMAL_HIGHEST, PRIVATE_INTERRUPTS, SGIS, SPURIOUS } from './registers.ts';

/**
 * The state that the distributor keeps of each interrupt (IHI 0048B 3.2.4: inactive, pending, active, active and
 * pending), as bit words. Word 0 (SGIs and PPIs) exists once for each CPU, the others once.
 */
export class InterruptState {
  readonly cpus: number;
  /** Interrupts that a CPU sees: 32 of its own and the SPIs. A multiple of 32. */
  readonly count: number;
  readonly enabled: Uint32Array;
  /** Made pending by an edge, by software or (SGIs) by a source. */
  readonly latched: Uint32Array;
  /** State of the input wires. */
  readonly level: Uint32Array;
  readonly active: Uint32Array;
  /** 1: Group 1. */
  readonly group: Uint32Array;
  /** 1: edge-triggered. */
  readonly edge: Uint32Array;
  private readonly priorities: Uint8Array;
  /** CPU targets of SPI n at index n - 32. */
  readonly targets: Uint8Array;
  /** Pending source CPUs of each SGI, by target CPU. */
  private readonly sources: Uint8Array;
  /** GICD_CTLR, secure view: bit 0 EnableGrp0, bit 1 EnableGrp1. */
  ctlr = 0;

  constructor(cpus: number, count: number) {
    const words = cpus + count / 32 - 1;
    this.cpus = cpus;
    this.count = count;
    this.enabled = new Uint32Array(words);
    this.latched = new Uint32Array(words);
    this.level = new Uint32Array(words);
    this.active = new Uint32Array(words);
    this.group = new Uint32Array(words);
    this.edge = new Uint32Array(words);
    this.priorities = new Uint8Array(cpus * PRIVATE_INTERRUPTS + count - PRIVATE_INTERRUPTS);
    this.targets = new Uint8Array(count - PRIVATE_INTERRUPTS);
    this.sources = new Uint8Array(cpus * SGIS);
    this.reset();
  }

  /** All interrupts inactive, group 0, disabled except SGIs, level-sensitive except SGIs. Input wires keep their level. */
  reset(): void {
    for (const a of [this.enabled, this.latched, this.active, this.group, this.edge]) a.fill(0);
    for (const a of [this.priorities, this.sources]) a.fill(0);
    for (let cpu = 0; cpu < this.cpus; cpu++) {
      this.enabled[cpu] = 0xffff;
      this.edge[cpu] = 0xffff;
    }
    // On a uniprocessor GICD_ITARGETSRn are RAZ/WI and every SPI goes to the one CPU (4.3.12).
    this.targets.fill(this.cpus === 1 ? 1 : 0);
    this.ctlr = 0;
  }

  /** Gives every interrupt to the normal world: Group 1, at the highest priority that it may set. */
  openToNormalWorld(): void {
    this.group.fill(0xffff_ffff);
    this.priorities.fill(NORMAL_HIGHEST);
  }

  /** Index of the bit word that holds interrupts 32n to 32n+31 as a CPU sees them. */
  word(cpu: number, n: number): number {
    return n === 0 ? cpu : this.cpus + n - 1;
  }

  pendingWord(w: number): number {
    return this.latched[w] | (this.level[w] & ~this.edge[w]);
  }

  isActive(cpu: number, id: number): boolean {
    return ((this.active[this.word(cpu, id >> 5)] >>> (id & 31)) & 1) === 1;
  }

  /** 0 or 1. */
  groupOf(cpu: number, id: number): number {
    return (this.group[this.word(cpu, id >> 5)] >>> (id & 31)) & 1;
  }

  priorityOf(cpu: number, id: number): number {
    return this.priorities[this.priorityIndex(cpu, id)];
  }

  setPriority(cpu: number, id: number, value: number): void {
    this.priorities[this.priorityIndex(cpu, id)] = value;
  }

  private priorityIndex(cpu: number, id: number): number {
    return id < PRIVATE_INTERRUPTS
      ? cpu * PRIVATE_INTERRUPTS + id
      : this.cpus * PRIVATE_INTERRUPTS + id - PRIVATE_INTERRUPTS;
  }

  /** Changes an input wire; a rising edge makes an edge-triggered interrupt pending. @returns false if nothing changed */
  setLevel(cpu: number, id: number, level: boolean): boolean {
    const w = this.word(cpu, id >> 5);
    const bit = (1 << (id & 31)) >>> 0;
    const was = (this.level[w] & bit) !== 0;
    if (was === level) return false;
    if (level) {
      this.level[w] |= bit;
      this.latched[w] |= this.edge[w] & bit;
    } else this.level[w] &= ~bit;
    return true;
  }

  sgiSources(target: number, id: number): number {
    return this.sources[target * SGIS + id];
  }

  setSgiSources(target: number, id: number, sources: number): void {
    this.sources[target * SGIS + id] = sources;
    if (sources !== 0) this.latched[target] |= 1 << id;
    else this.latched[target] &= ~(1 << id);
  }

  /**
   * The pending interrupt with the highest priority that the distributor forwards to a CPU: enabled, not active, its
   * group enabled in GICD_CTLR. Among equals the lowest number wins.
   * @returns its number or 1023
   */
  highestPending(cpu: number): number {
    let best = SPURIOUS;
    let bestPriority = 0x100;
    for (let n = 0; n * 32 < this.count; n++) {
      const w = this.word(cpu, n);
      const group = this.group[w];
      const forwarded = (this.ctlr & 1 ? ~group : 0) | (this.ctlr & 2 ? group : 0);
      let candidates = this.pendingWord(w) & this.enabled[w] & ~this.active[w] & forwarded;
      while (candidates !== 0) {
        const bit = 31 - Math.clz32(candidates & -candidates);
        candidates &= candidates - 1;
        const id = n * 32 + bit;
        if (n > 0 && ((this.targets[id - PRIVATE_INTERRUPTS] >> cpu) & 1) === 0) continue;
        const priority = this.priorityOf(cpu, id);
        if (priority < bestPriority) {
          best = id;
          bestPriority = priority;
        }
      }
    }
    return best;
  }

  /**
   * Makes a pending interrupt active, as an acknowledgement does. A level-sensitive one stays pending while its wire
   * is high.
   * @returns the value of the IAR: the number, for an SGI with its source CPU in bits 12:10
   */
  acknowledge(cpu: number, id: number): number {
    const w = this.word(cpu, id >> 5);
    this.active[w] |= 1 << (id & 31);
    if (id >= SGIS) {
      this.latched[w] &= ~(1 << (id & 31));
      return id;
    }
    const sources = this.sgiSources(cpu, id);
    this.setSgiSources(cpu, id, sources & (sources - 1));
    return id | ((31 - Math.clz32(sources & -sources)) << 10);
  }

  deactivate(cpu: number, id: number): void {
    this.active[this.word(cpu, id >> 5)] &= ~(1 << (id & 31));
  }

  private arrays(): (Uint32Array | Uint8Array)[] {
    return [
      this.enabled,
      this.latched,
      this.level,
      this.active,
      this.group,
      this.edge,
      this.priorities,
      this.targets,
      this.sources,
    ];
  }

  save(): { ctlr: number; arrays: (Uint32Array | Uint8Array)[] } {
    return { ctlr: this.ctlr, arrays: this.arrays().map((a) => a.slice()) };
  }

  restore(state: { ctlr: number; arrays: (Uint32Array | Uint8Array)[] }): void {
    this.ctlr = state.ctlr;
    this.arrays().forEach((a, i) => {
      a.set(state.arrays[i]);
    });
  }
}
