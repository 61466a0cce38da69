import type { PhysicalMemory } from '../../memory/physical.ts';
import { poke64, RAM } from '../testing.ts';

/** Builds translation tables for tests, one descriptor at a time. */

export const Desc = {
  TABLE: 3n,
  PAGE: 3n,
  BLOCK: 1n,
  AF: 1n << 10n,
  nG: 1n << 11n,
  AP1: 1n << 6n,
  AP2: 1n << 7n,
  NS: 1n << 5n,
  PXN: 1n << 53n,
  XN: 1n << 54n,
  /** MAIR index 1, which {@link MAIR} makes Device-nGnRnE. */
  DEVICE: 1n << 2n,
  /** Stage 2: read and write, Normal write-back. */
  S2_RW: (3n << 6n) | (0xfn << 2n),
  S2_READ: (1n << 6n) | (0xfn << 2n),
} as const;

/** Attribute 0 is Normal write-back, 1 Device-nGnRnE. */
export const MAIR = 0x00ffn;

/** Tables of the 4 KiB granule, handed out from a stretch of RAM. */
export class TestTables {
  private readonly phys: PhysicalMemory;
  private next: number;

  constructor(phys: PhysicalMemory, first = RAM + 0x20_0000) {
    this.phys = phys;
    this.next = first;
  }

  /** An empty table. @returns its address */
  table(pages = 1): number {
    const at = this.next;
    this.next += pages * 4096;
    this.phys.poke(at, new Uint8Array(pages * 4096));
    return at;
  }

  /** Writes entry `index` of a table. */
  put(table: number, index: number, descriptor: bigint): void {
    poke64(this.phys, table + index * 8, descriptor);
  }

  /**
   * Maps `va` from a root of level `start` down to a leaf at `level`; the tables on the way are new and carry `tableBits`.
   * @returns addresses of the tables, the root first
   */
  chain(va: bigint, start: number, level: number, leaf: bigint, tableBits = 0n, root = this.table()): number[] {
    const tables = [root];
    for (let l = start; l < level; l++) {
      const next = this.table();
      this.put(tables[l - start], index(va, l), BigInt(next) | Desc.TABLE | tableBits);
      tables.push(next);
    }
    this.put(tables[level - start], index(va, level), leaf);
    return tables;
  }
}

/** Index of a virtual address at a level of the 4 KiB granule. */
export function index(va: bigint, level: number): number {
  return Number((va >> BigInt(39 - 9 * level)) & 511n);
}
