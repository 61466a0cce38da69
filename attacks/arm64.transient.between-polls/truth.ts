import { runsOnForeignTables } from '../guest-tables.ts';
import { hooked } from '../syscall-table.ts';
import { truthOf } from '../truth.ts';

/** Sampled closely, from the attack's first instruction on: what it changes stands for some 3,000 instructions. */
export const truth = truthOf(
  500,
  (view) => view.firstHostileInstruction !== undefined && (runsOnForeignTables(view) || hooked(view)),
);
