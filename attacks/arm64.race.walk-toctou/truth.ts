import { guestAt, guestLayout } from '../guest.ts';
import { GUEST1_RAM } from '../layout.ts';
import { type MachineView, truthOf } from '../truth.ts';

/** The first instructions of a function of the built kernel are others where guest 1's live tables lead. */
function patched(view: MachineView): boolean {
  const guest = guestAt(view, GUEST1_RAM);
  if (!guest) return false;
  const { bytes, symbols } = view.image('guest');
  const layout = guestLayout(view.image('guest'));
  const built = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const address of symbols.values()) {
    if (address < layout.textStart || address >= layout.textEnd) continue;
    // Instructions are aligned to four bytes, words to eight.
    const at = address & ~7n;
    if (guest.u64(at) !== built.getBigUint64(Number(at - layout.imageStart), true)) return true;
  }
  return false;
}

/** Sampled while guest 1 runs. */
export const truth = truthOf(20_000, patched);
