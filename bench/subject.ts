import type { Kernel } from './kernels.ts';

/** What one run yields: how long it took, and what it computed, which must be the same everywhere. */
export interface Measurement {
  /** Milliseconds of the kernel, start-up of the engine excluded. */
  readonly ms: number;
  readonly result: bigint;
  /** Guest instructions, where the engine counts them. */
  readonly instructions?: number;
}

/** An engine under measurement. */
export interface Subject {
  readonly name: string;
  /** Version, for the history. */
  readonly version: string;
  /** Why it takes no part in a kernel, or undefined. */
  absent(kernel: Kernel): string | undefined;
  /** One run from a cold engine. */
  run(kernel: Kernel, rounds: number): Promise<Measurement>;
}
