/** `boot --type FILE --type-after TEXT`: what is typed at UART 0, at a moment that the guest's own output decides. */
import type { VirtBoard } from '../../emulator/boards/virt.ts';
import { Failure } from '../../scenarios/errors.ts';
import type { BootArguments } from './arguments.ts';
import { readInput } from './files.ts';

/**
 * Types what was asked for: at once, or once UART 0 has sent a text, so that the run is the same every time.
 * @throws Failure if the file cannot be read
 */
export function prepareTyping(board: VirtBoard, args: BootArguments): void {
  const { type: file, typeAfter: text } = args;
  if (file === undefined) {
    if (text !== undefined) throw new Failure('usage', '--type-after says when: --type FILE says what is typed');
    return;
  }
  const bytes = readInput(file);
  if (text === undefined) {
    board.uart0.receive(bytes);
    return;
  }
  const { timeline } = board.machine;
  board.console.expect(new TextEncoder().encode(text), () => {
    timeline.at(timeline.now(), () => board.uart0.receive(bytes));
  });
}
