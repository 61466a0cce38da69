/** Reads what the build needs of a linked ELF64 file: its loadable bytes by physical address, and its symbols. */

const ELF_HEADER = { programHeaders: 0x20, sectionHeaders: 0x28, programCount: 0x38, sectionCount: 0x3c } as const;
const PROGRAM_HEADER_SIZE = 56;
const SECTION_HEADER_SIZE = 64;
const SYMBOL_SIZE = 24;
const PT_LOAD = 1;
const SHT_SYMTAB = 2;
const STB_GLOBAL = 1;
const SHN_UNDEF = 0;

/** A flat image: byte 0 belongs at `load`. */
export interface FlatImage {
  readonly load: bigint;
  readonly bytes: Uint8Array;
}

/**
 * Lays the loadable segments out by physical address, from the lowest one on, gaps zero; memory without file contents
 * (.bss) at the end is left out.
 *
 * @throws Error where nothing is loadable
 */
export function flatten(elf: Uint8Array): FlatImage {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
  const segments: { address: bigint; offset: number; size: number }[] = [];
  const first = Number(view.getBigUint64(ELF_HEADER.programHeaders, true));
  for (let i = 0; i < view.getUint16(ELF_HEADER.programCount, true); i++) {
    const header = first + i * PROGRAM_HEADER_SIZE;
    const size = Number(view.getBigUint64(header + 0x20, true));
    if (view.getUint32(header, true) !== PT_LOAD || size === 0) continue;
    segments.push({
      address: view.getBigUint64(header + 0x18, true),
      offset: Number(view.getBigUint64(header + 0x08, true)),
      size,
    });
  }
  if (segments.length === 0) throw new Error('the linked image has no loadable segment');
  segments.sort((a, b) => Number(a.address - b.address));
  const load = segments[0].address;
  const last = segments[segments.length - 1];
  const end = last.address + BigInt(last.size);
  const bytes = new Uint8Array(Number(end - load));
  for (const s of segments) bytes.set(elf.subarray(s.offset, s.offset + s.size), Number(s.address - load));
  return { load, bytes };
}

/** Global symbols, name to value (`0x…`: a 64-bit value does not fit a JSON number), sorted by name. */
export function symbols(elf: Uint8Array): Record<string, string> {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
  const sections = Number(view.getBigUint64(ELF_HEADER.sectionHeaders, true));
  const found: [string, string][] = [];
  for (let i = 0; i < view.getUint16(ELF_HEADER.sectionCount, true); i++) {
    const table = sections + i * SECTION_HEADER_SIZE;
    if (view.getUint32(table + 4, true) !== SHT_SYMTAB) continue;
    const offset = Number(view.getBigUint64(table + 0x18, true));
    const size = Number(view.getBigUint64(table + 0x20, true));
    const names = sections + view.getUint32(table + 0x28, true) * SECTION_HEADER_SIZE;
    const namesOffset = Number(view.getBigUint64(names + 0x18, true));
    for (let s = offset; s < offset + size; s += SYMBOL_SIZE) {
      if (elf[s + 4] >> 4 !== STB_GLOBAL || view.getUint16(s + 6, true) === SHN_UNDEF) continue;
      const name = text(elf, namesOffset + view.getUint32(s, true));
      found.push([name, `0x${view.getBigUint64(s + 8, true).toString(16)}`]);
    }
  }
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function text(bytes: Uint8Array, at: number): string {
  return new TextDecoder().decode(bytes.subarray(at, bytes.indexOf(0, at)));
}
