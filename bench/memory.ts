/**
 * `node dist/bench/memory.js`: resident memory of one machine with 256 MiB under a mixed load, over minutes. Each round runs every kernel
 * for a while (integer, copy, flat code, self-modifying code, exceptions, world and address-space switches, ...) in the compiled tier,
 * takes snapshots on the way and drops them. With `--touch` the guest has written to all of its RAM before, and no snapshot is taken:
 * a snapshot of a page that was written is a copy of it. `--kernel` runs some kernels alone; a single one goes on without a reset.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { prepareWasm } from '../cli/wasm-features.ts';
import { createVirt } from '../emulator/boards/virt.ts';
import { CONTROL, controlBlock, DIRTY_KERNEL, KERNELS } from './kernels.ts';

const MIB = 2 ** 20;
const GUEST = 256 * MIB;
const RAM = 0x4000_0000;
/** Rounds of a kernel that nothing ever reaches. */
const ENDLESS = 1e15;
/** Instructions of a kernel in one round of the load, and between two snapshots. */
const STRETCH = 4_000_000;
const SNAPSHOT_EVERY = 1_000_000;

/** Numbers of the kernels by name. */
const NUMBERS = new Map([...KERNELS.map(({ name, number }) => [name, number] as const), ['dirty', DIRTY_KERNEL]]);
const NAMES = [...NUMBERS.keys()];

prepareWasm();
const args = await yargs(hideBin(process.argv))
  .option('minutes', { type: 'number', default: 10, describe: 'how long' })
  .option('every', { type: 'number', default: 10, describe: 'seconds between two figures' })
  .option('touch', { type: 'boolean', default: false, describe: 'the guest has written to all of its RAM' })
  .option('kernel', { type: 'array', string: true, choices: NAMES, describe: 'only these kernels' })
  .option('json', { type: 'boolean', default: false, describe: 'one line of JSON for each figure' })
  .strict()
  .parse();

const here = dirname(fileURLToPath(import.meta.url));
const kernel = new Uint8Array(readFileSync(join(here, '../firmware/bench-kernels.elf')));
const board = createVirt({ images: { kernel, el: 3 }, memoryBytes: GUEST, semihosting: true, tier1: true });
const { machine } = board;
if (args.touch) {
  const page = new Uint8Array(4096).fill(0x5a);
  for (let pa = RAM + 32 * MIB; pa < RAM + GUEST; pa += page.length) machine.phys.poke(pa, page);
}
/** The figures are of what is in use: what nobody refers to any more is the collector's. */
const collect = (globalThis as { gc?: () => void }).gc;
const started = performance.now();
let snapshots = 0;

function report(): void {
  collect?.();
  const seconds = Math.round((performance.now() - started) / 1000);
  const { rss, heapUsed } = process.memoryUsage();
  const [now, heap] = [rss, heapUsed].map((bytes) => Math.round(bytes / MIB));
  const figures = { seconds, rss: now, peak: Math.round(process.resourceUsage().maxRSS / 1024), heap, snapshots };
  const counts = { instructions: machine.instructions, compiled: machine.regions?.compiled ?? 0 };
  if (args.json) console.log(JSON.stringify({ ...figures, ...counts }));
  else
    console.log(
      `${seconds} s: ${now} MiB resident, ${figures.peak} at the most, ${heap} MiB of heap; ${Math.round(counts.instructions / 1e6)} million ` +
        `instructions, ${counts.compiled} functions compiled, ${snapshots} snapshots`,
    );
}

let running: number | undefined;

/** One kernel for a while, from reset unless it is the one that runs. */
function stretch(number: number): void {
  if (number !== running) {
    board.reset();
    machine.phys.poke(CONTROL, controlBlock(number, ENDLESS));
    running = number;
  }
  for (let done = 0; done < STRETCH && !machine.stopReason; done += SNAPSHOT_EVERY) {
    machine.run({ maxInstructions: SNAPSHOT_EVERY });
    if (args.touch) continue;
    const state = board.save();
    snapshots++;
    if (done % (2 * SNAPSHOT_EVERY) === 0) continue;
    machine.run({ maxInstructions: SNAPSHOT_EVERY / 10 });
    board.restore(state);
  }
}

const numbers = (args.kernel ?? NAMES).map((name) => NUMBERS.get(name)!);
report();
for (let last = started, end = started + args.minutes * 60_000; performance.now() < end; ) {
  for (const number of numbers) {
    stretch(number);
    if (performance.now() - last < args.every * 1000) continue;
    last = performance.now();
    report();
  }
}
report();
