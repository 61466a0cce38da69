/** An image that cannot be booted. The message is one sentence for people and names the place in the image. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
}

/** A stretch of physical memory into which images may be loaded. */
export interface LoadableRange {
  readonly name: string;
  readonly start: number;
  readonly size: number;
}

/** Bytes to be put at a physical address; what `size` has more than `data` is zero. */
export interface LoadPiece {
  /** What it is, for messages. */
  readonly what: string;
  readonly address: number;
  readonly data: Uint8Array;
  readonly size: number;
}

/** An address or offset for messages. */
export function hexOf(value: number): string {
  return `0x${value.toString(16)}`;
}

/**
 * Checks that every piece lies within one range and that no two overlap.
 * @throws ImageError
 */
export function checkPlaces(pieces: readonly LoadPiece[], ranges: readonly LoadableRange[]): void {
  const sorted = [...pieces].sort((a, b) => a.address - b.address);
  for (const piece of sorted) {
    const inside = ranges.some((r) => piece.address >= r.start && piece.address + piece.size <= r.start + r.size);
    if (inside) continue;
    const where = ranges.map((r) => `${r.name} ${hexOf(r.start)}-${hexOf(r.start + r.size - 1)}`).join(', ');
    throw new ImageError(
      `${piece.what} (${hexOf(piece.address)}-${hexOf(piece.address + piece.size - 1)}) lies outside of memory: ${where}`,
    );
  }
  for (let i = 1; i < sorted.length; i++) {
    const [a, b] = [sorted[i - 1], sorted[i]];
    if (a.address + a.size > b.address)
      throw new ImageError(
        `${a.what} (${hexOf(a.address)}-${hexOf(a.address + a.size - 1)}) and ${b.what} (from ${hexOf(b.address)}) overlap`,
      );
  }
}
