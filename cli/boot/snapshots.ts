/** `boot --snapshot FILE --snapshot-at N`, and `boot --from-snapshot FILE`. */
import { decodeSnapshot, encodeSnapshot, requireBoard, SnapshotError } from '../../emulator/boards/snapshot-file.ts';
import { resumeVirt, type VirtBoard } from '../../emulator/boards/virt.ts';
import { engineId } from '../../scenarios/engine-id.ts';
import { Failure } from '../../scenarios/errors.ts';
import { byteSize, wholeNumber } from '../numbers.ts';
import { type BootArguments, given } from './arguments.ts';
import { readInput, writeOutput } from './files.ts';

/** What a snapshot brings itself. */
const LOADED = ['image', 'bios', 'initrd', 'append', 'el'] as const;

/**
 * The board of a snapshot, at its moment. A seed, if one is given, decides the CPUs' turns from there on.
 * @throws Failure for a snapshot that this program cannot go on from, or that is not of the board asked for
 */
export function boardFromSnapshot(file: string, args: BootArguments): VirtBoard {
  const [extra] = given(args, LOADED);
  if (extra) throw new Failure('usage', `--from-snapshot takes the place of an image: leave ${extra} out`);
  const request = {
    board: args.board,
    cpus: wholeNumber('--cpus', args.cpus),
    memoryBytes: args.memory === undefined ? undefined : byteSize('--memory', args.memory),
  };
  const seed = wholeNumber('--seed', args.seed);
  const bytes = readInput(file);
  try {
    const snapshot = decodeSnapshot(bytes, engineId());
    requireBoard(snapshot.identity, request);
    const board = resumeVirt(snapshot);
    if (seed !== undefined) board.machine.reseed(seed);
    return board;
  } catch (error) {
    if (error instanceof SnapshotError) throw new Failure('badInput', `${file}: ${error.message}`);
    throw error;
  }
}

/** When a snapshot is taken, and where it goes. */
export interface SnapshotPlan {
  readonly file: string;
  /** Instructions since power-on. */
  readonly at: number;
}

/** @param start instructions at which the run begins @param limit at which it ends at the latest @throws Failure `usage` */
export function snapshotPlan(args: BootArguments, start: number, limit: number): SnapshotPlan | undefined {
  const { snapshot: file } = args;
  const at = wholeNumber('--snapshot-at', args.snapshotAt);
  if (file === undefined && at === undefined) return undefined;
  if (file === undefined || at === undefined)
    throw new Failure('usage', 'a snapshot takes both: --snapshot FILE says where it goes, --snapshot-at N when');
  if (at < start)
    throw new Failure('usage', `--snapshot-at ${at} lies before the ${start} instructions at which this run begins`);
  if (at > limit) throw new Failure('usage', `--snapshot-at ${at} lies behind --max-instructions ${limit}`);
  return { file, at };
}

/** @throws Failure if the file cannot be written */
export function writeSnapshot(file: string, board: VirtBoard): void {
  writeOutput(file, encodeSnapshot({ identity: board.identity, engine: engineId(), state: board.save() }));
}
