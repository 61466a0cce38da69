import { leaked } from '../secret.ts';
import { truthOf } from '../truth.ts';

/** Decided at the end alone: what was stolen lies in the attacker's memory, which nobody else uses. */
export const truth = truthOf(Number.POSITIVE_INFINITY, leaked);
