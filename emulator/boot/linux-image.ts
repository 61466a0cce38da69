import { ImageError } from './image-error.ts';

/** Flat images by the AArch64 Linux boot protocol (Documentation/arch/arm64/booting.rst). */

const HEADER_BYTES = 64;
const TEXT_OFFSET = 8;
const IMAGE_SIZE = 16;
const MAGIC_OFFSET = 56;
/** "ARM\x64", little-endian. */
const MAGIC = 0x644d_5241;
/** Where images without a header, or with one older than version 3.17, begin after a 2 MiB boundary. */
const DEFAULT_TEXT_OFFSET = 0x8_0000;

export interface FlatImage {
  /** Bytes after a 2 MiB boundary at which the image stands and is entered. */
  readonly textOffset: number;
  /** Bytes of memory that it uses from there on. */
  readonly size: number;
}

/**
 * Where a flat image wants to stand.
 * @throws ImageError for an empty image, or a header with a text offset of 2 MiB or more
 */
export function parseFlatImage(file: Uint8Array): FlatImage {
  if (file.length === 0) throw new ImageError('an empty image');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < HEADER_BYTES || view.getUint32(MAGIC_OFFSET, true) !== MAGIC)
    return { textOffset: DEFAULT_TEXT_OFFSET, size: file.length };
  const size = Number(view.getBigUint64(IMAGE_SIZE, true));
  if (size === 0) return { textOffset: DEFAULT_TEXT_OFFSET, size: file.length };
  const textOffset = Number(view.getBigUint64(TEXT_OFFSET, true));
  if (textOffset >= 0x20_0000)
    throw new ImageError(`a Linux image whose text offset 0x${textOffset.toString(16)} (offset 0x8) is 2 MiB or more`);
  return { textOffset, size: Math.max(size, file.length) };
}
