import { guestLayout, guestZero } from '../guest.ts';
import { GUEST0_RAM } from '../layout.ts';
import { type MachineView, stopped, type Truth } from '../truth.ts';

/** What stands at the built offset of the name, by task: its address, pid and tables together are its identity. */
function namesOf(view: MachineView): Map<string, string> | undefined {
  const guest = guestZero(view, GUEST0_RAM);
  if (!guest) return undefined;
  const layout = guestLayout(view.image('guest'));
  const names = new Map<string, string>();
  for (const task of guest.ring(layout.taskList, layout.taskListNode) ?? []) {
    const key = `${task} ${guest.u32(task + layout.taskPid)} ${guest.u64(task + layout.taskTtbr0)}`;
    const words = [guest.u64(task + layout.taskName), guest.u64(task + layout.taskName + 8n)];
    names.set(key, words.join());
  }
  return names;
}

/** Sampled: the field that was built as a task's name holds another than before the attack, and the task is the same. */
export const truth: Truth = {
  interval: 20_000,
  observe() {
    const known = new Map<string, string>();
    let seen = false;
    return {
      sample(view) {
        for (const [task, name] of namesOf(view) ?? []) {
          if (!known.has(task)) known.set(task, name);
          else if (view.attackDue && known.get(task) !== name) seen = true;
        }
        return seen;
      },
      conclude: (view) => (seen ? 'succeeded' : stopped(view) ? 'blocked' : 'no-effect'),
    };
  },
};
