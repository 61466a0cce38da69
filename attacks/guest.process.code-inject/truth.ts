import { guestLayout, guestZero } from '../guest.ts';
import { builtBytes, differ } from '../kernel-image.ts';
import { GUEST0_RAM } from '../layout.ts';
import { type MachineView, truthOf } from '../truth.ts';

const PAGE = 4096;

/** A page of a process's text, by the process's own tables, is not that of the program as built. */
function injected(view: MachineView): boolean {
  const guest = guestZero(view, GUEST0_RAM);
  if (!guest) return false;
  const image = view.image('guest');
  const layout = guestLayout(image);
  const header = builtBytes(image, layout, layout.userImage + layout.userTextEnd, 8);
  const textEnd = new DataView(header.buffer, header.byteOffset, 8).getBigUint64(0, true);
  for (const task of guest.ring(layout.taskList, layout.taskListNode) ?? []) {
    const process = guest.ofProcess(guest.u64(task + layout.taskTtbr0) ?? 0n);
    for (let va = layout.userBase; va < textEnd; va += BigInt(PAGE)) {
      const live = process.bytes(va, PAGE);
      if (live && differ(builtBytes(image, layout, layout.userImage + (va - layout.userBase), PAGE), live)) return true;
    }
  }
  return false;
}

/** Sampled, since it can only be read while guest 0 runs. */
export const truth = truthOf(20_000, injected);
