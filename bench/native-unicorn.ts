import { ElfMachine, parseElf } from '../emulator/boot/elf.ts';
import { Unicorn, UnicornRegister } from '../peers/unicorn.ts';
import { type Kernel, RESULT_MASK } from './kernels.ts';
import type { Measurement, Subject } from './subject.ts';

const RAM = 0x4000_0000n;
const RAM_BYTES = 64 << 20;

/** Where the image's stack may lie while the start-up code does not set it. */
const STACK = 0x40f0_0000n;
const LINK = 30;

/**
 * Native Unicorn with the same kernels. It begins at the kernel itself, MMU off: Unicorn 2.0.1 takes an exception at the
 * first fetch after the image turns its MMU on. Its memory accesses go through its software TLB all the same.
 * @param entry address of `run_kernel` @param done address behind it
 */
export function nativeUnicorn(image: Uint8Array, entry: number, done: number): Subject {
  return {
    name: 'Unicorn',
    version: '2',
    absent: ({ level }) => (level === 3 ? 'it delivers no exception to any level' : undefined),
    async run(kernel: Kernel, rounds: number): Promise<Measurement> {
      const uc = await Unicorn.open();
      try {
        uc.map(RAM, RAM_BYTES);
        const elf = parseElf(image, ElfMachine.AArch64);
        for (const piece of elf.pieces) if (piece.data.length > 0) uc.write(BigInt(piece.address), piece.data);
        uc.registers.fill(0n);
        uc.registers[0] = BigInt(kernel.number);
        uc.registers[1] = BigInt(rounds);
        uc.registers[LINK] = BigInt(done);
        uc.registers[UnicornRegister.sp] = STACK;
        uc.pushRegisters();
        const start = performance.now();
        const error = uc.start(BigInt(entry), BigInt(done), 0);
        const ms = performance.now() - start;
        if (error !== 0) throw new Error(`Unicorn: ${uc.describe(error)}`);
        uc.pullRegisters();
        const result = uc.registers[0] & RESULT_MASK;
        return { ms, result };
      } finally {
        uc.close();
      }
    },
  };
}
