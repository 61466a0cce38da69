import { hexOf, ImageError, type LoadPiece } from './image-error.ts';

/** ELF-64 executables: Tool Interface Standard ELF 1.2 and its 64-bit object file format. */

const EHDR_BYTES = 64;
const PHDR_BYTES = 56;
const PT_LOAD = 1;
const ELFCLASS64 = 2;
const ELFDATA2LSB = 1;
/** e_type: an executable, or a position-independent one, which is loaded where it says. */
const LOADABLE_TYPES: readonly number[] = [2, 3];
const TYPE_NAMES: Readonly<Record<number, string>> = { 0: 'no type', 1: 'a relocatable object', 4: 'a core dump' };

/** e_machine numbers that are met in practice. */
export const ElfMachine = { AArch64: 183, X86_64: 62 } as const;
const MACHINE_NAMES: Readonly<Record<number, string>> = {
  3: 'x86',
  8: 'MIPS',
  20: 'PowerPC',
  21: 'PowerPC64',
  22: 'S390',
  40: 'Arm (32-bit)',
  62: 'x86-64',
  183: 'AArch64',
  243: 'RISC-V',
  258: 'LoongArch',
};

export interface ElfImage {
  /** Physical address of the first instruction. */
  readonly entry: number;
  readonly pieces: readonly LoadPiece[];
}

/** True for a file that begins as an ELF does. */
export function isElf(file: Uint8Array): boolean {
  return file.length >= 4 && file[0] === 0x7f && file[1] === 0x45 && file[2] === 0x4c && file[3] === 0x46;
}

function machineName(machine: number): string {
  return MACHINE_NAMES[machine] ?? `machine ${machine}`;
}

/**
 * Reads the loadable segments of an ELF executable. Where they may lie is for the caller to check.
 * @param machine the e_machine that the board runs
 * @throws ImageError for a file that is truncated, of another class or machine, or contradicts itself
 */
export function parseElf(file: Uint8Array, machine: number): ElfImage {
  if (!isElf(file)) throw new ImageError('not an ELF file: the magic bytes 7f 45 4c 46 are missing at offset 0x0');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length > 0x13 && file[5] === ELFDATA2LSB && view.getUint16(0x12, true) !== machine) {
    const found = view.getUint16(0x12, true);
    throw new ImageError(
      `an ELF file for ${machineName(found)} (e_machine ${found} at offset 0x12), and this board runs ${machineName(machine)}`,
    );
  }
  if (file.length < EHDR_BYTES)
    throw new ImageError(`truncated ELF file: the header needs 64 bytes and ends at ${hexOf(file.length)}`);
  if (file[4] !== ELFCLASS64)
    throw new ImageError(`an ELF file of class ${file[4]} (offset 0x4) where a 64-bit one (class 2) is needed`);
  if (file[5] !== ELFDATA2LSB)
    throw new ImageError(`a big-endian ELF file (offset 0x5) where a little-endian one is needed`);
  const type = view.getUint16(0x10, true);
  if (!LOADABLE_TYPES.includes(type))
    throw new ImageError(`an ELF file that is no executable but ${TYPE_NAMES[type] ?? `type ${type}`} (offset 0x10)`);
  const pieces = segments(file, view);
  if (pieces.length === 0) throw new ImageError('an ELF file without a loadable segment');
  return { entry: entryOf(view), pieces };
}

function address(view: DataView, offset: number): number {
  return Number(view.getBigUint64(offset, true));
}

function headers(view: DataView): number[] {
  const first = address(view, 0x20);
  const bytes = view.getUint16(0x36, true);
  const count = view.getUint16(0x38, true);
  if (count > 0 && bytes < PHDR_BYTES)
    throw new ImageError(`an ELF file whose program headers have ${bytes} bytes (offset 0x36), less than 56`);
  if (first + count * bytes > view.byteLength)
    throw new ImageError(
      `truncated ELF file: ${count} program headers at ${hexOf(first)} go past its end at ${hexOf(view.byteLength)}`,
    );
  return Array.from({ length: count }, (_, i) => first + i * bytes).filter(
    (at) => view.getUint32(at, true) === PT_LOAD,
  );
}

function segments(file: Uint8Array, view: DataView): LoadPiece[] {
  const pieces: LoadPiece[] = [];
  for (const at of headers(view)) {
    const offset = address(view, at + 8);
    const fileBytes = address(view, at + 32);
    const size = address(view, at + 40);
    if (size === 0) continue;
    const what = `the segment of program header ${hexOf(at)}`;
    if (fileBytes > size)
      throw new ImageError(`${what} has more bytes in the file (${hexOf(fileBytes)}) than in memory (${hexOf(size)})`);
    if (offset + fileBytes > file.length)
      throw new ImageError(
        `truncated ELF file: ${what} needs bytes ${hexOf(offset)}-${hexOf(offset + fileBytes - 1)}, and the file ends at ${hexOf(file.length)}`,
      );
    pieces.push({ what, address: address(view, at + 24), data: file.subarray(offset, offset + fileBytes), size });
  }
  return pieces;
}

/** e_entry is a virtual address; execution begins with translation off, at the physical one. */
function entryOf(view: DataView): number {
  const entry = address(view, 0x18);
  for (const at of headers(view)) {
    const virtual = address(view, at + 16);
    if (entry >= virtual && entry < virtual + address(view, at + 40)) return entry - virtual + address(view, at + 24);
  }
  throw new ImageError(`an ELF file whose entry ${hexOf(entry)} (offset 0x18) lies in none of its segments`);
}
