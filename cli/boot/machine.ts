/** The board that `boot` runs: made from images. */
import { createVirt, type VirtBoard } from '../../emulator/boards/virt.ts';
import { ImageError } from '../../emulator/boot/image-error.ts';
import { Failure } from '../../scenarios/errors.ts';
import { byteSize, wholeNumber } from '../numbers.ts';
import type { BootArguments } from './arguments.ts';
import { readInput } from './files.ts';

const DEFAULT_MEMORY = '128M';

/** What a run has where nothing else was asked for. @throws Failure `usage` */
export function sizeOf(args: BootArguments): { cpus: number; memoryBytes: number; seed: number } {
  return {
    cpus: wholeNumber('--cpus', args.cpus) ?? 1,
    memoryBytes: byteSize('--memory', args.memory ?? DEFAULT_MEMORY),
    seed: wholeNumber('--seed', args.seed) ?? 1,
  };
}

/** @throws Failure for images or a board that cannot be */
export function boardFromImages(args: BootArguments): VirtBoard {
  const images = {
    ...(args.bios === undefined ? {} : { bios: readInput(args.bios) }),
    ...(args.image === undefined ? {} : { kernel: readInput(args.image) }),
    ...(args.initrd === undefined ? {} : { initrd: readInput(args.initrd) }),
    ...(args.append === undefined ? {} : { append: args.append }),
    ...(args.el === undefined ? {} : { el: args.el as 1 | 2 | 3 }),
  };
  const shape = { secure: !args.noSecure, virtualization: !args.noVirtualization };
  const compile = args.tier1 === undefined ? {} : { tier1: args.tier1 };
  try {
    return createVirt({ images, ...sizeOf(args), ...shape, ...compile, semihosting: true });
  } catch (error) {
    if (error instanceof ImageError) throw new Failure('badInput', `${args.image ?? args.bios}: ${error.message}`);
    if (error instanceof RangeError) throw new Failure('usage', error.message);
    throw error;
  }
}
