import { runsGuest } from '../guest.ts';
import { type CpuView, stopped, type Truth } from '../truth.ts';

const SCTLR_M = 1n;
const VMID_SHIFT = 48n;

/** The MMU switches that this checkpoint shows: whose, and whether it is on. */
function switches(cpu: CpuView): [owner: string, on: boolean][] {
  const on = (register: string) => (cpu.register(register) & SCTLR_M) !== 0n;
  const found: [string, boolean][] = [];
  if (!cpu.secure && cpu.level < 3) found.push([`EL2 of CPU ${cpu.number}`, on('SCTLR_EL2')]);
  if (runsGuest(cpu)) found.push([`VMID ${cpu.register('VTTBR_EL2') >> VMID_SHIFT}`, on('SCTLR_EL1')]);
  return found;
}

/** Sampled: an MMU that had been on is off. What never was on may still be at its boot. */
export const truth: Truth = {
  interval: 2_000,
  observe() {
    const came = new Set<string>();
    let seen = false;
    return {
      sample(view) {
        for (const [owner, on] of view.cpus.flatMap(switches)) {
          if (on) came.add(owner);
          else if (view.attackDue) seen ||= came.has(owner);
        }
        return seen;
      },
      conclude: (view) => (seen ? 'succeeded' : stopped(view) ? 'blocked' : 'no-effect'),
    };
  },
};
