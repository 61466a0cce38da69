import { createHash } from 'node:crypto';
import type { Scenario } from './schema.ts';

/**
 * The run key: the same key gives the same result line, byte for byte, on every machine.
 * @param images SHA-256 by image name @param engine version and hash of the engine's sources
 */
export function runKey(scenario: Scenario, images: Readonly<Record<string, string>>, engine: string): string {
  const parts = { engine, images: sorted(images), scenario: sorted(scenario) };
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** A copy with the keys of every object in alphabetical order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
