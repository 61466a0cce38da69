import { hostvmi } from './hostvmi/system.ts';
import type { System } from './system.ts';
import { tvmi } from './tvmi/system.ts';

/** Every system that can be run, in the order of docs/systems. */
export const SYSTEMS: readonly System[] = [tvmi, hostvmi];

/** A system by its name, or undefined. */
export function systemNamed(name: string): System | undefined {
  return SYSTEMS.find((system) => system.name === name);
}
