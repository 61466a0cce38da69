import { guestLayout, guestZero } from '../guest.ts';
import { GUEST0_RAM } from '../layout.ts';
import { type MachineView, stopped, type Truth } from '../truth.ts';

/** Instructions for which a process must have been kept from running: ten timer ticks of the guest and more. */
const STARVED = 400_000;
/** Name of the workload's processes that compute: in the program as built, they make no system call but their exit. */
const COMPUTES = 'compute';

/** Tasks of guest 0 that compute and nevertheless sleep. */
function sleepers(view: MachineView): Set<bigint> | undefined {
  const guest = guestZero(view, GUEST0_RAM);
  if (!guest) return undefined;
  const layout = guestLayout(view.image('guest'));
  const found = new Set<bigint>();
  for (const task of guest.ring(layout.taskList, layout.taskListNode) ?? []) {
    const word = guest.u64(task + layout.taskName) ?? 0n;
    const name = new TextDecoder().decode(
      new Uint8Array(new BigUint64Array([word]).buffer).subarray(0, COMPUTES.length),
    );
    const sleeps =
      guest.u32(task + layout.taskState) === layout.taskWaiting && guest.u64(task + layout.taskSleep) !== 0n;
    if (name === COMPUTES && sleeps) found.add(task);
  }
  return found;
}

/** Sampled: a process that has work to do is found asleep at every look for so long. */
export const truth: Truth = {
  interval: 20_000,
  observe() {
    const since = new Map<bigint, number>();
    let seen = false;
    return {
      sample(view) {
        const now = seen || !view.attackDue ? undefined : sleepers(view);
        if (!now) return seen;
        for (const task of since.keys()) if (!now.has(task)) since.delete(task);
        for (const task of now) if (!since.has(task)) since.set(task, view.now);
        seen = [...since.values()].some((start) => view.now - start >= STARVED);
        return seen;
      },
      conclude: (view) => (seen ? 'succeeded' : stopped(view) ? 'blocked' : 'no-effect'),
    };
  },
};
