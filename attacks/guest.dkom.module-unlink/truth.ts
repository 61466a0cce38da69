import { type GuestLayout, type GuestMemory, guestLayout, guestZero } from '../guest.ts';
import { GUEST0_RAM } from '../layout.ts';
import { type MachineView, stopped, type Truth } from '../truth.ts';

/** Where the guest's kernel puts modules, a slot each (`RW_GUEST_MODULE_VA`, `RW_MODULE_SLOT_SIZE` of `rw/layout.h`). */
const MODULES = 0xffff_ff80_40c0_0000n;
const SLOT = 0x1_0000n;
const SLOTS = 32n;
/** PXN of a stage 1 leaf: the kernel cannot execute it (D5.3.3). */
const PXN = 1n << 53n;

/** Address ranges of the modules on the list, or undefined where it cannot be followed. */
function listed(guest: GuestMemory, layout: GuestLayout): { start: bigint; end: bigint }[] | undefined {
  return guest.ring(layout.moduleList, layout.moduleNode)?.map((module) => {
    const start = guest.u64(module + layout.moduleBase) ?? 0n;
    return { start, end: start + (guest.u64(module + layout.moduleBytes) ?? 0n) };
  });
}

/** Slots of guest 0's modules whose code the kernel can execute, and that no module of its list has. */
function hiddenSlots(view: MachineView): Set<bigint> | undefined {
  const guest = guestZero(view, GUEST0_RAM);
  if (!guest) return undefined;
  const modules = listed(guest, guestLayout(view.image('guest')));
  if (!modules) return undefined;
  const hidden = new Set<bigint>();
  for (let slot = MODULES; slot < MODULES + SLOTS * SLOT; slot += SLOT) {
    const descriptor = guest.descriptor(slot);
    if (descriptor === undefined || (descriptor & PXN) !== 0n) continue;
    if (!modules.some(({ start, end }) => slot >= start && slot < end)) hidden.add(slot);
  }
  return hidden;
}

/** Sampled: a module is hidden if two checkpoints in a row find it so. */
export const truth: Truth = {
  interval: 20_000,
  observe() {
    let before = new Set<bigint>();
    let seen = false;
    return {
      sample(view) {
        const hidden = view.attackDue && !seen ? hiddenSlots(view) : undefined;
        if (!hidden) return seen;
        seen = [...hidden].some((slot) => before.has(slot));
        before = hidden;
        return seen;
      },
      conclude: (view) => (seen ? 'succeeded' : stopped(view) ? 'blocked' : 'no-effect'),
    };
  },
};
