/** The firmware images as the build left them in `dist/firmware`. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from './errors.ts';
import { FIRMWARE_FOLDER } from './paths.ts';

/** One built image. */
export interface FirmwareImage {
  readonly name: string;
  /** The flat image. */
  readonly bytes: Uint8Array;
  /** Address at which its first byte is linked. */
  readonly linked: bigint;
  /** Global symbols, as linked. */
  readonly symbols: ReadonlyMap<string, bigint>;
  /** SHA-256 of the flat image, in hexadecimal. */
  readonly sha256: string;
}

interface Manifest {
  readonly images: Readonly<Record<string, { bin: string; symbols: string; load: string }>>;
}

/** Images by name. */
export class FirmwareStore {
  private readonly folder: string;
  private readonly manifest: Manifest;
  private readonly loaded = new Map<string, FirmwareImage>();

  /** @throws Failure `unavailable` if nothing was built */
  constructor(folder = FIRMWARE_FOLDER) {
    this.folder = folder;
    const path = join(folder, 'manifest.json');
    if (!existsSync(path)) throw new Failure('unavailable', 'the firmware is not built; run: npm run build');
    this.manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.manifest.images, name);
  }

  /** @throws Failure `unavailable` if it was not built */
  image(name: string): FirmwareImage {
    const known = this.loaded.get(name);
    if (known) return known;
    if (!this.has(name))
      throw new Failure('unavailable', `the firmware image ${name} is not built; run: npm run build`);
    const image = this.read(name);
    this.loaded.set(name, image);
    return image;
  }

  private read(name: string): FirmwareImage {
    const entry = this.manifest.images[name];
    const bytes = new Uint8Array(readFileSync(join(this.folder, entry.bin)));
    const symbols = JSON.parse(readFileSync(join(this.folder, entry.symbols), 'utf8')) as Record<string, string>;
    return {
      name,
      bytes,
      linked: BigInt(entry.load),
      symbols: new Map(Object.entries(symbols).map(([symbol, address]) => [symbol, BigInt(address)])),
      sha256: createHash('sha256').update(bytes).digest('hex'),
    };
  }
}
