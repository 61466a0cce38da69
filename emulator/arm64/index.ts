export { Arm64Core, type Arm64CoreOptions, type Conduit, type CoreLines } from './core.ts';
export { registerNames } from './inspection.ts';
export { PState } from './pstate.ts';
export { affinity, type ResetTarget } from './reset.ts';
export { INSTRUCTIONS_PER_TICK } from './timers.ts';
