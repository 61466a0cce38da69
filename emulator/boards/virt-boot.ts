import { ElfMachine, isElf, parseElf } from '../boot/elf.ts';
import { writeFdt } from '../boot/fdt.ts';
import { checkPlaces, ImageError, type LoadableRange, type LoadPiece } from '../boot/image-error.ts';
import { parseFlatImage } from '../boot/linux-image.ts';
import { Virt } from './virt-map.ts';
import { virtTree } from './virt-tree.ts';

/** How a board was started that goes on from a snapshot. */
export interface Resumption {
  /** Level at which the first CPU started. */
  readonly entryLevel: 1 | 2 | 3;
  /** How PSCI is called where it stands in for firmware. */
  readonly psci: 'smc' | 'hvc' | undefined;
}

/** What the board is given to run. */
export interface VirtImages {
  /** Nothing is loaded: a snapshot that is restored next brings everything. */
  readonly resume?: Resumption;
  /** A flat ROM at 0x0, entered there at the highest level. */
  readonly bios?: Uint8Array;
  /** An ELF, a Linux `Image`, or a flat binary that is booted like one. */
  readonly kernel?: Uint8Array;
  /** Initial RAM disk: with the Linux boot protocol alone. */
  readonly initrd?: Uint8Array;
  /** Kernel command line: /chosen/bootargs. */
  readonly append?: string;
  /** Level at which an ELF is entered. Default: the highest that the board has. */
  readonly el?: 1 | 2 | 3;
}

export interface BoardShape {
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly secure: boolean;
  readonly virtualization: boolean;
}

/** How the machine starts. */
export interface BootPlan {
  readonly pieces: readonly LoadPiece[];
  readonly entry: number;
  readonly el: 1 | 2 | 3;
  /** What the first CPU finds in X0. */
  readonly deviceTree: number;
  /** PSCI stands in for firmware, called so; the other CPUs are off until it starts them. */
  readonly psci: 'smc' | 'hvc' | undefined;
}

const MIB = 1024 * 1024;
const PAGE = 4096;
const INITRD_CEILING = 128 * MIB;

/** Where images may be loaded. */
function ranges(board: BoardShape): LoadableRange[] {
  return [
    { name: 'flash', start: Virt.flash0.base, size: Virt.flash0.size + Virt.flash1.size },
    ...(board.secure ? [{ name: 'secure RAM', start: Virt.secureRam.base, size: Virt.secureRam.size }] : []),
    { name: 'RAM', start: Virt.ram.base, size: board.memoryBytes },
  ];
}

function highestLevel(board: BoardShape): 1 | 2 | 3 {
  return board.secure ? 3 : board.virtualization ? 2 : 1;
}

/** PSCI answers only below the level that could take the call itself. */
function psciBelow(board: BoardShape, el: number): 'smc' | 'hvc' | undefined {
  if (board.virtualization) return el < 3 ? 'smc' : undefined;
  return el < 2 ? 'hvc' : undefined;
}

function whole(what: string, address: number, data: Uint8Array): LoadPiece {
  return { what, address, data, size: data.length };
}

/** The device tree as a piece at `address`. */
function tree(board: BoardShape, address: number, psci: BootPlan['psci'], more: TreeExtras = {}): LoadPiece {
  return whole('the device tree', address, writeFdt(virtTree({ ...board, psci, ...more })));
}

interface TreeExtras {
  readonly bootargs?: string | undefined;
  readonly initrd?: { readonly start: number; readonly end: number };
}

/** The plan of a board that a snapshot fills. */
const NOTHING = { pieces: [], entry: 0, deviceTree: 0 } as const;

/**
 * Decides where everything goes.
 * @throws ImageError for images that do not fit the board or each other
 */
export function planBoot(images: VirtImages, board: BoardShape): BootPlan {
  if (images.resume) return { ...NOTHING, el: images.resume.entryLevel, psci: images.resume.psci };
  const plan = images.bios ? planRom(images, images.bios, board) : planKernel(images, board);
  checkPlaces(plan.pieces, ranges(board));
  return plan;
}

function planRom(images: VirtImages, bios: Uint8Array, board: BoardShape): BootPlan {
  if (images.kernel || images.initrd)
    throw new ImageError('a ROM image brings its own next stages: give no kernel or initrd with it');
  if (bios.length === 0) throw new ImageError('an empty ROM image');
  if (isElf(bios)) throw new ImageError('an ELF file given as ROM image, which is a flat binary: boot it as kernel');
  if (bios.length > Virt.flash0.size)
    throw new ImageError(
      `a ROM image of ${bios.length} bytes, larger than the boot flash of ${Virt.flash0.size} bytes`,
    );
  const el = highestLevel(board);
  const psci = psciBelow(board, el);
  const extras = { bootargs: images.append };
  return {
    pieces: [whole('the ROM image', Virt.flash0.base, bios), tree(board, Virt.ram.base, psci, extras)],
    entry: Virt.flash0.base,
    el,
    deviceTree: Virt.ram.base,
    psci,
  };
}

function planKernel(images: VirtImages, board: BoardShape): BootPlan {
  if (!images.kernel) throw new ImageError('nothing to boot: neither a ROM image nor a kernel was given');
  return isElf(images.kernel) ? planElf(images, images.kernel, board) : planFlat(images, images.kernel, board);
}

/** The device tree goes to the start of RAM if the ELF leaves room there, else behind it. */
function planElf(images: VirtImages, file: Uint8Array, board: BoardShape): BootPlan {
  if (images.initrd) throw new ImageError('an initrd goes with the Linux boot protocol, not with an ELF file');
  const el = images.el ?? highestLevel(board);
  if (el > highestLevel(board)) throw new ImageError(`entry at EL${el} was asked for, and this board has no EL${el}`);
  const { entry, pieces } = parseElf(file, ElfMachine.AArch64);
  const psci = psciBelow(board, el);
  const extras = { bootargs: images.append };
  const atStart = tree(board, Virt.ram.base, psci, extras);
  const room = pieces.every((p) => p.address >= atStart.address + atStart.size || p.address + p.size <= Virt.ram.base);
  const end = Math.max(Virt.ram.base, ...pieces.map((p) => p.address + p.size));
  const treePiece = room ? atStart : { ...atStart, address: align(end, 2 * MIB) };
  return { pieces: [...pieces, treePiece], entry, el, deviceTree: treePiece.address, psci };
}

/** The Linux boot protocol: kernel, then initrd, then device tree, each where QEMU puts it. */
function planFlat(images: VirtImages, file: Uint8Array, board: BoardShape): BootPlan {
  const el = images.el ?? (board.virtualization ? 2 : 1);
  if (el === 3) throw new ImageError('the Linux boot protocol enters at EL2 or EL1, not at EL3');
  if (el > highestLevel(board)) throw new ImageError(`entry at EL${el} was asked for, and this board has no EL${el}`);
  const { textOffset, size } = parseFlatImage(file);
  // Nothing may stand below the image in the first page: the reference machine keeps its own boot code there.
  const address = Virt.ram.base + (textOffset < PAGE ? textOffset + 2 * MIB : textOffset);
  const pieces: LoadPiece[] = [{ what: 'the image', address, data: file, size }];
  const extras: { bootargs?: string | undefined; initrd?: { start: number; end: number } } = {
    bootargs: images.append,
  };
  let end = address + size;
  if (images.initrd) {
    const start = align(Math.max(Virt.ram.base + Math.min(board.memoryBytes / 2, INITRD_CEILING), end), PAGE);
    pieces.push(whole('the initrd', start, images.initrd));
    end = start + images.initrd.length;
    extras.initrd = { start, end };
  }
  const psci = psciBelow(board, el);
  const treePiece = tree(board, align(end, 2 * MIB), psci, extras);
  return { pieces: [...pieces, treePiece], entry: address, el, deviceTree: treePiece.address, psci };
}

function align(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}
