import { type RelayStrategy, telling, whitewashed } from '../relay.ts';

/** Rewrites every line that tells of something into one that says all is well. */
const rewrite: RelayStrategy = () => ({ carry: (line) => [telling(line) ? whitewashed(line) : line] });

export const relays = { rewrite } as const;
