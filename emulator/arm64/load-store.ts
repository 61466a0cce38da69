import { AbortIss } from './syndrome.ts';

/**
 * What an abort tells about the load or store that caused it: the instruction syndrome of ESR_EL2 (Arm ARM D12.2.36,
 * "ISS encoding for an exception from a Data Abort", bits 24:14).
 */

const REGULAR_64 = 3;

function valid(size: number, signed: boolean, rt: number, wide: boolean, ordered: boolean): number {
  return (
    AbortIss.ISV |
    (size << AbortIss.SAS_SHIFT) |
    (signed ? AbortIss.SSE : 0) |
    (rt << AbortIss.SRT_SHIFT) |
    (wide ? AbortIss.SF : 0) |
    (ordered ? AbortIss.AR : 0)
  );
}

/** LDR (literal), C4.1.4. */
function literal(word: number): number {
  const opc = word >>> 30;
  if (opc === 3) return 0;
  return valid(opc === 1 ? 3 : 2, opc === 2, word & 31, opc !== 0, false);
}

/** Load or store of one register by any address that is not written back. */
function single(word: number): number {
  const size = word >>> 30;
  const opc = (word >>> 22) & 3;
  const unsignedOffset = ((word >>> 24) & 3) === 1;
  const mode = (word >>> 10) & 3;
  const registerOffset = ((word >>> 21) & 1) === 1;
  const writesBack = !unsignedOffset && !registerOffset && (mode & 1) === 1;
  if (writesBack || (size === 3 && opc >= 2)) return 0;
  const signed = opc >= 2;
  return valid(size, signed, word & 31, signed ? opc === 2 : size === REGULAR_64, false);
}

/**
 * ISV, SAS, SSE, SRT, SF and AR for an instruction; zero where the syndrome is not valid (pairs, exclusives,
 * writeback, vectors, cache maintenance).
 */
export function instructionSyndrome(word: number): number {
  const vector = (word >>> 26) & 1;
  if (vector !== 0) return 0;
  switch ((word >>> 24) & 0x3b) {
    case 0x08: {
      const ordered = ((word >>> 21) & 5) === 4;
      if (!ordered) return 0;
      const size = word >>> 30;
      return valid(size, false, word & 31, size === REGULAR_64, true);
    }
    case 0x18:
      return literal(word);
    case 0x38:
    case 0x39:
      return single(word);
    default:
      return 0;
  }
}

/** True for LDXR, LDAXR, LDXP, LDAXP of any size (C4.1.4, load/store exclusive). */
export function isLoadExclusive(word: number): boolean {
  return (word & 0x3fc00000) === 0x08400000;
}

/** True if a load/store instruction writes memory. */
export function isStore(word: number): boolean {
  switch ((word >>> 24) & 0x3b) {
    case 0x18:
      return false;
    case 0x38:
    case 0x39: {
      const opc = (word >>> 22) & 3;
      const vector = (word >>> 26) & 1;
      return vector ? (opc & 1) === 0 : opc === 0;
    }
    default:
      return ((word >>> 22) & 1) === 0;
  }
}
