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

type Row = readonly [name: string, number: number, rounds: number];

const plain = (unit: Kernel['unit'], rows: readonly Row[]): Kernel[] =>
  rows.map(([name, number, rounds]) => ({ name, number, rounds, unit, level: 1 }));

const privileged = (rows: readonly Row[]): Kernel[] =>
  rows.map(([name, number, rounds]) => ({ name, number, rounds, unit: 'round', level: 3 }));

/** Kernels of the benchmark image, in the order in which they are measured. */
export const KERNELS: readonly Kernel[] = [
  ...plain('instructions', [
    ['integer', 1, 200_000],
    ['copy', 2, 240],
    ['branchy', 3, 200],
    ['chase', 4, 40],
    ['float', 5, 200],
    // A thousand million instructions, and two hundred and fifty million in the quarter.
    ['flat', 6, 52_000],
  ]),
  ...privileged([
    ['svc', 16, 2_000_000],
    ['hvc', 17, 2_000_000],
    ['smc', 18, 2_000_000],
    ['smc-el2', 19, 2_000_000],
    ['stage1-fault', 20, 1_000_000],
    ['stage2-fault', 21, 500_000],
    ['trapped-write', 22, 1_000_000],
    ['tlbi', 23, 1_000_000],
    ['tlbi-all', 24, 400_000],
    ['vttbr', 25, 1_000_000],
  ]),
  ...plain('round', [['self-modifying', 7, 400_000]]),
];

/** What an image's exit code carries of a kernel's result. */
export const RESULT_MASK = 0x3fn;
/** Exit code of the image where an exception came that no kernel asks for. */
export const UNEXPECTED = 0x7fn;

/** Writes a word in each of 256 pages, over and over: for whoever stops it from outside. */
export const DIRTY_KERNEL = 8;
/** Instructions of one of its rounds, and then some. */
export const DIRTY_ROUND = 2_000;

/** Where the image keeps its parameters (see `kernels/start.S`). */
export const CONTROL = 0x4010_0000;

/** The control block of a kernel. @param number 0 does nothing, and shows what starting costs */
export function controlBlock(number: number, rounds: number): Uint8Array {
  const block = new Uint8Array(16);
  const view = new DataView(block.buffer);
  view.setBigUint64(0, BigInt(number), true);
  view.setBigUint64(8, BigInt(rounds), true);
  return block;
}
