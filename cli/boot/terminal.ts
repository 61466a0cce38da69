/** A person at the console: keys go to UART 0 as they are pressed, and the machine's time keeps step with the clock. */
import type { VirtBoard } from '../../emulator/boards/virt.ts';
import type { Keyboard } from '../context.ts';

/** Control-A and then x leaves, as under QEMU; Control-A twice sends one. */
const ESCAPE = 0x01;
const LEAVE = 'x'.charCodeAt(0);
/** Instructions between two looks at the keyboard, and how long a look waits while the machine has nothing to do. */
const SLICE = 250_000;
const PAUSE_MS = 10;
/** The machine's time counts nanoseconds: an instruction takes one. */
const TIME_PER_MS = 1_000_000;

/** Takes {@link ESCAPE} out of what was typed. */
class Keys {
  private escaped = false;
  left = false;

  /** @returns what goes to the guest */
  take(bytes: Uint8Array): number[] {
    const out: number[] = [];
    for (const byte of bytes) {
      if (this.escaped) {
        this.escaped = false;
        if (byte === LEAVE) this.left = true;
        else out.push(byte);
      } else if (byte === ESCAPE) this.escaped = true;
      else out.push(byte);
    }
    return out;
  }
}

/**
 * Runs until the guest stops, the limit is reached or the person leaves.
 * @param show called after each slice, to write what the guest has sent
 */
export async function runAtTerminal(
  board: VirtBoard,
  keyboard: Keyboard,
  limit: number,
  show: () => void,
): Promise<void> {
  const { machine } = board;
  const keys = new Keys();
  let typed = (): void => {};
  const onData = (bytes: Uint8Array): void => {
    board.uart0.receive(keys.take(bytes));
    typed();
  };
  keyboard.setRawMode(true);
  keyboard.on('data', onData);
  keyboard.resume();
  const start = machine.timeline.now();
  const started = performance.now();
  const ahead = (): number => (machine.timeline.now() - start) / TIME_PER_MS - (performance.now() - started);
  try {
    while (!machine.stopReason && !keys.left && machine.instructions < limit) {
      const until = start + (performance.now() - started + PAUSE_MS) * TIME_PER_MS;
      machine.run({ maxInstructions: Math.min(SLICE, limit - machine.instructions), until });
      show();
      const wait = Math.min(Math.max(ahead(), 0), PAUSE_MS);
      await new Promise<void>((done) => {
        if (wait === 0) setImmediate(done);
        else {
          const timer = setTimeout(done, wait);
          typed = () => {
            clearTimeout(timer);
            done();
          };
        }
      });
    }
  } finally {
    keyboard.off('data', onData);
    keyboard.setRawMode(false);
    keyboard.pause();
  }
}
