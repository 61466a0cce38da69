/** What translation tables map as a whole: every leaf of a stage 2, from outside the machine (Arm ARM DDI 0487, D5.3). */
import type { ReadU64, Stage2Registers } from './walk.ts';

/** A block or page: `bytes` bytes from `input` on go to `output` on. */
export interface Leaf {
  readonly input: bigint;
  readonly output: number;
  readonly bytes: number;
}

const ADDRESS = 0x0000_ffff_ffff_f000n;
const LAST_LEVEL = 3;
const ENTRIES = 512;
const shiftOf = (level: number): number => 12 + 9 * (LAST_LEVEL - level);

/**
 * Every leaf of a stage 2 with the 4 KiB granule whose first level is one table (no concatenation).
 * @returns nothing where stage 2 is off
 */
export function leavesOfStage2(read: ReadU64, registers: Stage2Registers): Leaf[] {
  if (!registers.enabled) return [];
  const found: Leaf[] = [];
  const visit = (table: number, level: number, from: bigint): void => {
    for (let index = 0; index < ENTRIES; index++) {
      const descriptor = read(table + index * 8);
      if ((descriptor & 1n) === 0n) continue;
      const input = from + (BigInt(index) << BigInt(shiftOf(level)));
      const isTable = level < LAST_LEVEL && (descriptor & 2n) !== 0n;
      if (isTable) visit(Number(descriptor & ADDRESS), level + 1, input);
      else found.push({ input, output: Number(descriptor & ADDRESS), bytes: 2 ** shiftOf(level) });
    }
  };
  visit(Number(registers.vttbr & ADDRESS & ~1n), 2 - Number((registers.vtcr >> 6n) & 3n), 0n);
  return found;
}
