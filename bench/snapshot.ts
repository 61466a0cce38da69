import { createVirt } from '../emulator/boards/virt.ts';
import { median, type Row } from './figures.ts';
import { CONTROL, controlBlock, DIRTY_KERNEL, DIRTY_ROUND } from './kernels.ts';

const NAME = 'snapshot';
const MEMORY_BYTES = 256 << 20;
/** Round trips of a whole measurement. */
const ROUNDS = 1_000;
const WARM_ROUNDS = ROUNDS / 4;
/** Rounds of the kernel that nothing ever reaches. */
const ENDLESS = 1e15;
/** A word that the kernel adds to in each of its rounds, in the first of its pages. */
const WORD = 0x4100_0000;

/**
 * Snapshots, through the board's public interface. A round trip: the guest writes to 256 pages (1 MiB) of its 256 MiB, the board is
 * saved, the guest writes to them again, the board goes back. No peer does the same: Unicorn's contexts leave memory out, and QEMU's
 * `savevm` writes the whole of it to a file.
 */
function roundTrips(image: Uint8Array, rounds: number): number {
  const board = createVirt({
    images: { kernel: image, el: 1 },
    secure: false,
    virtualization: false,
    memoryBytes: MEMORY_BYTES,
  });
  const { machine } = board;
  machine.phys.poke(CONTROL, controlBlock(DIRTY_KERNEL, ENDLESS));
  const dirty = (): number => {
    machine.run({ maxInstructions: DIRTY_ROUND });
    return new DataView(machine.phys.peek(WORD, 4).slice().buffer).getUint32(0, true);
  };
  dirty();
  const start = performance.now();
  for (let i = 0; i < rounds; i++) {
    const saved = dirty();
    const state = board.save();
    const after = dirty();
    board.restore(state);
    const back = new DataView(machine.phys.peek(WORD, 4).slice().buffer).getUint32(0, true);
    if (after <= saved || back !== saved) throw new Error(`snapshot: ${saved}, then ${after}, then back at ${back}`);
  }
  return performance.now() - start;
}

/** What `pairs` measurements show; there is nothing to compare with. */
export function snapshotRow(image: Uint8Array, pairs: number): Row {
  const all = Array.from({ length: pairs }, () => {
    const quarter = roundTrips(image, WARM_ROUNDS);
    const whole = roundTrips(image, ROUNDS);
    return { quarter, whole, steady: whole - quarter };
  });
  const pick = (length: 'quarter' | 'whole' | 'steady'): number => median(all.map((figures) => figures[length]));
  return {
    ...{ kernel: NAME, subject: 'ringwarden', pairs, unit: 'round', rounds: ROUNDS, instructions: 0 },
    ...{ ms: { quarter: pick('quarter'), whole: pick('whole'), steady: pick('steady') }, ratios: {} },
  };
}

/** Its name on the command line. */
export const SNAPSHOT = NAME;
