import { guestLayout, guestZero } from './guest.ts';
import { GUEST0_RAM } from './layout.ts';
import type { MachineView } from './truth.ts';

/** An entry of guest 0's table is not the built one and leads outside the kernel's built text. */
export function hooked(view: MachineView): boolean {
  const guest = guestZero(view, GUEST0_RAM);
  if (!guest) return false;
  const image = view.image('guest');
  const layout = guestLayout(image);
  const built = new DataView(
    image.bytes.buffer,
    image.bytes.byteOffset + Number(layout.syscallTable - layout.imageStart),
  );
  for (let index = 0; index < layout.syscallCount; index++) {
    const entry = guest.u64(layout.syscallTable + BigInt(index * 8));
    if (entry === undefined || entry === built.getBigUint64(index * 8, true)) continue;
    if (entry < layout.textStart || entry >= layout.textEnd) return true;
  }
  return false;
}
