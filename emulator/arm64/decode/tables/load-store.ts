/** Loads and stores of general registers: Arm ARM C4.1.4. */
import { loadExclusive, loadExclusivePair, ordered, storeExclusive, storeExclusivePair } from '../../lift/exclusive.ts';
import {
  indexed,
  literal,
  type PairTransfer,
  pairIndexed,
  pairOffset,
  registerOffset,
  type Transfer,
  unprivileged,
  unscaled,
  unsignedOffset,
} from '../../lift/load-store.ts';
import { nothing } from '../../lift/system.ts';
import { type Encoding, row } from '../encoding.ts';

/** Name (with R for the addressing mode's letters), size, opc, what moves. */
const TRANSFERS: readonly (readonly [name: string, size: string, opc: string, transfer: Transfer])[] = [
  ['STRB', '00', '00', { size: 1 }],
  ['LDRB', '00', '01', { size: 1, extend: 'zero' }],
  ['LDRSB 64-bit', '00', '10', { size: 1, extend: 'sign64' }],
  ['LDRSB 32-bit', '00', '11', { size: 1, extend: 'sign32' }],
  ['STRH', '01', '00', { size: 2 }],
  ['LDRH', '01', '01', { size: 2, extend: 'zero' }],
  ['LDRSH 64-bit', '01', '10', { size: 2, extend: 'sign64' }],
  ['LDRSH 32-bit', '01', '11', { size: 2, extend: 'sign32' }],
  ['STR 32-bit', '10', '00', { size: 4 }],
  ['LDR 32-bit', '10', '01', { size: 4, extend: 'zero' }],
  ['LDRSW', '10', '10', { size: 4, extend: 'sign64' }],
  ['STR 64-bit', '11', '00', { size: 8 }],
  ['LDR 64-bit', '11', '01', { size: 8, extend: 'zero' }],
];

/** LDRSB becomes LDURSB, LDTRSB. */
const spelled = (name: string, letter: string): string => name.replace(/^(LD|ST)R/, `$1${letter}R`);
/** LDRSB 64-bit becomes LDRSB (register) 64-bit. */
const variant = (name: string, what: string): string => name.replace(/^\w+/, `$& (${what})`);

const forms = ([name, size, opc, transfer]: (typeof TRANSFERS)[number]): Encoding[] => [
  row(spelled(name, 'U'), `${size} 111 0 00 ${opc} 0 imm9 00 Rn Rt`, unscaled(transfer)),
  row(variant(name, 'post-index'), `${size} 111 0 00 ${opc} 0 imm9 01 Rn Rt`, indexed(transfer, 'post')),
  row(spelled(name, 'T'), `${size} 111 0 00 ${opc} 0 imm9 10 Rn Rt`, unprivileged(transfer)),
  row(variant(name, 'pre-index'), `${size} 111 0 00 ${opc} 0 imm9 11 Rn Rt`, indexed(transfer, 'pre')),
  // option is UXTW, LSL, SXTW or SXTX: bit 1 set. The narrower extensions are unallocated.
  row(variant(name, 'register'), `${size} 111 0 00 ${opc} 1 Rm x1x S 10 Rn Rt`, registerOffset(transfer)),
  row(variant(name, 'unsigned offset'), `${size} 111 0 01 ${opc} imm12 Rn Rt`, unsignedOffset(transfer)),
];

const PAIRS: readonly (readonly [name: string, opc: string, L: string, transfer: PairTransfer])[] = [
  ['STP 32-bit', '00', '0', { size: 4, load: false }],
  ['LDP 32-bit', '00', '1', { size: 4, load: true }],
  ['LDPSW', '01', '1', { size: 4, load: true, signed: true }],
  ['STP 64-bit', '10', '0', { size: 8, load: false }],
  ['LDP 64-bit', '10', '1', { size: 8, load: true }],
];

const pairForms = ([name, opc, L, transfer]: (typeof PAIRS)[number]): Encoding[] => [
  row(variant(name, 'post-index'), `${opc} 101 0 001 ${L} imm7 Rt2 Rn Rt`, pairIndexed(transfer, 'post')),
  row(variant(name, 'signed offset'), `${opc} 101 0 010 ${L} imm7 Rt2 Rn Rt`, pairOffset(transfer)),
  row(variant(name, 'pre-index'), `${opc} 101 0 011 ${L} imm7 Rt2 Rn Rt`, pairIndexed(transfer, 'pre')),
];

/** By the exclusive group's `size` field. */
const EXCLUSIVE_SIZES = [
  ['00', 'B', 1],
  ['01', 'H', 2],
  ['10', ' 32-bit', 4],
  ['11', ' 64-bit', 8],
] as const;

// size 001000 o2 L o1 Rs o0 Rt2 Rn Rt. o2 = 1 with o0 = 0 is ARMv8.1's LDLAR and STLLR.
const exclusiveForms = ([size, suffix, bytes]: (typeof EXCLUSIVE_SIZES)[number]): Encoding[] => [
  row(`STXR${suffix}`, `${size} 001000 0 0 0 Rs 0 (11111) Rn Rt`, storeExclusive(bytes)),
  row(`STLXR${suffix}`, `${size} 001000 0 0 0 Rs 1 (11111) Rn Rt`, storeExclusive(bytes)),
  row(`LDXR${suffix}`, `${size} 001000 0 1 0 (11111) 0 (11111) Rn Rt`, loadExclusive(bytes)),
  row(`LDAXR${suffix}`, `${size} 001000 0 1 0 (11111) 1 (11111) Rn Rt`, loadExclusive(bytes)),
  row(`STLR${suffix}`, `${size} 001000 1 0 0 (11111) 1 (11111) Rn Rt`, ordered(bytes, false)),
  row(`LDAR${suffix}`, `${size} 001000 1 1 0 (11111) 1 (11111) Rn Rt`, ordered(bytes, true)),
];

const exclusivePairForms = (size: string, suffix: string, bytes: 4 | 8): Encoding[] => [
  row(`STXP${suffix}`, `${size} 001000 0 0 1 Rs 0 Rt2 Rn Rt`, storeExclusivePair(bytes)),
  row(`STLXP${suffix}`, `${size} 001000 0 0 1 Rs 1 Rt2 Rn Rt`, storeExclusivePair(bytes)),
  row(`LDXP${suffix}`, `${size} 001000 0 1 1 (11111) 0 Rt2 Rn Rt`, loadExclusivePair(bytes)),
  row(`LDAXP${suffix}`, `${size} 001000 0 1 1 (11111) 1 Rt2 Rn Rt`, loadExclusivePair(bytes)),
];

export const LOAD_STORE: readonly Encoding[] = [
  ...TRANSFERS.flatMap(forms),
  row('PRFUM', '11 111 0 00 10 0 imm9 00 Rn prfop', nothing),
  row('PRFM (register)', '11 111 0 00 10 1 Rm x1x S 10 Rn prfop', nothing),
  row('PRFM (immediate)', '11 111 0 01 10 imm12 Rn prfop', nothing),

  row('LDR (literal) 32-bit', '00 011 0 00 imm19 Rt', literal({ size: 4, extend: 'zero' })),
  row('LDR (literal) 64-bit', '01 011 0 00 imm19 Rt', literal({ size: 8, extend: 'zero' })),
  row('LDRSW (literal)', '10 011 0 00 imm19 Rt', literal({ size: 4, extend: 'sign64' })),
  row('PRFM (literal)', '11 011 0 00 imm19 prfop', nothing),

  ...PAIRS.flatMap(pairForms),
  row('STNP 32-bit', '00 101 0 000 0 imm7 Rt2 Rn Rt', pairOffset({ size: 4, load: false })),
  row('LDNP 32-bit', '00 101 0 000 1 imm7 Rt2 Rn Rt', pairOffset({ size: 4, load: true })),
  row('STNP 64-bit', '10 101 0 000 0 imm7 Rt2 Rn Rt', pairOffset({ size: 8, load: false })),
  row('LDNP 64-bit', '10 101 0 000 1 imm7 Rt2 Rn Rt', pairOffset({ size: 8, load: true })),

  ...EXCLUSIVE_SIZES.flatMap(exclusiveForms),
  ...exclusivePairForms('10', ' 32-bit', 4),
  ...exclusivePairForms('11', ' 64-bit', 8),
];
