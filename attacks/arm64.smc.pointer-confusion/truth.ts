import { altered } from '../secret.ts';
import { truthOf } from '../truth.ts';

/** Sampled: the first bytes of secure memory are not those that were loaded there. */
export const truth = truthOf(50_000, altered);
