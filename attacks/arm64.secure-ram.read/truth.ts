import { truthOf } from '../truth.ts';

/** Sampled: the secret's bytes stand in RAM outside the secure carve-out. */
export const truth = truthOf(200_000, () => false);
