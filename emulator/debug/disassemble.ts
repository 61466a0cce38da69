import loadCapstone from '@alexaltea/capstone-js';

/** Text of one A64 instruction. @param address its address, which branch targets are printed relative to */
export type DisassembleA64 = (word: number, address: bigint) => string;

/** Loads the disassembler (Capstone in WebAssembly). What it does not know is printed as `.inst` with the encoding. */
export async function loadA64Disassembler(): Promise<DisassembleA64> {
  const capstone = await loadCapstone();
  const handle = new capstone.Capstone(capstone.ARCH_ARM64, capstone.MODE_LITTLE_ENDIAN);
  return (word, address) => {
    const bytes = [word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24];
    try {
      const [instruction] = handle.disasm(bytes, address, 1);
      if (instruction) return `${instruction.mnemonic} ${instruction.op_str}`.trim();
    } catch {
      // Capstone throws a sentence where it finds no instruction; the fallback below says what is there.
    }
    return `.inst 0x${(word >>> 0).toString(16).padStart(8, '0')}`;
  };
}
