import { guestLayout, guestZero } from '../guest.ts';
import { builtBytes, differ } from '../kernel-image.ts';
import { GUEST0_RAM } from '../layout.ts';
import { type MachineView, truthOf } from '../truth.ts';

const PAGE = 4096;

/** A page of guest 0's kernel text, by its live tables, is not the built one. */
function patched(view: MachineView): boolean {
  const guest = guestZero(view, GUEST0_RAM);
  if (!guest) return false;
  const image = view.image('guest');
  const layout = guestLayout(image);
  for (let va = layout.textStart; va < layout.textEnd; va += BigInt(PAGE)) {
    const live = guest.bytes(va, PAGE);
    if (live && differ(builtBytes(image, layout, va, PAGE), live)) return true;
  }
  return false;
}

/** Sampled, since it can only be read while guest 0 runs. */
export const truth = truthOf(20_000, patched);
