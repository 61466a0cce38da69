import { createVirt } from '../emulator/boards/virt.ts';
import { CONTROL, controlBlock, type Kernel, type Measurement, RESULT_OFFSET, type Subject } from './subject.ts';

/** Our engine with or without the compiled tier, MMU on, at EL1. */
export function ours(image: Uint8Array, tier1: boolean): Subject {
  return {
    name: tier1 ? 'ringwarden' : 'tier 0',
    async run(kernel: Kernel): Promise<Measurement> {
      const board = createVirt({
        images: { kernel: image, el: 1 },
        secure: false,
        virtualization: false,
        semihosting: true,
        memoryBytes: 64 << 20,
        tier1,
      });
      const { machine } = board;
      machine.phys.poke(CONTROL, controlBlock(kernel));
      const start = performance.now();
      machine.run({ maxInstructions: 1e12 });
      const ms = performance.now() - start;
      if (machine.stopReason?.kind !== 'exit')
        throw new Error(`kernel ${kernel.name} did not end: ${machine.stopReason?.text}`);
      const bytes = machine.phys.peek(CONTROL + RESULT_OFFSET, 8);
      const result = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
      return { ms, result, instructions: machine.instructions };
    },
  };
}
