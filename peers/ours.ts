import { createVirt } from '../emulator/boards/virt.ts';
import { DEFAULT_MEMORY, DEFAULT_TIMEOUT, type Driver, type RunRequest, type RunResult } from './driver.ts';

/** Instructions between two looks at the clock. */
const SLICE = 1_000_000;

/** Our machine. */
export const ours: Driver = {
  name: 'ours',
  async run(request: RunRequest): Promise<RunResult> {
    const board = createVirt({
      images: request.kind === 'bios' ? { bios: request.image } : { kernel: request.image },
      cpus: request.cpus ?? 1,
      seed: request.seed ?? 0,
      memoryBytes: request.memory ?? DEFAULT_MEMORY,
      semihosting: request.semihosting ?? false,
    });
    const { machine } = board;
    const limit = request.maxInstructions ?? Number.POSITIVE_INFINITY;
    const deadline = performance.now() + (request.timeout ?? DEFAULT_TIMEOUT);
    let why: RunResult['why'] = 'exit';
    let told = 0;
    while (!machine.stopReason && why === 'exit') {
      machine.run({ maxInstructions: Math.min(SLICE, limit - machine.instructions) });
      request.onSerial?.(board.console.text.slice(told));
      told = board.console.text.length;
      if (machine.instructions >= limit) why = 'limit';
      else if (performance.now() > deadline) why = 'timeout';
    }
    const serial = [board.console.text, board.secureConsole.text];
    return machine.stopReason ? { serial, why: 'exit', exitCode: machine.stopReason.code } : { serial, why };
  },
};
