import { hooked } from '../syscall-table.ts';
import { truthOf } from '../truth.ts';

/** Sampled, since it can only be read while guest 0 runs. */
export const truth = truthOf(20_000, hooked);
