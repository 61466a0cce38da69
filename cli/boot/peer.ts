/** `boot --engine qemu`: the same image on another emulator, for comparison. */
import type { Driver } from '../../peers/driver.ts';
import { PeerMissing, type RunRequest } from '../../peers/driver.ts';
import { qemu } from '../../peers/qemu.ts';
import { EXIT, Failure } from '../../scenarios/errors.ts';
import type { Context } from '../context.ts';
import { unknownName } from '../nearest.ts';
import { type BootArguments, given } from './arguments.ts';
import { readInput } from './files.ts';
import { sizeOf } from './machine.ts';

export const OURS = 'ours';
export const ENGINES = [OURS, 'qemu', 'unicorn'] as const;

/** What only our engine has. */
const OURS_ALONE = [
  ...(['snapshot', 'snapshotAt', 'fromSnapshot', 'maxInstructions', 'strict', 'stats', 'seed'] as const),
  ...(['el', 'append', 'initrd', 'type', 'typeAfter', 'noSecure', 'noVirtualization'] as const),
];

function driverNamed(name: string): Driver {
  if (name === qemu.name) return qemu;
  if (name === 'unicorn')
    throw new Failure('unavailable', 'unicorn runs instructions without a board: boot images with --engine qemu');
  throw unknownName('engine', name, ENGINES);
}

/** Runs an image on a peer to its own end. @returns the guest's exit code @throws Failure where the peer is missing */
export async function bootOnPeer(context: Context, args: BootArguments): Promise<number> {
  const driver = driverNamed(args.engine);
  const [extra] = given(args, OURS_ALONE);
  if (extra) throw new Failure('usage', `${extra} goes with our own engine alone, not with --engine ${args.engine}`);
  if (args.bios !== undefined && args.image !== undefined)
    throw new Failure('usage', `--engine ${args.engine} takes an image or --bios, not both`);
  const { cpus, memoryBytes } = sizeOf(args);
  const request: RunRequest = {
    board: 'virt',
    kind: args.bios === undefined ? 'elf' : 'bios',
    image: readInput((args.bios ?? args.image)!),
    cpus,
    memory: memoryBytes,
    semihosting: true,
    timeout: Number.POSITIVE_INFINITY,
    onSerial: (text) => context.out.write(text),
  };
  try {
    const { exitCode = EXIT.ok } = await driver.run(request);
    return exitCode;
  } catch (error) {
    if (error instanceof PeerMissing) throw new Failure('unavailable', error.message);
    throw new Failure('badInput', `${args.bios ?? args.image}: ${(error as Error).message}`);
  }
}
