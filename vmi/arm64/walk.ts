/**
 * Table walks of the VMSAv8-64 translation scheme, 4 KiB granule (Arm ARM DDI 0487, D5.2 and D5.3), from outside the
 * machine: registers in, physical address out. Permissions and attributes do not matter to an observer.
 */

/** Reads a little-endian 64-bit word of physical memory. @throws Error where there is none */
export type ReadU64 = (pa: number) => bigint;

/** The registers that a walk starts from. */
export interface Stage2Registers {
  readonly vttbr: bigint;
  readonly vtcr: bigint;
  /** HCR_EL2.VM: without it stage 2 is flat. */
  readonly enabled: boolean;
}

export interface Stage1Registers {
  readonly ttbr0: bigint;
  readonly ttbr1: bigint;
  readonly tcr: bigint;
  /** SCTLR_EL1.M: without it stage 1 is flat. */
  readonly enabled: boolean;
}

const ADDRESS = 0x0000_ffff_ffff_f000n;
const GRANULE_BITS = 12;
const BITS_PER_LEVEL = 9;
const LAST_LEVEL = 3;

/** Bits of the input address that a table of this level resolves, seen from below. */
function shiftOf(level: number): number {
  return GRANULE_BITS + BITS_PER_LEVEL * (LAST_LEVEL - level);
}

/**
 * Walks one stage.
 * @param entryAt physical address of a descriptor, given its address in the stage's own output space
 * @returns where the leaf leads, or undefined where the tables map nothing
 */
function walk(
  read: ReadU64,
  root: bigint,
  input: bigint,
  inputBits: number,
  startLevel: number,
  entryAt: (address: bigint) => number | undefined,
): { readonly output: bigint; readonly descriptor: bigint } | undefined {
  let table = root;
  for (let level = startLevel; level <= LAST_LEVEL; level++) {
    const shift = shiftOf(level);
    const indexBits = level === startLevel ? inputBits - shift : BITS_PER_LEVEL;
    const index = (input >> BigInt(shift)) & ((1n << BigInt(indexBits)) - 1n);
    const at = entryAt(table + index * 8n);
    if (at === undefined) return undefined;
    const descriptor = read(at);
    const type = Number(descriptor & 3n);
    const leaf = level === LAST_LEVEL ? type === 3 : type === 1 && level > 0;
    if (leaf) {
      const inside = (1n << BigInt(shift)) - 1n;
      return { output: (descriptor & ADDRESS & ~inside) | (input & inside), descriptor };
    }
    if (type !== 3) return undefined;
    table = descriptor & ADDRESS;
  }
  return undefined;
}

/** Intermediate physical to physical address. */
export function translateStage2(read: ReadU64, registers: Stage2Registers, ipa: bigint): number | undefined {
  if (!registers.enabled) return Number(ipa);
  const inputBits = 64 - Number(registers.vtcr & 0x3fn);
  if (ipa >> BigInt(inputBits) !== 0n) return undefined;
  // VTCR_EL2.SL0 for the 4 KiB granule: 0 starts at level 2, 1 at level 1, 2 at level 0.
  const startLevel = 2 - Number((registers.vtcr >> 6n) & 3n);
  const root = registers.vttbr & ADDRESS;
  const leaf = walk(read, root, ipa, inputBits, startLevel, Number);
  return leaf && Number(leaf.output);
}

/** What stage 1 of the EL1&0 regime says of an address. */
export interface Mapping {
  /** Intermediate physical address. */
  readonly ipa: bigint;
  /** The leaf, as it stands in its table. */
  readonly descriptor: bigint;
}

/** Walks stage 1, each of its tables through stage 2. @returns undefined where nothing is mapped */
export function mappingOf(
  read: ReadU64,
  stage1: Stage1Registers,
  stage2: Stage2Registers,
  va: bigint,
): Mapping | undefined {
  const high = (va >> 55n) & 1n;
  const size = Number((stage1.tcr >> (high ? 16n : 0n)) & 0x3fn);
  const inputBits = 64 - size;
  const root = (high ? stage1.ttbr1 : stage1.ttbr0) & ADDRESS & ~1n;
  const startLevel = LAST_LEVEL - Math.floor((inputBits - GRANULE_BITS - 1) / BITS_PER_LEVEL);
  const input = va & ((1n << BigInt(inputBits)) - 1n);
  const leaf = walk(read, root, input, inputBits, startLevel, (ipa) => translateStage2(read, stage2, ipa));
  return leaf && { ipa: leaf.output, descriptor: leaf.descriptor };
}

/** Virtual address of the EL1&0 regime to physical address, through both stages. */
export function translate(
  read: ReadU64,
  stage1: Stage1Registers,
  stage2: Stage2Registers,
  va: bigint,
): number | undefined {
  const ipa = stage1.enabled ? mappingOf(read, stage1, stage2, va)?.ipa : va;
  return ipa === undefined ? undefined : translateStage2(read, stage2, ipa);
}
