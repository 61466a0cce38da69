/** How much was hashed, which the machine cannot tell from its instructions: see `hash.sha256` of `emulator/cost/counts.ts`. */
import type { BuiltImage } from '../attacks/truth.ts';
import type { Counts } from '../emulator/cost/counts.ts';

/** Of SHA-256 (FIPS 180-4). */
const BLOCK_BYTES = 64;

/** The part of physical memory that is asked. */
interface Memory {
  peek(pa: number, length: number): Uint8Array;
}

/** Counts with the bytes that the firmware at EL3 has hashed so far, where it has a hash function. */
export function withHashing(counts: Counts, memory: Memory, el3: BuiltImage): Counts {
  const counter = el3.symbols.get('rw_sha256_blocks');
  if (counter === undefined) return counts;
  const bytes = memory.peek(Number(counter), 8);
  const blocks = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (blocks === 0) return counts;
  const entries = Object.entries({ ...counts, 'hash.sha256': blocks * BLOCK_BYTES });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
