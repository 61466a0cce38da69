import { GUEST_RAM_IPA, guestLayout, guestZero } from '../guest.ts';
import { GUEST0_RAM } from '../layout.ts';
import { hooked } from '../syscall-table.ts';
import { type MachineView, truthOf } from '../truth.ts';

/** The kernel's linear map: where all of its RAM stands, by link address (`RW_GUEST_LINEAR_VA`). */
const LINEAR = 0xffff_ff80_0000_0000n;

/** Guest 0's system-call table is read from another frame than the one it was loaded to. */
function moved(view: MachineView): boolean {
  const guest = guestZero(view, GUEST0_RAM);
  if (!guest) return false;
  const { syscallTable } = guestLayout(view.image('guest'));
  return guest.physical(syscallTable) !== GUEST0_RAM + Number(syscallTable - LINEAR - GUEST_RAM_IPA);
}

/** Sampled, since it can only be read while guest 0 runs. */
export const truth = truthOf(20_000, (view) => moved(view) && hooked(view));
