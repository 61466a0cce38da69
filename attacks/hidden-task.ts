import { guestLayout, guestZero } from './guest.ts';
import { GUEST0_RAM } from './layout.ts';
import { type MachineView, stopped, type Truth } from './truth.ts';

/** Tasks of guest 0 that run or are about to, and that its list of all tasks does not show. */
function hiddenTasks(view: MachineView): Set<bigint> | undefined {
  const guest = guestZero(view, GUEST0_RAM);
  if (!guest) return undefined;
  const layout = guestLayout(view.image('guest'));
  const shown = guest.ring(layout.taskList, layout.taskListNode);
  const queued = guest.ring(layout.runQueue, layout.taskRunNode);
  const current = guest.u64(layout.current);
  if (!shown || !queued || current === undefined) return undefined;
  const hidden = new Set(current === 0n ? queued : [...queued, current]);
  for (const task of shown) hidden.delete(task);
  return hidden;
}

/**
 * Sampled: a task is hidden if two checkpoints in a row find it so.
 * @param interval instructions between two checkpoints
 */
export const hiddenTask = (interval: number): Truth => ({
  interval,
  observe() {
    let before = new Set<bigint>();
    let seen = false;
    return {
      sample(view) {
        const hidden = view.attackDue && !seen ? hiddenTasks(view) : undefined;
        if (!hidden) return seen;
        seen ||= [...hidden].some((task) => before.has(task));
        before = hidden;
        return seen;
      },
      conclude: (view) => (seen ? 'succeeded' : stopped(view) ? 'blocked' : 'no-effect'),
    };
  },
});
