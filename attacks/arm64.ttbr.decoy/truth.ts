import { runsOnForeignTables } from '../guest-tables.ts';
import { truthOf } from '../truth.ts';

/** Sampled, since it can only be read while guest 0 runs. */
export const truth = truthOf(5_000, runsOnForeignTables);
