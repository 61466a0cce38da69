import { readFileSync } from 'node:fs';
import { createVirt, type VirtBoard } from '../../emulator/boards/virt.ts';
import { ImageError } from '../../emulator/boot/image-error.ts';
import type { Unimplemented } from '../../emulator/debug/unimplemented.ts';
import { EXIT, Failure } from '../../scenarios/errors.ts';
import { reasonOf } from '../../scenarios/load.ts';
import { BOARDS } from '../boards.ts';
import type { Context } from '../context.ts';
import { unknownName } from '../nearest.ts';
import { byteSize, wholeNumber } from '../numbers.ts';

export interface BootArguments {
  readonly image?: string | undefined;
  readonly board: string;
  readonly engine: string;
  readonly bios?: string | undefined;
  readonly el?: number | undefined;
  readonly cpus: number;
  readonly memory: string;
  readonly append?: string | undefined;
  readonly initrd?: string | undefined;
  readonly seed: number;
  readonly maxInstructions?: number | undefined;
  readonly strict: boolean;
  readonly stats: boolean;
}

/** Instructions between two writes of what the guest has sent. */
const SLICE = 1_000_000;
const LEVELS: readonly (number | undefined)[] = [undefined, 1, 2, 3];
const EXIT_CODES = 256;

/** Runs a bare-metal image. Serial on stdout. @returns the guest's own exit code, or that of a limit or a gap */
export async function boot(context: Context, args: BootArguments): Promise<number> {
  requireBoard(args);
  const board = makeBoard(args);
  const { machine } = board;
  const gaps: Unimplemented[] = [];
  machine.unimplemented.onRecord = (gap) => {
    if (!args.strict || gaps.length > 0) return;
    gaps.push(gap);
    machine.stop({ kind: 'strict', code: EXIT.internal, text: gap.what });
  };
  const limit = wholeNumber('--max-instructions', args.maxInstructions) ?? Number.POSITIVE_INFINITY;
  const started = performance.now();
  let written = 0;
  while (!machine.stopReason && machine.instructions < limit) {
    machine.run({ maxInstructions: Math.min(SLICE, limit - machine.instructions) });
    written = writeSerial(context, board, written);
  }
  if (args.stats) writeStats(context, board, performance.now() - started);
  return exitCode(context, board, gaps[0]);
}

function requireBoard(args: BootArguments): void {
  const known = BOARDS.find((board) => board.name === args.board);
  if (!known) {
    const names = BOARDS.map((board) => board.name);
    throw unknownName('board', args.board, names);
  }
  if (!known.available) throw new Failure('unavailable', `the board ${known.name} is not part of this version`);
  if (args.engine !== 'ours') throw new Failure('unavailable', `the engine ${args.engine} is not part of this version`);
  if (args.image === undefined && args.bios === undefined)
    throw new Failure('usage', 'boot expects an image or --bios');
  if (!LEVELS.includes(args.el)) throw new Failure('usage', '--el expects 1, 2 or 3');
}

function makeBoard(args: BootArguments): VirtBoard {
  const images = {
    ...(args.bios === undefined ? {} : { bios: readImage(args.bios) }),
    ...(args.image === undefined ? {} : { kernel: readImage(args.image) }),
    ...(args.initrd === undefined ? {} : { initrd: readImage(args.initrd) }),
    ...(args.append === undefined ? {} : { append: args.append }),
    ...(args.el === undefined ? {} : { el: args.el as 1 | 2 | 3 }),
  };
  const cpus = wholeNumber('--cpus', args.cpus)!;
  const seed = wholeNumber('--seed', args.seed)!;
  try {
    return createVirt({ images, memoryBytes: byteSize('--memory', args.memory), cpus, seed, semihosting: true });
  } catch (error) {
    if (error instanceof ImageError) throw new Failure('badInput', `${args.image ?? args.bios}: ${error.message}`);
    if (error instanceof RangeError) throw new Failure('usage', error.message);
    throw error;
  }
}

function readImage(file: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(file));
  } catch (error) {
    throw new Failure('missingInput', `cannot read ${file}: ${reasonOf(error)}`);
  }
}

function writeSerial(context: Context, board: VirtBoard, written: number): number {
  const { text } = board.console;
  if (text.length > written) context.out.write(text.slice(written));
  return text.length;
}

function writeStats(context: Context, board: VirtBoard, milliseconds: number): void {
  const { instructions } = board.machine;
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
