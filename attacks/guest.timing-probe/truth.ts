import { GUEST_RAM_IPA } from '../guest.ts';
import { GUEST0_RAM } from '../layout.ts';
import { type MachineView, readU64, type Truth, truthOf } from '../truth.ts';

/** The kernel's linear map (`RW_GUEST_LINEAR_VA`). */
const LINEAR = 0xffff_ff80_0000_0000n;
/** The machine starts 16 instructions in a tick of its counter; one a cycle is what this counts with. */
const CYCLES_PER_TICK = 16;
/** What the guest can conclude; zero until it has. */
const UNWATCHED = 1n;
const WATCHED = 2n;
/** The VMM's build that introspects by itself. */
const HOST_MONITOR = 'vmm-hostvmi';

/** Whether a monitor watches in this machine: by what it was made of. */
function watched(view: MachineView): boolean {
  return view.images.has('agent') || view.image('vmm').name === HOST_MONITOR;
}

/** What guest 0 knows now, in its own memory. */
function known(view: MachineView, symbol: string): bigint | undefined {
  const at = view.images.get('payload')?.symbols.get(symbol);
  return at === undefined ? undefined : readU64(view, GUEST0_RAM + Number(at - LINEAR - GUEST_RAM_IPA));
}

/** The effect is knowledge, so the guest's memory is where it shows: what it concluded is what is the case. */
const knows = truthOf(50_000, (view) => known(view, 'conclusion') === (watched(view) ? WATCHED : UNWATCHED));

/**
 * The monitor as the guest's counter shows it, beside the verdict: what one write of TTBR0_EL1 costs (0: less than a
 * tick), and the longest piece of time that was taken from it.
 */
function visibility(view: MachineView): Record<string, number> {
  const ticks = { 'trap.cycles': known(view, 'probe_ticks'), 'stolen.cycles': known(view, 'stolen_ticks') };
  return Object.fromEntries(
    Object.entries(ticks).map(([name, value]) => [name, Number(value ?? 0n) * CYCLES_PER_TICK]),
  );
}

export const truth: Truth = {
  interval: knows.interval,
  observe: () => ({ ...knows.observe(), figures: visibility }),
};
