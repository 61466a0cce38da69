/** What is used of Capstone's WebAssembly build: the package has no types of its own. */
declare module '@alexaltea/capstone-js' {
  export interface CapstoneInstruction {
    readonly mnemonic: string;
    readonly op_str: string;
    readonly size: number;
  }
  export interface CapstoneHandle {
    /** @throws a string if nothing can be decoded at the start of `bytes` */
    disasm(bytes: Uint8Array | readonly number[], address: bigint, max?: number): CapstoneInstruction[];
    close(): void;
  }
  export interface CapstoneModule {
    readonly ARCH_ARM64: number;
    readonly MODE_LITTLE_ENDIAN: number;
    readonly Capstone: new (arch: number, mode: number) => CapstoneHandle;
  }
  const load: () => Promise<CapstoneModule>;
  export default load;
}
