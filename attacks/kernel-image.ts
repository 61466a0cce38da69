/** Parts of a guest's kernel as it was built, for ground truth to compare with. */
import type { GuestLayout } from './guest.ts';
import type { BuiltImage } from './truth.ts';

/** The image's bytes at a link address. */
export function builtBytes(image: BuiltImage, layout: GuestLayout, va: bigint, length: number): Uint8Array {
  const at = Number(va - layout.imageStart);
  return image.bytes.subarray(at, at + length);
}

/** Two byte sequences of equal length differ. */
export function differ(a: Uint8Array, b: Uint8Array): boolean {
  return a.some((byte, index) => byte !== b[index]);
}
