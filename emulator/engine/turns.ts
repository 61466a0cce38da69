import type { Runner } from './cpu.ts';

/** A small generator of reproducible numbers (SplitMix32: a Weyl sequence and a mixing function). */
export class Random {
  private state: number;

  /** @param seed any number; its low 53 bits count */
  constructor(seed: number) {
    this.state = (seed ^ Math.floor(seed / 0x100000000)) | 0;
  }

  /** The next number of 32 bits. */
  next(): number {
    this.state = (this.state + 0x9e3779b9) | 0;
    let z = this.state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  }

  /** A number of 0 to `bound` - 1. */
  below(bound: number): number {
    return Math.floor((this.next() / 0x100000000) * bound);
  }

  save(): number {
    return this.state;
  }

  restore(state: number): void {
    this.state = state;
  }
}

/** Instructions of a turn, when several CPUs share the time. */
const SHORTEST = 200;
const LONGEST = 4000;
/** Instructions of a turn of the only CPU that runs: long enough for compiled code to be worth its entry. */
const ALONE = 1_000_000;

/** A CPU's turn and its length in instructions. */
export interface Turn {
  readonly cpu: Runner;
  readonly length: number;
}

/** Whose turn it is, and for how long: both come from the seed. */
export class Turns {
  private readonly random: Random;
  private readonly cpus: readonly Runner[];

  constructor(cpus: readonly Runner[], seed: number) {
    this.cpus = cpus;
    this.random = new Random(seed);
  }

  /** The next CPU and the length of its turn, or undefined if all wait. */
  next(): Turn | undefined {
    const ready = this.cpus.filter((cpu) => !cpu.core.off && (!cpu.core.waiting || cpu.core.wake()));
    if (ready.length === 0) return undefined;
    if (this.cpus.length === 1) return { cpu: ready[0], length: ALONE };
    const cpu = ready[this.random.below(ready.length)];
    return { cpu, length: SHORTEST + this.random.below(LONGEST - SHORTEST) };
  }

  /** Starts the choices anew. @param seed as for the constructor */
  reseed(seed: number): void {
    this.random.restore(new Random(seed).save());
  }

  save(): number {
    return this.random.save();
  }

  restore(state: number): void {
    this.random.restore(state);
  }
}
