import { foreignValue } from '../truth.ts';

/** Sampled: VBAR_EL2 of every CPU, whatever it runs. */
export const truth = foreignValue(5_000, (cpu) => cpu.register('VBAR_EL2'));
