/**
 * The trust anchor: what EL3 knows before it believes anything in flash (`struct rw_anchor` of
 * `firmware/lib/include/rw/anchor.h`). All numbers are little endian.
 */

/** Offset of the anchor in the ROM (`RW_ANCHOR`). The EL3 image must end before it. */
export const ANCHOR_OFFSET = 0x0f_f000;
/** "RWA1" (`RW_ANCHOR_MAGIC`). */
export const ANCHOR_MAGIC = 0x3141_5752;
const ANCHOR_SIZE = 88;
const KEY_SIZE = 32;
const NONCE_SIZE = 16;
/** `RW_ANCHOR_MEASURED`. */
const MEASURED = 1;

/** What is the machine's own, and no part of any image. */
export interface Anchor {
  /** Its report key, 32 bytes. */
  readonly key: Uint8Array;
  /** The verifier's challenge for this session, 16 bytes; without one the reports carry zeroes. */
  readonly nonce?: Uint8Array | undefined;
  /** Whether a measurement that does not fit stops the boot. */
  readonly measured: boolean;
}

/**
 * Lays an anchor out as the firmware reads it.
 * @param directorySha256 of the bundle's header and entries
 * @throws RangeError for a key or nonce of another length
 */
export function encodeAnchor({ key, nonce, measured }: Anchor, directorySha256: Uint8Array): Uint8Array {
  if (key.length !== KEY_SIZE) throw new RangeError(`the report key has ${key.length} bytes, not ${KEY_SIZE}`);
  if (nonce && nonce.length !== NONCE_SIZE)
    throw new RangeError(`the nonce has ${nonce.length} bytes, not ${NONCE_SIZE}`);
  const bytes = new Uint8Array(ANCHOR_SIZE);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, ANCHOR_MAGIC, true);
  view.setUint32(4, measured ? MEASURED : 0, true);
  bytes.set(directorySha256, 8);
  bytes.set(key, 8 + 32);
  if (nonce) bytes.set(nonce, 8 + 32 + KEY_SIZE);
  return bytes;
}
