import { runsGuest } from '../guest.ts';
import { foreignValue } from '../truth.ts';

/** Sampled: VBAR_EL2 of every CPU, whatever it runs, and VBAR_EL1 while a guest runs. */
export const truth = foreignValue(
  5_000,
  (cpu) => cpu.register('VBAR_EL2'),
  (cpu) => (runsGuest(cpu) ? cpu.register('VBAR_EL1') : undefined),
);
