import type { Hooks } from './handlers.ts';

/** Performance monitors. */
export const PMU_HOOKS: Readonly<Record<string, Hooks>> = {};
