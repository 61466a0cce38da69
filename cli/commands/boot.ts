import type { VirtBoard } from '../../emulator/boards/virt.ts';
import type { Unimplemented } from '../../emulator/debug/unimplemented.ts';
import { EXIT, Failure } from '../../scenarios/errors.ts';
import { BOARDS } from '../boards.ts';
import type { BootArguments } from '../boot/arguments.ts';
import { boardFromImages } from '../boot/machine.ts';
import { bootOnPeer, OURS } from '../boot/peer.ts';
import { boardFromSnapshot, snapshotPlan, writeSnapshot } from '../boot/snapshots.ts';
import { runAtTerminal } from '../boot/terminal.ts';
import { prepareTyping } from '../boot/typing.ts';
import type { Context } from '../context.ts';
import { unknownName } from '../nearest.ts';
import { wholeNumber } from '../numbers.ts';

/** Instructions between two writes of what the guest has sent. */
const SLICE = 1_000_000;
const LEVELS: readonly (number | undefined)[] = [undefined, 1, 2, 3];
const EXIT_CODES = 256;

/** Runs a bare-metal image. Serial on stdout. @returns the guest's own exit code, or that of a limit or a gap */
export async function boot(context: Context, args: BootArguments): Promise<number> {
  requireBoard(args);
  if (args.engine !== OURS) return bootOnPeer(context, args);
  const board = args.fromSnapshot === undefined ? boardFromImages(args) : boardFromSnapshot(args.fromSnapshot, args);
  const { machine } = board;
  const gaps: Unimplemented[] = [];
  machine.unimplemented.onRecord = (gap) => {
    if (!args.strict || gaps.length > 0) return;
    gaps.push(gap);
    machine.stop({ kind: 'strict', code: EXIT.internal, text: gap.what });
  };
  const started = performance.now();
  const before = machine.instructions;
  prepareTyping(board, args);
  await run(context, args, board);
  if (args.stats) writeStats(context, board, machine.instructions - before, performance.now() - started);
  return exitCode(context, board, gaps[0]);
}

/** Runs to the guest's own end or to the limit, with a person at the console if there is one, and takes the snapshot that was asked for on the way. */
async function run(context: Context, args: BootArguments, board: VirtBoard): Promise<void> {
  const { machine } = board;
  const limit = wholeNumber('--max-instructions', args.maxInstructions) ?? Number.POSITIVE_INFINITY;
  const plan = snapshotPlan(args, machine.instructions, limit);
  let written = 0;
  let due = plan;
  const show = (): void => {
    written = writeSerial(context, board, written);
  };
  if (context.keyboard && context.out.isTTY && !plan && args.type === undefined) {
    await runAtTerminal(board, context.keyboard, limit, show);
    return;
  }
  for (;;) {
    if (due?.at === machine.instructions) {
      writeSnapshot(due.file, board);
      due = undefined;
    }
    if (machine.stopReason || machine.instructions >= limit) break;
    const next = Math.min(limit, due?.at ?? limit);
    machine.run({ maxInstructions: Math.min(SLICE, next - machine.instructions) });
    show();
  }
  if (due)
    throw new Failure(
      'usage',
      `no snapshot was taken: the machine stopped after ${machine.instructions} instructions, before --snapshot-at ${due.at}`,
    );
}

function requireBoard(args: BootArguments): void {
  const known = BOARDS.find((board) => board.name === (args.board ?? BOARDS[0].name));
  if (!known) {
    const names = BOARDS.map((board) => board.name);
    throw unknownName('board', args.board!, names);
  }
  if (!known.available) throw new Failure('unavailable', `the board ${known.name} is not part of this version`);
  if (args.image === undefined && args.bios === undefined && args.fromSnapshot === undefined)
    throw new Failure('usage', 'boot expects an image, --bios or --from-snapshot');
  if (!LEVELS.includes(args.el)) throw new Failure('usage', '--el expects 1, 2 or 3');
}

function writeSerial(context: Context, board: VirtBoard, written: number): number {
  const { text } = board.console;
  if (text.length > written) context.out.write(text.slice(written));
  return text.length;
}

function writeStats(context: Context, board: VirtBoard, instructions: number, milliseconds: number): void {
  const speed = instructions / 1000 / Math.max(milliseconds, 1);
  context.err.write(
    `${instructions} instructions, ${milliseconds.toFixed(0)} ms, ${speed.toFixed(1)} million a second\n`,
  );
  for (const gap of board.machine.unimplemented.list()) {
    context.err.write(`unimplemented: ${gap.kind} ${gap.what} at ${gap.pc}, ${gap.count} times (${gap.section})\n`);
  }
}

function exitCode(context: Context, board: VirtBoard, gap: Unimplemented | undefined): number {
  const reason = board.machine.stopReason;
  if (gap) {
    context.err.write(`ringwarden: unimplemented: ${gap.kind} ${gap.what} at ${gap.pc} (${gap.section})\n`);
    return EXIT.internal;
  }
  if (!reason) {
    context.err.write(`ringwarden: stopped after ${board.machine.instructions} instructions (--max-instructions)\n`);
    return EXIT.limit;
  }
  if (reason.kind === 'idle') {
    context.err.write(`ringwarden: the machine hangs: ${reason.text}\n`);
    return EXIT.limit;
  }
  return reason.code % EXIT_CODES;
}
