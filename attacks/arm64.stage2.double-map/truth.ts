import { type Leaf, leavesOfStage2 } from '../../vmi/arm64/leaves.ts';
import { runsGuest, stage2Of } from '../guest.ts';
import { type MachineView, readU64, stopped, type Truth } from '../truth.ts';

const PAGE = 0x1000;
const VMID_SHIFT = 48n;
/** RAM begins here; what guests share below it are device pages. */
const RAM = 0x4000_0000;
/** Where the VMM maps pages that their owner shares (`RW_GUEST_IPA_SHARED`). */
const SHARED = { start: 0x4100_0000n, end: 0x4120_0000n } as const;

/** Frames of RAM that a guest's tables map, those apart that were shared with it. */
function framesOf(leaves: readonly Leaf[]): Set<number> {
  const frames = new Set<number>();
  for (const { input, output, bytes } of leaves) {
    if (output < RAM || (input >= SHARED.start && input < SHARED.end)) continue;
    for (let at = 0; at < bytes; at += PAGE) frames.add(output + at);
  }
  return frames;
}

/** Guests' tables, by VMID, as they are at this checkpoint; found by the roots on which guests ran. */
class Stage2Tables {
  private readonly roots = new Map<bigint, ReturnType<typeof stage2Of>>();

  look(view: MachineView): void {
    for (const cpu of view.cpus) {
      if (!runsGuest(cpu)) continue;
      const registers = stage2Of(cpu);
      this.roots.set(registers.vttbr >> VMID_SHIFT, registers);
    }
  }

  /** Two guests map the same frame. */
  doubled(view: MachineView): boolean {
    const taken = new Set<number>();
    for (const registers of this.roots.values()) {
      const frames = framesOf(leavesOfStage2((at) => readU64(view, at), registers));
      for (const frame of frames) if (taken.has(frame)) return true;
      for (const frame of frames) taken.add(frame);
    }
    return false;
  }
}

/** Sampled: a frame of RAM stands in the stage 2 of two guests, and its owner did not share it. */
export const truth: Truth = {
  interval: 50_000,
  observe() {
    const tables = new Stage2Tables();
    let seen = false;
    return {
      sample(view) {
        tables.look(view);
        if (!seen && view.attackDue) seen = tables.doubled(view);
        return seen;
      },
      conclude: (view) => (seen || tables.doubled(view) ? 'succeeded' : stopped(view) ? 'blocked' : 'no-effect'),
    };
  },
};
