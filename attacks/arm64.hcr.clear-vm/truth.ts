import { runsGuest } from '../guest.ts';
import { truthOf } from '../truth.ts';

const HCR_VM = 1n;

/** Sampled: a guest runs while stage 2 is off. */
export const truth = truthOf(5_000, (view) =>
  view.cpus.some((cpu) => runsGuest(cpu) && (cpu.register('HCR_EL2') & HCR_VM) === 0n),
);
