/** Whose tables guest 0 runs on, by its own list of tasks. */
import { type GuestLayout, type GuestMemory, guestLayout, guestZero } from './guest.ts';
import { GUEST0_RAM } from './layout.ts';
import type { MachineView } from './truth.ts';

/** TTBR0_EL1.BADDR; the ASID above it is no part of the root. */
const ROOT = 0x0000_ffff_ffff_fffen;

function owned(guest: GuestMemory, layout: GuestLayout, root: bigint): boolean | undefined {
  const tasks = guest.ring(layout.taskList, layout.taskListNode);
  return tasks?.some((task) => ((guest.u64(task + layout.taskTtbr0) ?? 0n) & ROOT) === root);
}

/** Guest 0 runs on a TTBR0_EL1 that no task of its list owns. */
export function runsOnForeignTables(view: MachineView): boolean {
  const guest = guestZero(view, GUEST0_RAM);
  if (!guest) return false;
  return owned(guest, guestLayout(view.image('guest')), guest.ttbr0 & ROOT) === false;
}
