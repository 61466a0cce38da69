import { createVirt } from '../emulator/boards/virt.ts';
import { CONTROL, controlBlock, type Kernel } from './kernels.ts';
import type { Measurement, Subject } from './subject.ts';

/** Our engine with or without the compiled tier, MMU on. */
export function ours(image: Uint8Array, version: string, tier1: boolean): Subject {
  return {
    name: tier1 ? 'ringwarden' : 'tier 0',
    version,
    absent: () => undefined,
    async run(kernel: Kernel, rounds: number): Promise<Measurement> {
      const { machine } = createVirt({
        images: { kernel: image, el: kernel.level },
        secure: kernel.level === 3,
        virtualization: kernel.level === 3,
        semihosting: true,
        memoryBytes: 64 << 20,
        tier1,
      });
      machine.phys.poke(CONTROL, controlBlock(kernel.number, rounds));
      const start = performance.now();
      machine.run({ maxInstructions: 1e12 });
      const ms = performance.now() - start;
      const { stopReason } = machine;
      if (stopReason?.kind !== 'exit') throw new Error(`kernel ${kernel.name} did not end: ${stopReason?.text}`);
      return { ms, result: BigInt(stopReason.code), instructions: machine.instructions };
    },
  };
}
