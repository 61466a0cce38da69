/** What a benchmark kernel needs of a machine, and how much of it one measurement does. */
export interface Kernel {
  readonly name: string;
  /** Number that `run_kernel` of the benchmark image knows it by. */
  readonly number: number;
  /** Rounds of a whole measurement; another one of a quarter of them shows what of it was warm-up. */
  readonly rounds: number;
  /** `instructions`: quoted as instructions a second; `round`: as nanoseconds a round. */
  readonly unit: 'instructions' | 'round';
  /** Level at which the image is entered: 3 where the kernel sets up the levels below it. */
  readonly level: 1 | 3;
}

const code = (name: string, number: number, rounds: number): Kernel => ({
  name,
  number,
  rounds,
  unit: 'instructions',
  level: 1,
});

/** Kernels of the benchmark image, in the order in which they are measured. */
export const KERNELS: readonly Kernel[] = [
  code('integer', 1, 200_000),
  code('copy', 2, 240),
  code('branchy', 3, 200),
  code('chase', 4, 40),
  code('float', 5, 200),
  // A thousand million instructions, and two hundred and fifty million in the quarter.
  code('flat', 6, 52_000),
];

/** Where the image keeps its parameters and its result (see `kernels/start.S`). */
export const CONTROL = 0x4010_0000;
export const RESULT_OFFSET = 16;

/** The control block of a kernel. @param number 0 does nothing, and shows what starting costs */
export function controlBlock(number: number, rounds: number): Uint8Array {
  const block = new Uint8Array(24);
  const view = new DataView(block.buffer);
  view.setBigUint64(0, BigInt(number), true);
  view.setBigUint64(8, BigInt(rounds), true);
  return block;
}
