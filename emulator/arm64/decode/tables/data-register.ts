/** Data processing, register: Arm ARM C4.1.5. */
import {
  addCarry,
  addCarryFlags,
  addExtended,
  addFlagsExtended,
  addFlagsShifted,
  addShifted,
  andFlagsShifted,
  conditionalCompare,
  conditionalSelect,
  crc32,
  logicalShifted,
  multiplyAdd,
  multiplyAddLong,
  multiplyHigh,
  oneSource,
  twoSource,
} from '../../lift/data-register.ts';
import { type Encoding, type Lift, row } from '../encoding.ts';

/** A row for each width: in the 32-bit variant bit 5 of the shift amount is 0. */
const shifted = (name: string, opcode: string, lift: Lift): Encoding[] => {
  const [op, group, n] = opcode.split(' ');
  return [
    row(`${name} (shifted register) 32-bit`, `0 ${op} ${group} shift ${n} Rm 0 imm6:5 Rn Rd`, lift),
    row(`${name} (shifted register) 64-bit`, `1 ${op} ${group} shift ${n} Rm imm6 Rn Rd`, lift),
  ];
};

export const DATA_REGISTER: readonly Encoding[] = [
  ...shifted('AND', '00 01010 0', logicalShifted('and', false)),
  ...shifted('BIC', '00 01010 1', logicalShifted('and', true)),
  ...shifted('ORR', '01 01010 0', logicalShifted('or', false)),
  ...shifted('ORN', '01 01010 1', logicalShifted('or', true)),
  ...shifted('EOR', '10 01010 0', logicalShifted('xor', false)),
  ...shifted('EON', '10 01010 1', logicalShifted('xor', true)),
  ...shifted('ANDS', '11 01010 0', andFlagsShifted(false)),
  ...shifted('BICS', '11 01010 1', andFlagsShifted(true)),

  ...shifted('ADD', '00 01011 0', addShifted('add')),
  ...shifted('ADDS', '01 01011 0', addFlagsShifted('add')),
  ...shifted('SUB', '10 01011 0', addShifted('sub')),
  ...shifted('SUBS', '11 01011 0', addFlagsShifted('sub')),

  row('ADD (extended register)', 'sf 0 0 01011 00 1 Rm option imm3 Rn Rd', addExtended('add')),
  row('ADDS (extended register)', 'sf 0 1 01011 00 1 Rm option imm3 Rn Rd', addFlagsExtended('add')),
  row('SUB (extended register)', 'sf 1 0 01011 00 1 Rm option imm3 Rn Rd', addExtended('sub')),
  row('SUBS (extended register)', 'sf 1 1 01011 00 1 Rm option imm3 Rn Rd', addFlagsExtended('sub')),

  row('ADC', 'sf 0 0 11010000 Rm 000000 Rn Rd', addCarry(false)),
  row('ADCS', 'sf 0 1 11010000 Rm 000000 Rn Rd', addCarryFlags(false)),
  row('SBC', 'sf 1 0 11010000 Rm 000000 Rn Rd', addCarry(true)),
  row('SBCS', 'sf 1 1 11010000 Rm 000000 Rn Rd', addCarryFlags(true)),

  row('CCMN (register)', 'sf 0 1 11010010 Rm cond 0 0 Rn 0 nzcv', conditionalCompare('flagsAdd', false)),
  row('CCMP (register)', 'sf 1 1 11010010 Rm cond 0 0 Rn 0 nzcv', conditionalCompare('flagsSub', false)),
  row('CCMN (immediate)', 'sf 0 1 11010010 imm5 cond 1 0 Rn 0 nzcv', conditionalCompare('flagsAdd', true)),
  row('CCMP (immediate)', 'sf 1 1 11010010 imm5 cond 1 0 Rn 0 nzcv', conditionalCompare('flagsSub', true)),

  row('CSEL', 'sf 0 0 11010100 Rm cond 0 0 Rn Rd', conditionalSelect('same')),
  row('CSINC', 'sf 0 0 11010100 Rm cond 0 1 Rn Rd', conditionalSelect('increment')),
  row('CSINV', 'sf 1 0 11010100 Rm cond 0 0 Rn Rd', conditionalSelect('not')),
  row('CSNEG', 'sf 1 0 11010100 Rm cond 0 1 Rn Rd', conditionalSelect('neg')),

  row('MADD', 'sf 00 11011 000 Rm 0 Ra Rn Rd', multiplyAdd('add')),
  row('MSUB', 'sf 00 11011 000 Rm 1 Ra Rn Rd', multiplyAdd('sub')),
  row('SMADDL', '1 00 11011 001 Rm 0 Ra Rn Rd', multiplyAddLong('add', 'sx32')),
  row('SMSUBL', '1 00 11011 001 Rm 1 Ra Rn Rd', multiplyAddLong('sub', 'sx32')),
  row('SMULH', '1 00 11011 010 Rm 0 (11111) Rn Rd', multiplyHigh('smulh')),
  row('UMADDL', '1 00 11011 101 Rm 0 Ra Rn Rd', multiplyAddLong('add', 'zx32')),
  row('UMSUBL', '1 00 11011 101 Rm 1 Ra Rn Rd', multiplyAddLong('sub', 'zx32')),
  row('UMULH', '1 00 11011 110 Rm 0 (11111) Rn Rd', multiplyHigh('umulh')),

  row('UDIV', 'sf 0 0 11010110 Rm 000010 Rn Rd', twoSource('udiv')),
  row('SDIV', 'sf 0 0 11010110 Rm 000011 Rn Rd', twoSource('sdiv')),
  row('LSLV', 'sf 0 0 11010110 Rm 001000 Rn Rd', twoSource('shl')),
  row('LSRV', 'sf 0 0 11010110 Rm 001001 Rn Rd', twoSource('shru')),
  row('ASRV', 'sf 0 0 11010110 Rm 001010 Rn Rd', twoSource('shrs')),
  row('RORV', 'sf 0 0 11010110 Rm 001011 Rn Rd', twoSource('rotr')),
  row('CRC32B', '0 0 0 11010110 Rm 010 0 00 Rn Rd', crc32('crc32b', 32)),
  row('CRC32H', '0 0 0 11010110 Rm 010 0 01 Rn Rd', crc32('crc32h', 32)),
  row('CRC32W', '0 0 0 11010110 Rm 010 0 10 Rn Rd', crc32('crc32w', 32)),
  row('CRC32X', '1 0 0 11010110 Rm 010 0 11 Rn Rd', crc32('crc32x', 64)),
  row('CRC32CB', '0 0 0 11010110 Rm 010 1 00 Rn Rd', crc32('crc32cb', 32)),
  row('CRC32CH', '0 0 0 11010110 Rm 010 1 01 Rn Rd', crc32('crc32ch', 32)),
  row('CRC32CW', '0 0 0 11010110 Rm 010 1 10 Rn Rd', crc32('crc32cw', 32)),
  row('CRC32CX', '1 0 0 11010110 Rm 010 1 11 Rn Rd', crc32('crc32cx', 64)),

  row('RBIT', 'sf 1 0 11010110 00000 000000 Rn Rd', oneSource('rbit')),
  row('REV16', 'sf 1 0 11010110 00000 000001 Rn Rd', oneSource('rev16')),
  row('REV 32-bit', '0 1 0 11010110 00000 000010 Rn Rd', oneSource('rev')),
  row('REV32', '1 1 0 11010110 00000 000010 Rn Rd', oneSource('rev32')),
  row('REV 64-bit', '1 1 0 11010110 00000 000011 Rn Rd', oneSource('rev')),
  row('CLZ', 'sf 1 0 11010110 00000 000100 Rn Rd', oneSource('clz')),
  row('CLS', 'sf 1 0 11010110 00000 000101 Rn Rd', oneSource('cls')),
];
