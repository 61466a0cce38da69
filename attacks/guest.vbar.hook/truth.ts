import { guestLayout, guestZero } from '../guest.ts';
import { GUEST0_RAM } from '../layout.ts';
import { truthOf } from '../truth.ts';

/** Sampled while guest 0 runs: its live VBAR_EL1 is not the table that its kernel was built with. */
export const truth = truthOf(20_000, (view) => {
  const guest = guestZero(view, GUEST0_RAM);
  return guest !== undefined && guest.vbar !== guestLayout(view.image('guest')).vectors;
});
