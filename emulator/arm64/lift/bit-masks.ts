/** `DecodeBitMasks()` of the Arm ARM (shared/functions, J1.3), for the immediates of AND, ORR, EOR, ANDS. */
import type { ImmExpr, Width } from '../../ir/ir.ts';
import { bigInt } from './build.ts';

/** `N:immr:imms`, bits 22:10 of the encoding: 13 bits. */
const MASKS = 1 << 13;
const known64: (ImmExpr | null | undefined)[] = new Array(MASKS);
const known32: (ImmExpr | null | undefined)[] = new Array(MASKS);

/**
 * The bit mask immediate of a logical instruction.
 * @param nImmrImms bits 22:10 of the encoding
 * @returns null for a reserved value
 */
export function bitMask(nImmrImms: number, width: Width): ImmExpr | null {
  const known = width === 64 ? known64 : known32;
  let mask = known[nImmrImms];
  if (mask === undefined) {
    const bits = decodeBitMask(nImmrImms >>> 12, nImmrImms & 63, (nImmrImms >>> 6) & 63, width);
    mask = bits === null ? null : bigInt(bits, width);
    known[nImmrImms] = mask;
  }
  return mask;
}

function decodeBitMask(n: number, imms: number, immr: number, width: Width): bigint | null {
  if (width === 32 && n === 1) return null;
  // The element's size is given by the highest set bit of N:NOT(imms).
  const length = 31 - Math.clz32((n << 6) | (~imms & 63));
  if (length < 1) return null;
  const size = 1 << length;
  const s = imms & (size - 1);
  const r = immr & (size - 1);
  if (s === size - 1) return null;
  const ones = (1n << BigInt(s + 1)) - 1n;
  const element = BigInt.asUintN(size, (ones >> BigInt(r)) | (ones << BigInt(size - r)));
  let mask = 0n;
  for (let at = 0; at < width; at += size) mask |= element << BigInt(at);
  return mask;
}
