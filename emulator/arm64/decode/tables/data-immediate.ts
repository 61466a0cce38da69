/** Data processing, immediate: Arm ARM C4.1.2. */
import {
  addFlagsImmediate,
  addImmediate,
  adr,
  adrp,
  andFlagsImmediate,
  bitfieldInsert,
  bitfieldMove,
  extract,
  logicalImmediate,
  moveKeep,
  moveWide,
} from '../../lift/data-immediate.ts';
import { type Encoding, row } from '../encoding.ts';

// In the 32-bit variants bit 5 of immr and imms and bit 1 of hw are 0; other values are unallocated.
export const DATA_IMMEDIATE: readonly Encoding[] = [
  row('ADR', '0 immlo 10000 immhi Rd', adr),
  row('ADRP', '1 immlo 10000 immhi Rd', adrp),

  row('ADD (immediate)', 'sf 0 0 100010 sh imm12 Rn Rd', addImmediate(1)),
  row('ADDS (immediate)', 'sf 0 1 100010 sh imm12 Rn Rd', addFlagsImmediate('add')),
  row('SUB (immediate)', 'sf 1 0 100010 sh imm12 Rn Rd', addImmediate(-1)),
  row('SUBS (immediate)', 'sf 1 1 100010 sh imm12 Rn Rd', addFlagsImmediate('sub')),

  row('AND (immediate)', 'sf 00 100100 N immr imms Rn Rd', logicalImmediate('and')),
  row('ORR (immediate)', 'sf 01 100100 N immr imms Rn Rd', logicalImmediate('or')),
  row('EOR (immediate)', 'sf 10 100100 N immr imms Rn Rd', logicalImmediate('xor')),
  row('ANDS (immediate)', 'sf 11 100100 N immr imms Rn Rd', andFlagsImmediate),

  row('MOVN 32-bit', '0 00 100101 0 hw:1 imm16 Rd', moveWide(true)),
  row('MOVN 64-bit', '1 00 100101 hw imm16 Rd', moveWide(true)),
  row('MOVZ 32-bit', '0 10 100101 0 hw:1 imm16 Rd', moveWide(false)),
  row('MOVZ 64-bit', '1 10 100101 hw imm16 Rd', moveWide(false)),
  row('MOVK 32-bit', '0 11 100101 0 hw:1 imm16 Rd', moveKeep),
  row('MOVK 64-bit', '1 11 100101 hw imm16 Rd', moveKeep),

  row('SBFM 32-bit', '0 00 100110 0 0 immr:5 0 imms:5 Rn Rd', bitfieldMove(true)),
  row('SBFM 64-bit', '1 00 100110 1 immr imms Rn Rd', bitfieldMove(true)),
  row('BFM 32-bit', '0 01 100110 0 0 immr:5 0 imms:5 Rn Rd', bitfieldInsert),
  row('BFM 64-bit', '1 01 100110 1 immr imms Rn Rd', bitfieldInsert),
  row('UBFM 32-bit', '0 10 100110 0 0 immr:5 0 imms:5 Rn Rd', bitfieldMove(false)),
  row('UBFM 64-bit', '1 10 100110 1 immr imms Rn Rd', bitfieldMove(false)),

  row('EXTR 32-bit', '0 00 100111 0 0 Rm 0 imms:5 Rn Rd', extract),
  row('EXTR 64-bit', '1 00 100111 1 0 Rm imms Rn Rd', extract),
];
