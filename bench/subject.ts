/** A kernel of the benchmark image, and how much work a measurement does. */
export interface Kernel {
  readonly name: string;
  /** Number that `run_kernel` knows it by. */
  readonly number: number;
  readonly rounds: number;
}

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
  /** Why it cannot take part here, or undefined. */
  readonly missing?: string;
  /** One run from a cold engine. */
  run(kernel: Kernel): Promise<Measurement>;
}

/** Where the image keeps its parameters and its result (see `kernels/start.S`). */
export const CONTROL = 0x4010_0000;
export const RESULT_OFFSET = 16;

/** The control block of a kernel. */
export function controlBlock(kernel: Kernel): Uint8Array {
  const block = new Uint8Array(24);
  const view = new DataView(block.buffer);
  view.setBigUint64(0, BigInt(kernel.number), true);
  view.setBigUint64(8, BigInt(kernel.rounds), true);
  return block;
}
